"""What a later version of a calendar says differently."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sla.models import CalendarVersion
from sla.services.calendar_content import WEEK


@dataclass(frozen=True)
class Difference:
    """Something that two versions say differently. `what` is time_zone, country, hours.<weekday> or a date."""

    what: str
    before: Any
    after: Any


def differences(before: CalendarVersion, after: CalendarVersion) -> list[Difference]:
    """What a later version says differently, weekly hours first, then dates in order."""
    pairs = [
        ("time_zone", before.definition["timezone"], after.definition["timezone"]),
        ("country", f"{before.country} {before.region}".strip(), f"{after.country} {after.region}".strip()),
        *((f"hours.{day}", before.definition["hours"][day], after.definition["hours"][day]) for day in WEEK),
    ]
    days = sorted({*_dated(before.definition), *_dated(after.definition)})
    told_before, told_after = _dated(before.definition), _dated(after.definition)
    pairs += [(day, told_before.get(day), told_after.get(day)) for day in days if _both_cover(day, before, after)]
    return [Difference(what, old, new) for what, old, new in pairs if old != new]


def _both_cover(day: str, before: CalendarVersion, after: CalendarVersion) -> bool:
    """A public holiday of a year that only one of the two covers is no difference anybody decided on."""
    own = {row["date"] for row in [*before.exceptions, *after.exceptions]}
    year = int(day[:4])
    one_sided = (year in before.covered_years) != (year in after.covered_years)
    return day in own or not one_sided


def _dated(definition: Mapping[str, Any]) -> dict[str, Any]:
    """What a definition says of each date: "closed", a weekday's name, or its hours (SLA-02)."""
    found: dict[str, Any] = dict.fromkeys(definition["holidays"], "closed")
    return {**found, **definition["workdays"], **definition["special"]}
