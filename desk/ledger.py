"""The ledger of a clock in words: every stretch of time between start and stop, and why it counted or not (SLA-41)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sla.engine.clock import Entry, Reading, What, ledger
from sla.engine.spans import DayKind
from sla.models import Clock
from sla.services.explain import reading_of
from tickets.models import Ticket
from tickets.states import EventKind, Wait

_WHATS: dict[What, Any] = {
    What.COUNTED: gettext_lazy("Counted"),
    What.PAUSED: gettext_lazy("Paused"),
    What.OUTSIDE: gettext_lazy("Outside working hours"),
    What.HOLIDAY: gettext_lazy("Holiday"),
    What.DECIDING: gettext_lazy("The client was deciding"),
    What.CLOSED: gettext_lazy("The request was closed"),
}
_TONES = {What.COUNTED: "accent", What.PAUSED: "paused"}


@dataclass(frozen=True)
class Line:
    """One stretch of time."""

    start: datetime
    end: datetime
    what: str
    why: str
    tone: str
    counts: bool

    @property
    def length(self) -> timedelta:
        """How long it was."""
        return self.end - self.start


@dataclass(frozen=True)
class Account:
    """A reading with its lines."""

    reading: Reading
    lines: list[Line]


def account_of(ticket: Ticket, clock: Clock, at: datetime) -> Account | None:
    """The clock read anew from the events and pinned targets; None if the events no longer give such a clock."""
    reading = reading_of(ticket, clock, at)
    if reading is None:
        return None
    entries = ledger(reading)
    causes = _causes(ticket, {entry.cause for entry in entries if entry.cause is not None})
    return Account(reading, [_line(entry, causes) for entry in entries])


def _line(entry: Entry, causes: dict[int, str]) -> Line:
    why = causes.get(entry.cause or 0, "")
    if entry.day_kind is DayKind.MAKEUP:
        why = _("Make-up working day")
    elif entry.day_kind is DayKind.SPECIAL:
        why = _("Special hours")
    return Line(
        start=entry.start,
        end=entry.end,
        what=str(_WHATS[entry.what]),
        why=why,
        tone=_TONES.get(entry.what, ""),
        counts=entry.what is What.COUNTED,
    )


def _causes(ticket: Ticket, keys: set[int]) -> dict[int, str]:
    """What paused or stopped the clock, by event, with who did it."""
    if not keys:
        return {}
    found: dict[int, str] = {}
    for event in ticket.events.filter(seq__in=keys).select_related("actor"):
        what = EventKind(event.kind).label
        if event.kind == EventKind.WAIT_STARTED and event.data.get("for") in Wait.values:
            what = Wait(event.data["for"]).label
        found[event.seq] = f"{what} · {event.actor.name}" if event.actor else str(what)
    return found


_CRITERIA: dict[str, Any] = {
    "type": gettext_lazy("type"),
    "service": gettext_lazy("service"),
    "technical": gettext_lazy("technical service"),
    "priority": gettext_lazy("priority"),
    "tier": gettext_lazy("client tier"),
    "complexity": gettext_lazy("complexity"),
}
_WHYS: dict[str, Callable[[dict[str, Any]], str]] = {
    "no_agreement": lambda reason: _("No agreement was in force."),
    "no_target": lambda reason: _("The agreement promises nothing here."),
}


def reason_words(reason: dict[str, Any]) -> str:
    """Why this target was chosen (SLA-33)."""
    if (said := _WHYS.get(reason.get("why", ""))) is not None:
        return said(reason)
    criteria = [str(_CRITERIA[name]) for name in reason.get("criteria", []) if name in _CRITERIA]
    if not criteria:
        return _("The general target of the agreement; no special one applies.")
    return _("The most special target that applies; it was chosen by: %(criteria)s.") % {
        "criteria": _(", ").join(criteria)
    }
