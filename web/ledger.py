"""The ledger of a clock in words: every stretch of time between start and stop, and why it counted or not (SLA-41)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from sla.engine.clock import BREACH, ClockState, Entry, Reading, Threshold, What, ledger
from sla.engine.spans import DayKind
from sla.models import ClockKind
from tickets.models import TicketEvent
from tickets.states import EventKind, Wait
from web.agreements import point_words
from web.strips import Mark, Stretch, Strip, kind_words, make_strip
from web.words import duration_words, exact_words, full_words


@dataclass(frozen=True)
class Cause:
    """What started, paused or stopped a clock: an event on the request's record, in words, with who did it."""

    seq: int
    words: str

    @property
    def anchor(self) -> str:
        """Its place on the time line."""
        return f"m{self.seq}"


@dataclass(frozen=True)
class Line:
    """One stretch of time.

    Attributes:
        kind: as a time strip draws it, see `web.strips.RANK`.
        length: whole seconds; the lengths of what counted add up to the last `counted`, whatever was rounded.
        counted: whole seconds counted up to its end.
    """

    start: datetime
    end: datetime
    kind: str
    what: str
    why: str
    cause: Cause | None
    length: int
    counted: int
    counts: bool


@dataclass(frozen=True)
class Account:
    """A reading with its lines, and what started and stopped it."""

    reading: Reading
    lines: list[Line]
    started: Cause | None
    stopped: Cause | None

    @property
    def counted(self) -> int:
        """Whole seconds counted in all: what the counted lines add up to."""
        return self.lines[-1].counted if self.lines else 0

    @property
    def paused(self) -> int:
        """Whole seconds of working time that fell into pauses."""
        return round(self.reading.paused.total_seconds())

    @property
    def target(self) -> int:
        """The target in seconds."""
        return round(self.reading.target.duration.total_seconds())

    @property
    def time_zone(self) -> str:
        """The zone of the calendar it counts in."""
        return self.reading.target.calendar.timezone


def account_of(reading: Reading, causes: dict[int, Cause]) -> Account:
    """The ledger of a reading in words. `causes` come from `causes_of`."""
    return Account(
        reading=reading,
        lines=list(_lines(ledger(reading), causes)),
        started=causes.get(reading.started_by),
        stopped=causes.get(reading.stopped_by) if reading.stopped_by is not None else None,
    )


def _lines(entries: Iterable[Entry], causes: dict[int, Cause]) -> Iterator[Line]:
    exact, before = timedelta(), 0
    for entry in entries:
        counts = entry.what is What.COUNTED
        exact += entry.end - entry.start if counts else timedelta()
        counted = round(exact.total_seconds())
        yield Line(
            start=entry.start,
            end=entry.end,
            kind=kind_of(entry),
            what=_WHATS[entry.what](),
            why=_day_words(entry.day_kind),
            cause=causes.get(entry.cause) if entry.cause is not None else None,
            length=counted - before if counts else round((entry.end - entry.start).total_seconds()),
            counted=counted,
            counts=counts,
        )
        before = counted


def kind_of(entry: Entry) -> str:
    """How a strip draws an entry."""
    if entry.what is What.COUNTED and entry.day_kind is not None:
        return entry.day_kind.value
    return entry.what.value


_WHATS = {
    What.COUNTED: lambda: _("Counted"),
    What.PAUSED: lambda: _("Paused"),
    What.OUTSIDE: lambda: _("Outside working hours"),
    What.HOLIDAY: lambda: _("Holiday"),
    What.DECIDING: lambda: _("The client was deciding"),
    What.CLOSED: lambda: _("The request was closed"),
}


def _day_words(day_kind: DayKind | None) -> str:
    if day_kind is DayKind.MAKEUP:
        return _("Make-up working day")
    return _("Special hours") if day_kind is DayKind.SPECIAL else ""


def causes_of(ticket: int, readings: Iterable[Reading]) -> dict[int, Cause]:
    """Everything on a request's record that started, paused or stopped these clocks; one query."""
    keys: set[int] = set()
    for reading in readings:
        keys |= {reading.started_by, *(segment.cause for segment in reading.segments if segment.cause is not None)}
        keys |= {reading.stopped_by} if reading.stopped_by is not None else set()
    if not keys:
        return {}
    events = TicketEvent.objects.filter(ticket=ticket, seq__in=keys).select_related("actor")
    return {event.seq: Cause(event.seq, _event_words(event)) for event in events}


