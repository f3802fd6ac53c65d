"""What a recalculation found, and where it stands, as its pages show it (SLA-31)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from sla.models import ClockKind, ClockState, Recalculation, RecalculationChange, RecalculationStage

COUNTED = ("requests", "clocks", "changes", "flips", "earlier", "later", "same", "other")


@dataclass(frozen=True)
class Stage:
    """Where a recalculation stands, in words, with a colour. `key`: see `RecalculationStage`."""

    key: str
    label: str
    tone: str
    icon: str


_LOOKS = {
    RecalculationStage.LOOKING: ("accent", "hourglass_top"),
    RecalculationStage.READY: ("soon", "pending"),
    RecalculationStage.NOTHING: ("", "check"),
    RecalculationStage.MOVING: ("accent", "sync"),
    RecalculationStage.DONE: ("met", "check"),
    RecalculationStage.CANCELLED: ("", "block"),
    RecalculationStage.HALFWAY: ("late", "block"),
    RecalculationStage.FAILED: ("late", "error"),
}


def stage_of(asked: Recalculation) -> Stage:
    """Where it stands, as pages show it."""
    stage = asked.stage
    tone, icon = _LOOKS[stage]
    return Stage(stage.value, str(stage.label), tone, icon)


# --- what would move ---------------------------------------------------------------------------------


_WHICH: dict[str, Q] = {
    "flips": Q(flips=True),
    "earlier": Q(due_after__lt=F("due_before")),
    "later": Q(due_after__gt=F("due_before")),
    "same": Q(due_after=F("due_before")),
    "other": Q(due_before__isnull=True) | Q(due_after__isnull=True),
}


@dataclass(frozen=True)
class Wanted:
    """Which of the changes are asked for."""

    asked: Recalculation
    which: str

    @classmethod
    def read(cls, given: Mapping[str, str], asked: Recalculation) -> Wanted:
        """From the parameters of an address."""
        which = given.get("which", "")
        return cls(asked, which if which in _WHICH else "")

    def rows(self) -> QuerySet[RecalculationChange]:
        """Those that are asked for, with their requests."""
        found = self.asked.changes.select_related("ticket__organisation")
        return found.filter(_WHICH[self.which]) if self.which else found

    def address(self, **changes: str) -> str:
        """The page's address with these asked for, or others."""
        query = urlencode({name: value for name, value in {"which": self.which, **changes}.items() if value})
        return f"{reverse('desk:recalculation', args=[self.asked.pk])}?{query}#changes"

    def tabs(self) -> list[dict[str, Any]]:
        """What can be asked for, with how many there are."""
        summary = self.asked.summary or {}
        labels = {
            "": (_("All"), "clocks"),
            "flips": (_("Flips"), "flips"),
            "earlier": (_("Due earlier"), "earlier"),
            "later": (_("Due later"), "later"),
            "same": (_("Due at the same time"), "same"),
            "other": (_("Begins, ends or is paused"), "other"),
        }
        return [
            {
                "label": label,
                "count": summary.get(counted, 0),
                "href": self.address(which=which),
                "is_current": which == self.which,
                "tone": "late" if which == "flips" else "",
            }
            for which, (label, counted) in labels.items()
            if not which or summary.get(counted)
        ]


@dataclass(frozen=True)
class Row:
    """A change in words; `before` and `after` are states, empty where no clock ran or would."""

    change: RecalculationChange
    clock: str
    before: str
    after: str


def row_of(change: RecalculationChange) -> Row:
    """As the list shows it."""
    states = [
        str(ClockState(state).label) if state else _("No clock") for state in (change.state_before, change.state_after)
    ]
    return Row(change, str(ClockKind(change.kind).label), *states)
