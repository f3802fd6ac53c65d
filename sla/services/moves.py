"""Which running cycles would be under another target if they moved to the versions in force now (SLA-31).

A preview and the act itself ask the same function, `moves_of`; what moves is decided anew when a request's turn comes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sla.engine.clock import Fact, Kind, Reading, TargetSpec, read_open
from sla.models import AgreementVersion, Clock, ClockKind, Recalculation, Target
from sla.services.pins import agreed_spec
from sla.services.published import version_at
from sla.services.records import records
from sla.services.selection import Matter, agreement_for, select
from tickets.models import TicketQuerySet


class Wanted(NamedTuple):
    """A target and a calendar version by their ids, and why; None where nothing is promised."""

    target: int | None
    version: int | None
    reason: dict[str, Any]

    @property
    def spec(self) -> TargetSpec | None:
        """The same in the engine's terms."""
        return agreed_spec(self.target, self.version) if self.target is not None and self.version is not None else None


class Row(NamedTuple):
    """What of a running clock's row matters here."""

    kind: str
    cycle: int
    state: str
    due_at: datetime | None
    target_seconds: int
    pinned: Wanted


Running = dict[str, Row]
"""The running cycles of one request, by kind."""


@dataclass(frozen=True)
class Move:
    """A running cycle, the target it would be under, and what it would say then."""

    kind: Kind
    row: Row | None
    wanted: Wanted
    reading: Reading | None

    @property
    def changes(self) -> bool:
        """Whether its due instant or state would be another."""
        if self.row is None or self.reading is None:
            return True
        return (self.row.due_at, self.row.state) != (self.reading.due_at, self.reading.state.value)


class _Versions:
    """The versions that hold at an instant, asked once each."""

    def __init__(self, asked: Recalculation, at: datetime) -> None:
        self.asked, self.at = asked, at
        self._agreements: dict[int, AgreementVersion | None] = {}
        self._versions: dict[int, int] = {}
        self._calendars: dict[int, int] = {}

    def wanted(self, matter: Matter, kind: Kind, row: Row | None) -> Wanted:
        """What a running cycle would be under; for a calendar's sake only the calendar moves."""
        if self.asked.calendar_id is not None:
            return self._in_calendar(row)
        chosen = select(self._agreement(matter.organisation), matter, ClockKind(kind))
        reason = {**chosen.reason, "recalculation": self.asked.pk}
        if chosen.target is None:
            return Wanted(None, None, reason)
        return Wanted(chosen.target.pk, self._version(chosen.target.calendar_id), reason)

    def _in_calendar(self, row: Row | None) -> Wanted:
        target, version, reason = row.pinned if row is not None else Wanted(None, None, {})
        if target is None:
            return Wanted(None, None, {})
        calendar = self._calendar_of(target)
        if calendar == self.asked.calendar_id:
            version = self._version(calendar)
        return Wanted(target, version, {**reason, "recalculation": self.asked.pk})

    def _agreement(self, organisation: int) -> AgreementVersion | None:
        if organisation not in self._agreements:
            self._agreements[organisation] = agreement_for(organisation, self.at)
        return self._agreements[organisation]

    def _version(self, calendar: int) -> int:
        if calendar not in self._versions:
            self._versions[calendar] = version_at(calendar, self.at).pk
        return self._versions[calendar]

    def _calendar_of(self, target: int) -> int:
        if target not in self._calendars:
            self._calendars[target] = Target.objects.values_list("calendar", flat=True).get(pk=target)
        return self._calendars[target]


def matters_of(tickets: TicketQuerySet) -> dict[int, Matter]:
    """What decides on the targets of some requests, by their ids; one query."""
    columns = (
        "organisation",
        "type",
        "service",
        "service__is_technical",
        "priority",
        "organisation__tier",
        "complexity",
    )
    return {pk: Matter(*said) for pk, *said in tickets.values_list("pk", *columns)}


def moves_of(matters: Mapping[int, Matter], asked: Recalculation, at: datetime) -> dict[int, list[Move]]:
    """What would move for some requests, by their ids; those for which nothing would are left out."""
    versions, running = _Versions(asked, at), _running(matters)
    found: dict[int, list[Move]] = {}
    for record in records(sorted(matters)):
        mine = running.get(record.ticket, {})
        moved = _moved(matters[record.ticket], mine, versions)
        moves = list(_moves_in(record.facts, moved, mine, at)) if moved else []
        if moves:
            found[record.ticket] = moves
    return found


def _running(tickets: Iterable[int]) -> dict[int, Running]:
    found: dict[int, Running] = {}
    rows = (
        Clock.objects.unfinished()
        .filter(ticket__in=list(tickets))
        .values_list(
            *("ticket", "kind", "cycle", "state", "due_at", "target_seconds"),
            *("pin__target", "pin__calendar_version", "pin__reason"),
        )
    )
    for ticket, kind, cycle, state, due_at, seconds, *pinned in rows:
        found.setdefault(ticket, {})[kind] = Row(kind, cycle, state, due_at, seconds, Wanted(*pinned))
    return found


def _moved(matter: Matter, running: Running, versions: _Versions) -> dict[Kind, Wanted]:
    """The kinds of clock that would be under another target, or under one at all."""
    found: dict[Kind, Wanted] = {}
    for kind in Kind:
        row = running.get(kind.value)
        wanted = versions.wanted(matter, kind, row)
        if wanted.spec != (row.pinned.spec if row is not None else None):
            found[kind] = wanted
    return found


def _moves_in(facts: list[Fact], moved: Mapping[Kind, Wanted], running: Running, at: datetime) -> Iterable[Move]:
    targets = {kind: wanted.spec for kind, wanted in moved.items()}
    after = {reading.kind: reading for reading in read_open(facts, targets.get, at)}
    for kind, wanted in moved.items():
        row = running.get(kind.value)
        if row is not None or kind in after:  # else no such cycle runs, whatever is promised
            yield Move(kind, row, wanted, after.get(kind))