def _event_words(event: TicketEvent) -> str:
    what = str(EventKind(event.kind).label)
    if event.kind == EventKind.WAIT_STARTED and event.data.get("for") in Wait.values:
        what = str(Wait(event.data["for"]).label)
    return f"{what} · {event.actor.name}" if event.actor else what


# --- the strip --------------------------------------------------------------------------------------


def strip_of(account: Account, *, id: str, at: datetime) -> Strip:
    """The time strip of a ledger: up to its stop; while it runs, on to the instant it is due."""
    reading = account.reading
    stretches = [Stretch(line.start, line.end, line.kind, _title(line)) for line in account.lines]
    return make_strip(
        id, [*stretches, *_ahead(reading, at)], marks_of(reading, at), label=_label(account), words=kind_words()
    )


def _title(line: Line) -> str:
    said = ", ".join(part for part in (line.why, line.cause.words if line.cause else "") if part)
    times = _("%(length)s, from %(start)s until %(end)s") % {
        "length": exact_words(line.length),
        "start": full_words(line.start),
        "end": full_words(line.end),
    }
    return f"{line.what}: {said}, {times}" if said else f"{line.what}: {times}"


def _label(account: Account) -> str:
    reading = account.reading
    return _("%(clock)s: %(counted)s of %(target)s counted, %(paused)s paused") % {
        "clock": ClockKind(reading.kind).label,
        "counted": exact_words(account.counted),
        "target": exact_words(account.target),
        "paused": exact_words(account.paused),
    }


def _runs_on(reading: Reading, at: datetime) -> bool:
    return reading.stopped_at is None and reading.due_at is not None and reading.due_at > at


def _ahead(reading: Reading, at: datetime) -> Iterator[Stretch]:
    if reading.due_at is None or not _runs_on(reading, at):
        return
    words = kind_words()
    for span in reading.target.calendar.spans(at, reading.due_at):
        kind = "ahead" if span.kind.is_open else "ahead-closed"
        length = duration_words((span.end - span.start).total_seconds())
        yield Stretch(span.start, span.end, kind, f"{words[kind]}: {length}")


def marks_of(reading: Reading, at: datetime) -> list[Mark]:
    """Where warnings were given or will be, when it was due or ran out, when it stopped or stands now."""
    marks = [
        Mark(step.at, _mark_kind(step.step), step_words(step.step)) for step in reading.steps if step.step != BREACH
    ]
    if reading.breached_at is not None:
        marks.append(Mark(reading.breached_at, "breach", _("Ran out")))
    elif reading.due_at is not None:
        marks.append(Mark(reading.due_at, "due", _("Due")))
    if _runs_on(reading, at):
        marks += [Mark(when, "warning", step_words(step)) for step, when in _warnings_ahead(reading, at)]
    if reading.stopped_at is None:
        return [*marks, Mark(at, "now", _("Now"))]
    is_replaced = reading.state == ClockState.SUPERSEDED
    return [*marks, Mark(reading.stopped_at, "stop", _("Replaced") if is_replaced else _("Stopped"))]


def _mark_kind(step: str) -> str:
    return "late" if step.startswith("late:") else "warning"


def _warnings_ahead(reading: Reading, at: datetime) -> Iterator[tuple[str, datetime]]:
    """The warnings that are still to be given if nothing happens."""
    reached = {step.step for step in reading.steps}
    for threshold in reading.target.thresholds:
        when = _instant_of(threshold, reading, at)
        if threshold.step not in reached and when is not None and when > at:
            yield threshold.step, when


def _instant_of(threshold: Threshold, reading: Reading, at: datetime) -> datetime | None:
    if threshold.before is not None and reading.due_at is not None:
        return reading.due_at - threshold.before
    if threshold.percent is None:
        return None
    left = reading.target.duration * threshold.percent / 100 - reading.counted
    return reading.target.calendar.due(at, max(left, timedelta()))


def step_words(step: str) -> str:
    """A point of the ladder by the engine's name of it: "80 % of the target", "10 m before it is due"."""
    return point_words(step.partition(":")[2] or step)


def folded(lines: Sequence[Line], limit: int) -> tuple[Sequence[Line], int, Sequence[Line]]:
    """A long ledger's beginning, how many lines are left out, and its end; all of it when it is short."""
    if len(lines) <= limit:
        return lines, 0, []
    half = limit // 2
    return lines[:half], len(lines) - 2 * half, lines[-half:]
