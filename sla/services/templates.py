"""Calendars to begin with (SLA-02): a week, a country, a time zone; everything can be changed afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from sla.services.calendar_content import WEEK, Content, Hours

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


def _weekdays(*intervals: tuple[str, str]) -> Mapping[str, list[list[str]]]:
    return {day: [list(interval) for interval in intervals] for day in WEEK[:5]}


OFFICE_HOURS: Hours = _weekdays(("09:00", "12:00"), ("13:30", "18:00"))
ALL_HOURS: Hours = {day: [["00:00", "24:00"]] for day in WEEK}


@dataclass(frozen=True)
class Template:
    """One of them; `key` stands in addresses."""

    key: str
    label: StrOrPromise
    content: Content


TEMPLATES = (
    Template("china", _("Office hours, China"), Content("Asia/Shanghai", OFFICE_HOURS, "CN")),
    Template("always", _("Around the clock, 24×7"), Content("UTC", ALL_HOURS)),
    Template("europe", _("Office hours, Germany"), Content("Europe/Berlin", _weekdays(("09:00", "17:00")), "DE")),
    Template(
        "uk", _("Office hours, United Kingdom"), Content("Europe/London", _weekdays(("09:00", "17:30")), "GB", "ENG")
    ),
    Template("us", _("Office hours, United States"), Content("America/New_York", _weekdays(("09:00", "17:00")), "US")),
    Template("hongkong", _("Office hours, Hong Kong"), Content("Asia/Hong_Kong", _weekdays(("09:00", "18:00")), "HK")),
    Template(
        "taiwan",
        _("Office hours, Taiwan"),
        Content("Asia/Taipei", _weekdays(("09:00", "12:00"), ("13:00", "18:00")), "TW"),
    ),
)


def template(key: str) -> Template | None:
    """The one of that key."""
    return next((each for each in TEMPLATES if each.key == key), None)
