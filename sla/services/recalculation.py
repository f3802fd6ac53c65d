"""Moving running cycles to the versions in force now: an act of its own, previewed, with who and why (SLA-31).

What moves is decided anew for each request when its turn comes, by `_moves`; preview and act ask the same function.
Finished cycles are never touched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from accounts.models import User
from jobs import services as jobs
from jobs.kinds import Kind as JobKind
from jobs.kinds import Result
from jobs.models import Job, JobState, Part
from sla import telling
from sla.engine.clock import Fact, Kind, Reading, TargetSpec, read_open
from sla.models import (
    Agreement,
    AgreementVersion,
    CalendarVersion,
    Clock,
    ClockKind,
    ClockState,
    Pin,
    Recalculation,
    RecalculationChange,
    Target,
    WorkingCalendar,
)
from sla.services.calendars import version_at
from sla.services.pins import agreed_spec, spec_of
from sla.services.records import ranges, records
from sla.services.selection import Matter, agreement_for, select
from tickets.errors import ActError, Invalid
from tickets.events import Happening, record_all
from tickets.models import Ticket, TicketQuerySet
from tickets.services.door import locked_together
from tickets.services.texts import clean_text
from tickets.states import EventKind, Visibility

PREVIEW, APPLY = "recalculation_preview", "recalculation"
PREVIEW_PART, APPLY_PART = 1000, 50  # requests; while a part is applied its requests are locked
REASON_LIMIT = 2000


class RecalculationRefused(ActError):
    """Something that can't be done with a recalculation now."""

    code = "recalculation_refused"


# --- asking -----------------------------------------------------------------------------------------


def preview(
    *,
    by: User,
    at: datetime,
    reason: str,
    calendar: WorkingCalendar | None = None,
    agreement: Agreement | None = None,
) -> Recalculation:
    """Look what would change for running cycles if they moved to the versions in force now.

    Raises:
        Invalid: at `reason`, or at `about` unless exactly one of calendar and agreement is given.
        RecalculationRefused: nothing of it is in force.
    """
    reason = clean_text(reason, "reason", limit=REASON_LIMIT)
    if (calendar is None) == (agreement is None):
        raise Invalid({"about": [_("Please choose a calendar or an agreement.")]})
    asked = Recalculation(calendar=calendar, agreement=agreement, reason=reason, by=by, at=at)
    found = _affected(asked, at)
    with transaction.atomic():
        job = jobs.start(PREVIEW, 0, ranges(found, "pk", PREVIEW_PART), by=by, at=at)
        asked.preview = job
        asked.save()
        Job.objects.filter(pk=job.pk).update(about=asked.pk)
    return asked


def apply(asked: Recalculation, *, by: User, at: datetime) -> Recalculation:
    """Do what was previewed.

    Raises:
        RecalculationRefused: the preview is not there, or it was applied before.
    """
    with transaction.atomic():
        locked = Recalculation.objects.select_for_update(of=("self",)).select_related("preview").get(pk=asked.pk)
        if locked.preview.state != JobState.DONE:
            raise RecalculationRefused(_("The preview is not there yet."))
        if locked.apply_id is not None:
            raise RecalculationRefused(_("This recalculation was confirmed before."))
        found = Ticket.objects.filter(pk__in=locked.changes.values("ticket"))
        locked.apply = jobs.start(APPLY, locked.pk, ranges(found, "pk", APPLY_PART), by=by, at=at)
        locked.save(update_fields=["apply"])
    return locked


def _affected(asked: Recalculation, at: datetime) -> TicketQuerySet:
    """Open requests that may have a cycle under an older version.

    Raises:
        RecalculationRefused: there is no version to move to.
    """
    running = Clock.objects.unfinished().filter(ticket=OuterRef("pk"))
    if asked.calendar is not None:
        try:
            current = version_at(asked.calendar.pk, at)
        except CalendarVersion.DoesNotExist:
            raise RecalculationRefused(_("Nothing of this calendar was published yet.")) from None
        older = running.filter(pin__calendar_version__calendar=asked.calendar).exclude(pin__calendar_version=current)
        return Ticket.objects.filter(Exists(older))
    agreement = asked.agreement
    assert agreement is not None  # noqa: S101 - by constraint
    holding = AgreementVersion.objects.agreed().filter(effective_from__lte=at)
    holding = holding.filter(Q(effective_to__isnull=True) | Q(effective_to__gt=at))
    if not holding.filter(agreement=agreement).exists():
        raise RecalculationRefused(_("No version of this agreement is in force."))
    if agreement.organisation_id is not None:
        return Ticket.objects.open().filter(organisation=agreement.organisation_id)
    own = holding.filter(agreement__organisation__isnull=False).values("agreement__organisation")
    return Ticket.objects.open().exclude(organisation__in=own)


