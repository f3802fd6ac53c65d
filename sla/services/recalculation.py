"""Moving running cycles to the versions in force now: an act of its own, previewed, with who and why (SLA-31).

What moves is decided anew for each request when its turn comes; preview and act ask the same `moves.moves_of`.
Finished cycles are never touched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from jobs import services as jobs
from jobs.kinds import GivenUp, Result
from jobs.kinds import Kind as JobKind
from jobs.models import Job, JobState, Part
from sla import telling
from sla.models import (
    Agreement,
    AgreementVersion,
    CalendarVersion,
    Clock,
    ClockState,
    Pin,
    Recalculation,
    RecalculationChange,
    Target,
    WorkingCalendar,
)
from sla.services.moves import Move, matters_of, moves_of
from sla.services.published import version_at
from sla.services.records import ranges
from sla.services.rights import by_configurers
from sla.services.selection import Matter
from tickets.errors import ActError, Invalid
from tickets.events import Happening, record_all
from tickets.models import Ticket, TicketQuerySet
from tickets.services.door import locked_together
from tickets.services.texts import clean_text
from tickets.states import EventKind, Visibility

PREVIEW, APPLY = "recalculation_preview", "recalculation"
PREVIEW_PART, APPLY_PART = 1000, 100  # requests; while a part is applied its requests are locked
REASON_LIMIT = 2000
ANOTHER_VERSION = gettext_noop("Another version is in force since the preview. Please look again.")


class RecalculationRefused(ActError):
    """Something that can't be done with a recalculation now."""

    code = "recalculation_refused"


# --- asking -----------------------------------------------------------------------------------------


@by_configurers
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


@by_configurers
def apply(asked: Recalculation, *, by: User, at: datetime) -> Recalculation:
    """Do what was previewed.

    Raises:
        RecalculationRefused: the preview is not there, it was applied before, or another version is in force since.
    """
    with transaction.atomic():
        locked = Recalculation.objects.select_for_update(of=("self",)).select_related("preview").get(pk=asked.pk)
        if locked.preview.state != JobState.DONE:
            raise RecalculationRefused(_("The preview is not there yet."))
        if locked.apply_id is not None:
            raise RecalculationRefused(_("This recalculation was confirmed before."))
        if _in_force(locked, at) != _in_force(locked, locked.at):
            raise RecalculationRefused(_(ANOTHER_VERSION))
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
    holding = AgreementVersion.objects.holding(at)
    if not holding.filter(agreement=agreement).exists():
        raise RecalculationRefused(_("No version of this agreement is in force."))
    if agreement.organisation_id is not None:
        return Ticket.objects.open().filter(organisation=agreement.organisation_id)
    own = holding.filter(agreement__organisation__isnull=False).values("agreement__organisation")
    return Ticket.objects.open().exclude(organisation__in=own)


def _in_force(asked: Recalculation, at: datetime) -> set[tuple[str, int]]:
    """The versions that running cycles would be moved to at an instant."""
    if asked.calendar_id is not None:
        return {("calendar", version_at(asked.calendar_id, at).pk)}
    holding = AgreementVersion.objects.holding(at).filter(agreement=asked.agreement_id)
    agreed = list(holding.values_list("pk", flat=True))
    calendars = set(Target.objects.filter(version__in=agreed).values_list("calendar", flat=True))
    return {("agreement", pk) for pk in agreed} | {("calendar", version_at(pk, at).pk) for pk in calendars}


# --- previewing -------------------------------------------------------------------------------------


def _preview_part(job: Job, part: Part, at: datetime) -> Result:
    asked = Recalculation.objects.select_related("calendar", "agreement").get(pk=job.about)
    found = _affected(asked, asked.at).filter(pk__gte=part.first, pk__lte=part.last)
    counts: Counter[str] = Counter()
    changes: list[RecalculationChange] = []
    for ticket, moves in moves_of(matters_of(found), asked, asked.at).items():
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
    """Move the running cycles of some requests; a request somebody works on this moment is waited for.

    Raises:
        GivenUp: another version is in force since the preview, so this is no longer what was confirmed.
    """
    asked = Recalculation.objects.select_related("calendar", "agreement").get(pk=job.about)
    if _in_force(asked, at) != _in_force(asked, asked.at):
        raise GivenUp(ANOTHER_VERSION)
    listed = asked.changes.filter(ticket__gte=part.first, ticket__lte=part.last).values("ticket")
    with locked_together(Ticket.objects.filter(pk__in=listed), at=at, wait=True) as tickets:
        moves = moves_of({ticket.pk: Matter.of(ticket) for ticket in tickets}, asked, at)
        moving = [ticket for ticket in tickets if ticket.pk in moves]
        Pin.objects.bulk_create(
            Pin(
                ticket=ticket,
                seq=ticket.event_seq + 1,
                kind=move.kind.value,
                target_id=move.wanted.target,
                calendar_version_id=move.wanted.version,
                reason=move.wanted.reason,
            )
            for ticket in moving
            for move in moves[ticket.pk]
        )
        record_all(_happening(ticket, moves[ticket.pk], asked, job, at) for ticket in moving)
    clocks = sum(len(each) for each in moves.values())
    Recalculation.objects.filter(pk=asked.pk).update(
        moved_requests=F("moved_requests") + len(moving), moved_clocks=F("moved_clocks") + clocks
    )
    return {"requests": len(moving), "clocks": clocks}


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
    telling.tell_recalculation(asked, stage="done", at=at)


JOBS = [JobKind(PREVIEW, _preview_part, _preview_done), JobKind(APPLY, _apply_part, _apply_done)]
