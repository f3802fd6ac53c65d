"""The past replayed under other terms: what would have been met, missed, warned of (SLA-62). Changes nothing."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from jobs import services as jobs
from jobs.kinds import Kind as JobKind
from jobs.kinds import Result
from jobs.models import Job, Part
from sla import telling
from sla.engine.clock import Reading, read
from sla.models import (
    AgreementVersion,
    CalendarVersion,
    Clock,
    ClockStep,
    Pin,
    VersionState,
    WhatIf,
    WhatIfFlip,
    WorkingCalendar,
)
from sla.services.assumptions import Assumption, assume_agreement, assume_calendar
from sla.services.explain import readings
from sla.services.records import Record, ranges, records
from sla.services.rights import by_configurers
from sla.services.tallies import EDGES, MET, MISSED, NONE, OPEN, VOID, Cycle, Tally
from sla.services.terms import Promise, Terms, check, promises_of
from tickets.errors import Invalid
from tickets.models import Ticket

__all__ = ["EDGES", "JOB", "ask", "delete", "side_by_side"]

KIND = "what_if"
PART = 1000  # requests in one part: a second or two of work
NAME_LIMIT, LONGEST = 200, timedelta(days=3 * 366)


# --- asking -----------------------------------------------------------------------------------------


@by_configurers
def ask(
    name: str,
    *,
    by: User,
    at: datetime,
    since: datetime,
    until: datetime,
    clients: Sequence[int] = (),
    agreement: AgreementVersion | None = None,
    promises: Sequence[Promise] | None = None,
    calendar: CalendarVersion | None = None,
) -> WhatIf:
    """Ask what would have been if a version (draft or not) of an agreement or a calendar had held all the time.

    Args:
        since, until: when the requests were received that are replayed, [since, until).
        clients: ids of organisations; none means all.
        promises: in place of those of the agreement version.

    Raises:
        Invalid: at `name`, `until` or `about`, and where `terms.check` says of promises.
    """
    name = " ".join(name.replace("\x00", "").split())
    said = _said(agreement, promises)
    _check(name, since, until, agreement, calendar, said)
    if promises is not None:
        check(Terms(promises=tuple(said)))
    assumption: dict[str, Any] = {}
    if agreement is not None:
        assumption |= assume_agreement(agreement, promises)
    if calendar is not None:
        assumption |= assume_calendar(calendar)
    with transaction.atomic():
        scope = _scope(since, min(until, at), clients, assumption)
        job = jobs.start(KIND, 0, ranges(scope, "pk", PART), by=by, at=at)
        asked = WhatIf.objects.create(
            name=name,
            by=by,
            at=at,
            since=since,
            until=until,
            clients=list(clients),
            assumption=assumption,
            agreement_version=agreement,
            calendar_version=calendar,
            job=job,
        )
        Job.objects.filter(pk=job.pk).update(about=asked.pk)
    return asked


def _said(agreement: AgreementVersion | None, promises: Sequence[Promise] | None) -> list[Promise]:
    if promises is not None or agreement is None:
        return list(promises or ())
    return list(promises_of(agreement))


def _check(
    name: str,
    since: datetime,
    until: datetime,
    agreement: AgreementVersion | None,
    calendar: CalendarVersion | None,
    promises: Sequence[Promise],
) -> None:
    problems: dict[str, list[str]] = {}
    if not name:
        problems["name"] = [_("Please give it a name.")]
    elif len(name) > NAME_LIMIT:
        problems["name"] = [_("This is too long.")]
    if until <= since:
        problems["until"] = [_("It would end before it begins.")]
    elif until - since > LONGEST:
        problems["until"] = [_("At most three years can be replayed at once.")]
    if agreement is None and calendar is None:
        problems["about"] = [_("Please choose what to assume.")]
    elif agreement is not None and not promises:
        problems["about"] = [_("%(version)s has no targets.") % {"version": agreement}]
    elif unusable := _never_published(promises, calendar):
        problems["about"] = [_("The calendar %(name)s has not been published yet.") % {"name": unusable[0]}]
    if problems:
        raise Invalid(problems)


def _never_published(promises: Sequence[Promise], assumed: CalendarVersion | None) -> list[WorkingCalendar]:
    """Calendars that promises count in and that no version says the hours of."""
    wanted = {promise.calendar for promise in promises} - {assumed.calendar_id if assumed else None}
    published = CalendarVersion.objects.filter(state=VersionState.PUBLISHED).values("calendar")
    return list(WorkingCalendar.objects.filter(pk__in=wanted).exclude(pk__in=published))


def _scope(since: datetime, until: datetime, clients: Sequence[int], assumption: Mapping[str, Any]) -> QuerySet[Ticket]:
    found = Ticket.objects.filter(received_at__gte=since, received_at__lt=until)
    own = (assumption.get("agreement") or {}).get("organisation")
    wanted = [own] if own is not None else list(clients)
    return found.filter(organisation__in=wanted) if wanted else found


# --- replaying --------------------------------------------------------------------------------------


def replay(job: Job, part: Part, at: datetime) -> Result:
    """One part: fold the requests of its range under the assumption, count, and keep what came out otherwise."""
    asked = WhatIf.objects.get(pk=job.about)
    assumption = _assumption_of(asked.pk)
    scope = _scope(asked.since, min(asked.until, asked.at), asked.clients, asked.assumption)
    rows = scope.filter(pk__gte=part.first, pk__lte=part.last).values_list("pk", "organisation", "received_at")
    wanted = sorted(pk for pk, client, received in rows if assumption.concerns(client, received))
    if not wanted:
        return {}
    tally = Tally()
    flips: list[WhatIfFlip] = []
    then, pins = _then(wanted, asked.at), _pins(wanted, assumption)
    for record in records(wanted):
        mine = then.get(record.ticket, {})
        now = _now(record, assumption, pins, asked.at, tally)
        if not mine and not now:
            continue
        tally.requests += 1
        flips += _compared(record.ticket, mine, now, asked, tally)
    _count_steps(wanted, asked.at, tally)
    WhatIfFlip.objects.bulk_create(flips, batch_size=500)
    return tally.to_json()


@lru_cache(maxsize=4)
def _assumption_of(asked: int) -> Assumption:
    """Made once per process and question: what is assumed never changes."""
    return Assumption.of(WhatIf.objects.values_list("assumption", flat=True).get(pk=asked))


Place = tuple[str, int]


def _then(tickets: list[int], at: datetime) -> dict[int, dict[Place, Cycle]]:
    """What really came of the cycles, from their rows."""
    found: dict[int, dict[Place, Cycle]] = {}
    rows = Clock.objects.filter(ticket__in=tickets, started_at__lte=at).current()
    for ticket, kind, cycle, state, due_at, stopped_at, counted, target in rows.values_list(
        "ticket_id", "kind", "cycle", "state", "due_at", "stopped_at", "counted", "target_seconds"
    ):
        known = _really(state, due_at, stopped_at, counted, target, at)
        found.setdefault(ticket, {})[kind, cycle] = known
    return found


def _really(
    state: str, due_at: datetime | None, stopped_at: datetime | None, counted: timedelta, target: int, at: datetime
) -> Cycle:
    if stopped_at is None or stopped_at > at:
        return Cycle(MISSED if due_at is not None and due_at < at else OPEN, due_at, None, target)
    outcome = {"met": MET, "breached": MISSED}.get(state, VOID)
    return Cycle(outcome, due_at, None if outcome == VOID else counted.total_seconds(), target)


def _pins(tickets: list[int], assumption: Assumption) -> dict[tuple[int, str, int], Pin]:
    """What was pinned; only asked where the assumption leaves targets as they are."""
    if assumption.promises is not None:
        return {}
    rows = Pin.objects.filter(ticket__in=tickets).only("ticket", "kind", "seq", "target", "calendar_version")
    return {(pin.ticket_id, pin.kind, pin.seq): pin for pin in rows}


def _now(
    record: Record, assumption: Assumption, pins: Mapping[tuple[int, str, int], Pin], at: datetime, tally: Tally
) -> dict[Place, tuple[Cycle, Reading]]:
    choose = assumption.chooser(record.matters(assumption.technical), record.ticket, pins)
    found: dict[Place, tuple[Cycle, Reading]] = {}
    for reading in read(record.facts, choose, at):
        for step in reading.steps:
            tally.now_steps[f"{reading.kind}:{step.step.partition(':')[0]}"] += 1
        if reading.state != "superseded":
            found[reading.kind.value, reading.cycle] = (_as_cycle(reading), reading)
    return found


def _as_cycle(reading: Reading) -> Cycle:
    outcome = {"met": MET, "breached": MISSED, "void": VOID}.get(reading.state.value, OPEN)
    timed = reading.stopped_at is not None and outcome in (MET, MISSED)
    counted = reading.counted.total_seconds() if timed else None
    return Cycle(outcome, reading.due_at, counted, round(reading.target.duration.total_seconds()))


_NO_CYCLE = Cycle(NONE)


def _compared(
    ticket: int,
    then: Mapping[Place, Cycle],
    now: Mapping[Place, tuple[Cycle, Reading]],
    asked: WhatIf,
    tally: Tally,
) -> Iterable[WhatIfFlip]:
    for place in {**then, **now}:
        kind, number = place
        before = then.get(place, _NO_CYCLE)
        after, reading = now.get(place, (_NO_CYCLE, None))
        tally.then[f"{kind}:{before.outcome}"] += 1
        tally.now[f"{kind}:{after.outcome}"] += 1
        if reading is not None:
            place_of = reading.target.ref if isinstance(reading.target.ref, int) else 0
            tally.by_target[f"{place_of}:then:{before.outcome}"] += 1
            tally.by_target[f"{place_of}:now:{after.outcome}"] += 1
        for cycle, times, targets in (
            (before, tally.then_times, tally.then_targets),
            (after, tally.now_times, tally.now_targets),
        ):
            if cycle.counted is not None:
                times[f"{kind}:{bisect_left(EDGES, cycle.counted)}"] += 1
            if cycle.target is not None:
                targets[f"{kind}:{cycle.target}"] += 1
        if before.outcome != after.outcome and {before.outcome, after.outcome} & {MET, MISSED}:
            tally.flips[f"{kind}:{before.outcome}:{after.outcome}"] += 1
            yield WhatIfFlip(
                what_if=asked,
                ticket_id=ticket,
                kind=kind,
                cycle=number,
                then=before.outcome,
                now=after.outcome,
                then_due_at=before.due_at,
                now_due_at=after.due_at,
                then_counted=before.counted,
                now_counted=after.counted,
            )


def _count_steps(tickets: list[int], at: datetime, tally: Tally) -> None:
    """The warnings, breaches and escalations that were really recorded."""
    rows = ClockStep.objects.filter(clock__ticket__in=tickets, at__lte=at).values_list("clock__kind", "step")
    for kind, step in rows:
        tally.then_steps[f"{kind}:{step.partition(':')[0]}"] += 1


def finish(job: Job, results: list[Result], at: datetime) -> None:
    """Add the parts up and tell whoever asked."""
    asked = WhatIf.objects.select_for_update().get(pk=job.about)
    total = Tally()
    for result in results:
        total.add(result)
    asked.result = total.to_json()
    asked.save(update_fields=["result"])
    telling.tell_what_if(asked, at=at)


JOB = JobKind(KIND, replay, finish)


# --- looking at the answer --------------------------------------------------------------------------


def side_by_side(asked: WhatIf, flip: WhatIfFlip) -> tuple[Reading | None, Reading | None]:
    """The two readings of a cycle that came out otherwise: as it was, and as it would have been."""
    ticket = Ticket.objects.with_people().get(pk=flip.ticket_id)
    assumption = _assumption_of(asked.pk)
    (record,) = records([flip.ticket_id])
    pins = _pins([flip.ticket_id], assumption)
    choose = assumption.chooser(record.matters(assumption.technical), record.ticket, pins)
    was, would = readings(ticket, asked.at), read(record.facts, choose, asked.at)
    return _the_one(was, flip), _the_one(would, flip)


def _the_one(found: Iterable[Reading], flip: WhatIfFlip) -> Reading | None:
    """The part of a cycle that counts."""
    place = (flip.kind, flip.cycle)
    return next((each for each in found if (each.kind, each.cycle) == place and each.state != "superseded"), None)


@by_configurers
def delete(asked: WhatIf, *, by: User | None, at: datetime) -> None:
    """Throw an answer away; a replay under way ends first: the part that is being done is waited for."""
    jobs.cancel(asked.job, at=at)
    with transaction.atomic():
        list(asked.job.parts.select_for_update().values_list("pk"))
        job = asked.job
        asked.delete()
        job.delete()