# --- what moves -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Move:
    """A running cycle, the target it is under, and the one it would be under."""

    kind: Kind
    row: Clock | None
    target: Target | None
    calendar: CalendarVersion | None
    reason: dict[str, Any]
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
        self._calendars: dict[int, CalendarVersion] = {}
        self._targets: dict[int, Target] = {}

    def wanted(
        self, matter: Matter, kind: Kind, pin: Pin | None
    ) -> tuple[Target | None, CalendarVersion | None, dict[str, Any]]:
        """The target of a running cycle, its calendar, and why; for a calendar's sake only the calendar moves."""
        if self.asked.calendar_id is not None:
            return self._in_calendar(pin)
        chosen = select(self._agreement(matter.organisation), matter, ClockKind(kind))
        calendar = self._calendar(chosen.target.calendar_id) if chosen.target is not None else None
        return chosen.target, calendar, {**chosen.reason, "recalculation": self.asked.pk}

    def _in_calendar(self, pin: Pin | None) -> tuple[Target | None, CalendarVersion | None, dict[str, Any]]:
        if pin is None or pin.target_id is None:
            return None, None, {}
        target = self._target(pin.target_id)
        mine = target.calendar_id == self.asked.calendar_id
        calendar = self._calendar(target.calendar_id) if mine else pin.calendar_version
        return target, calendar, {**pin.reason, "recalculation": self.asked.pk}

    def _agreement(self, organisation: int) -> AgreementVersion | None:
        if organisation not in self._agreements:
            self._agreements[organisation] = agreement_for(organisation, self.at)
        return self._agreements[organisation]

    def _calendar(self, pk: int) -> CalendarVersion:
        if pk not in self._calendars:
            self._calendars[pk] = version_at(pk, self.at)
        return self._calendars[pk]

    def _target(self, pk: int) -> Target:
        if pk not in self._targets:
            self._targets[pk] = Target.objects.get(pk=pk)
        return self._targets[pk]


def _moves(tickets: Sequence[Ticket], asked: Recalculation, at: datetime) -> dict[int, list[Move]]:
    """What would move for some requests, by their ids; those for which nothing would are left out."""
    versions = _Versions(asked, at)
    running: dict[tuple[int, str], Clock] = {}
    rows = Clock.objects.unfinished().filter(ticket__in=[ticket.pk for ticket in tickets])
    for row in rows.select_related("pin__calendar_version").defer("pin__calendar_version__definition"):
        running[row.ticket_id, row.kind] = row
    by_id = {ticket.pk: ticket for ticket in tickets}
    found: dict[int, list[Move]] = {}
    for record in records(sorted(by_id)):
        ticket = by_id[record.ticket]
        wanted = {kind: versions.wanted(Matter.of(ticket), kind, _pin_of(running, ticket, kind)) for kind in Kind}
        moved = {
            kind: _spec(*wanted[kind][:2])
            for kind in Kind
            if _spec(*wanted[kind][:2]) != _current(running, ticket, kind)
        }
        if moved:
            found[ticket.pk] = list(_moves_of(record.facts, moved, wanted, running, ticket, at))
    return {pk: moves for pk, moves in found.items() if moves}


def _pin_of(running: Mapping[tuple[int, str], Clock], ticket: Ticket, kind: Kind) -> Pin | None:
    row = running.get((ticket.pk, kind.value))
    return row.pin if row is not None else None


def _spec(target: Target | None, calendar: CalendarVersion | None) -> TargetSpec | None:
    return agreed_spec(target.pk, calendar.pk) if target is not None and calendar is not None else None


def _current(running: Mapping[tuple[int, str], Clock], ticket: Ticket, kind: Kind) -> TargetSpec | None:
    pin = _pin_of(running, ticket, kind)
    return spec_of(pin) if pin is not None else None


def _moves_of(
    facts: list[Fact],
    moved: Mapping[Kind, TargetSpec | None],
    wanted: Mapping[Kind, tuple[Target | None, CalendarVersion | None, dict[str, Any]]],
    running: Mapping[tuple[int, str], Clock],
    ticket: Ticket,
    at: datetime,
) -> Iterable[Move]:
    after = {reading.kind: reading for reading in read_open(facts, moved.get, at)}
    for kind in moved:
        row = running.get((ticket.pk, kind.value))
        if row is not None or kind in after:  # else no such cycle runs, whatever is promised
            yield Move(kind, row, *wanted[kind], after.get(kind))


