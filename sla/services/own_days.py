"""A calendar's own exceptions: dates on which it does not follow its week or its country (SLA-02, SLA-03)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from sla.engine.errors import CalendarError
from sla.engine.notation import WEEKDAYS, read_intervals
from sla.services.sentences import sentence_of

YEARS_BACK, YEARS_AHEAD = 10, 15
NAME_LIMIT = 80

Intervals = tuple[tuple[str, str], ...]


class OwnKind(models.TextChoices):
    """What an own day is."""

    CLOSED = "closed", pgettext_lazy("kind of day", "Closed")
    SPECIAL = "special", gettext_lazy("Special hours")
    WORKDAY = "workday", gettext_lazy("Works like another weekday")
    OPEN = "open", gettext_lazy("Public holiday not observed")


@dataclass(frozen=True)
class OwnDay:
    """One date. `like` ("mon" … "sun") belongs to a make-up day, `hours` (pairs of "HH:MM") to special hours."""

    day: date
    kind: OwnKind
    like: str = "mon"
    hours: Intervals = ()
    name: str = ""

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> OwnDay:
        """As `to_json` wrote it."""
        return cls(
            day=date.fromisoformat(row["date"]),
            kind=OwnKind(row["kind"]),
            like=row.get("like", "mon"),
            hours=tuple((opening, closing) for opening, closing in row.get("hours", [])),
            name=row.get("name", ""),
        )

    def to_json(self) -> dict[str, Any]:
        """As a version keeps it."""
        more: dict[str, Any] = {}
        if self.kind == OwnKind.WORKDAY:
            more["like"] = self.like
        if self.kind == OwnKind.SPECIAL:
            more["hours"] = [list(interval) for interval in self.hours]
        name = " ".join(self.name.replace("\x00", "").split())
        return {"date": self.day.isoformat(), "kind": str(self.kind), "name": name, **more}

    def is_near(self, at: datetime) -> bool:
        """Whether its year is one that can still be written."""
        return at.year - YEARS_BACK <= self.day.year <= at.year + YEARS_AHEAD

    def problem(self, at: datetime) -> str:
        """What is wrong with it; empty when nothing is."""
        first, last = at.year - YEARS_BACK, at.year + YEARS_AHEAD
        if not self.is_near(at):
            return _("This date lies outside of the years %(first)s to %(last)s.") % {
                "first": str(first),
                "last": str(last),
            }
        if self.kind == OwnKind.SPECIAL and not self.hours:
            return _("Please write the hours of this day, or make it closed.")
        return _("This is too long.") if len(self.name) > NAME_LIMIT else self._hours_problem()

    def _hours_problem(self) -> str:
        try:
            read_intervals([list(interval) for interval in self.hours], "hours")
        except CalendarError as error:
            return sentence_of(error)
        return "" if self.like in WEEKDAYS else _("“%(value)s” is not a weekday.") % {"value": self.like}