# --- previewing -------------------------------------------------------------------------------------


def _preview_part(job: Job, part: Part, at: datetime) -> Result:
    asked = Recalculation.objects.select_related("calendar", "agreement").get(pk=job.about)
    found = _affected(asked, asked.at).filter(pk__gte=part.first, pk__lte=part.last)
    tickets = list(found.select_related("service", "organisation"))
    counts: Counter[str] = Counter()
    changes: list[RecalculationChange] = []
    for ticket, moves in _moves(tickets, asked, asked.at).items():
        counts["requests"] += 1
        for move in moves:
            change = _change(asked, ticket, move)
            counts["clocks"] += 1
            counts["changes"] += move.changes
            counts["flips"] += change.flips
            counts[_direction(change)] += 1
            changes.append(change)
    RecalculationChange.objects.bulk_create(changes, batch_size=1000)
    return dict(counts)


def _change(asked: Recalculation, ticket: int, move: Move) -> RecalculationChange:
    row, reading = move.row, move.reading
    before = row.state if row is not None else ""
    after = reading.state.value if reading is not None else ""
    return RecalculationChange(
        recalculation=asked,
        ticket_id=ticket,
        kind=move.kind.value,
        cycle=row.cycle if row is not None else reading.cycle if reading is not None else 1,
        state_before=before,
        state_after=after,
        due_before=row.due_at if row is not None else None,
        due_after=reading.due_at if reading is not None else None,
        seconds_before=row.target_seconds if row is not None else 0,
        seconds_after=int(reading.target.duration.total_seconds()) if reading is not None else None,
        flips=(before == ClockState.BREACHED) != (after == ClockState.BREACHED),
    )


def _direction(change: RecalculationChange) -> str:
    """Whether it is due earlier, later, at the same instant, or can't be compared."""
    if change.due_before is None or change.due_after is None:
        return "other"
    if change.due_before == change.due_after:
        return "same"
    return "earlier" if change.due_after < change.due_before else "later"


def _preview_done(job: Job, results: list[Result], at: datetime) -> None:
    asked = Recalculation.objects.select_related("calendar", "agreement", "by").get(pk=job.about)
    asked.summary = _summed(results)
    asked.save(update_fields=["summary"])
    telling.tell_recalculation(asked, stage="previewed", at=at)


def _summed(results: Iterable[Result]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for result in results:
        total.update(result)
    return dict(total)


# --- applying ---------------------------------------------------------------------------------------


def _apply_part(job: Job, part: Part, at: datetime) -> Result:
    """Move the running cycles of some requests; a request somebody works on this moment is waited for."""
    asked = Recalculation.objects.select_related("calendar", "agreement").get(pk=job.about)
    listed = asked.changes.filter(ticket__gte=part.first, ticket__lte=part.last).values("ticket")
    with locked_together(Ticket.objects.filter(pk__in=listed), at=at, wait=True) as tickets:
        moves = _moves(tickets, asked, at)
        moving = [ticket for ticket in tickets if ticket.pk in moves]
        Pin.objects.bulk_create(
            Pin(
                ticket=ticket,
                seq=ticket.event_seq + 1,
                kind=move.kind.value,
                target=move.target,
                calendar_version=move.calendar,
                reason=move.reason,
            )
            for ticket in moving
            for move in moves[ticket.pk]
        )
        record_all(_happening(ticket, moves[ticket.pk], asked, job, at) for ticket in moving)
    return {"requests": len(moving), "clocks": sum(len(each) for each in moves.values())}


def _happening(ticket: Ticket, moves: Sequence[Move], asked: Recalculation, job: Job, at: datetime) -> Happening:
    return Happening(
        ticket,
        EventKind.RECALCULATED,
        at,
        actor=job.by,
        visibility=Visibility.INTERNAL,
        data={"recalculation": asked.pk, "clocks": sorted(move.kind.value for move in moves)},
    )


def _apply_done(job: Job, results: list[Result], at: datetime) -> None:
    asked = Recalculation.objects.select_related("calendar", "agreement", "by").get(pk=job.about)
    asked.outcome = _summed(results)
    asked.save(update_fields=["outcome"])
    telling.tell_recalculation(asked, stage="done", at=at)


JOBS = [JobKind(PREVIEW, _preview_part, _preview_done), JobKind(APPLY, _apply_part, _apply_done)]
