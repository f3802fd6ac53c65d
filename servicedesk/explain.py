"""The clocks of a request explained for a terminal: target, why, and every stretch of time (SLA-41)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone, translation

from sla.engine.clock import Reading
from sla.models import Clock, ClockKind
from sla.services.explain import readings, why
from sla.services.terms import promise_of
from tickets.models import Ticket
from web.agreements import Names, applies_words
from web.ledger import Account, account_of, causes_of, step_words
from web.targets import misses_words, reason_words
from web.words import exact_words

UTC = ZoneInfo("UTC")


@dataclass(frozen=True)
class Explained:
    """A clock of a request, with its ledger; `account` is None where the record no longer gives such a clock."""

    row: Clock
    account: Account | None
    why: dict[str, Any]

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the calendar it counts in."""
        return ZoneInfo(self.account.time_zone) if self.account else UTC


def explained(ticket: Ticket, at: datetime, kind: str = "") -> list[Explained]:
    """Every clock of a request at an instant, in English, superseded parts included; of one kind if it is given."""
    related = ("pin__target__version__agreement", "pin__calendar_version__calendar")
    rows = Clock.objects.filter(ticket=ticket).select_related(*related).order_by("started_at", "kind", "cycle", "part")
    rows = rows.filter(kind=kind) if kind else rows
    with translation.override("en"):
        by_place = {(each.kind.value, each.cycle, each.part): each for each in readings(ticket, at)}
        causes = causes_of(ticket.pk, by_place.values())
        return [_explained(row, by_place.get((row.kind, row.cycle, row.part)), causes) for row in rows]


def _explained(row: Clock, reading: Reading | None, causes: dict[int, Any]) -> Explained:
    return Explained(row, account_of(reading, causes) if reading else None, _why(row))


def _why(row: Clock) -> dict[str, Any]:
    pin, found, names = row.pin, why(row.pin), Names.known()
    target, calendar = pin.target, pin.calendar_version
    return {
        "reason": reason_words(pin.reason),
        "agreement": f"{target.version.agreement.name}, version {target.version.number}" if target else "",
        "calendar": f"{calendar.calendar.name}, version {calendar.number}" if calendar else "",
        "recalculation": _recalculation(found.recalculation),
        "considered": [
            {
                "applies_to": applies_words(promise_of(each.target), names),
                "duration": exact_words(each.target.seconds),
                "calendar": names.calendars.get(each.target.calendar_id, ""),
                "chosen": each.is_chosen,
                "why_not": "" if each.is_chosen else misses_words(each.target, found.matter, names) or "less special",
            }
            for each in found.considered
        ],
    }


def _recalculation(asked: Any) -> dict[str, Any] | None:
    if asked is None:
        return None
    return {"id": asked.pk, "by": asked.by.name, "at": _iso(asked.at), "reason": asked.reason}


# --- for programs -----------------------------------------------------------------------------------


def to_json(ticket: Ticket, clocks: Sequence[Explained], at: datetime) -> dict[str, Any]:
    """All of it as plain data; instants in UTC, durations in seconds to the microsecond."""
    return {"number": ticket.number, "at": _iso(at), "clocks": [_clock_to_json(each) for each in clocks]}


def _clock_to_json(each: Explained) -> dict[str, Any]:
    row, account = each.row, each.account
    found = {
        "kind": row.kind,
        "cycle": row.cycle,
        "part": row.part,
        "state": row.state,
        "target_seconds": row.target_seconds,
        "time_zone": account.time_zone if account else None,
        "why": each.why,
    }
    return found if account is None else {**found, **_reading_to_json(account)}


def _reading_to_json(account: Account) -> dict[str, Any]:
    reading = account.reading
    return {
        "state": reading.state.value,
        "start": _iso(reading.start),
        "due": _iso(reading.due_at),
        "stopped": _iso(reading.stopped_at),
        "breached_at": _iso(reading.breached_at),
        "counted_seconds": reading.counted.total_seconds(),
        "paused_seconds": reading.paused.total_seconds(),
        "steps": [{"step": step.step, "at": _iso(step.at)} for step in reading.steps],
        "ledger": [
            {
                "start": _iso(line.start),
                "end": _iso(line.end),
                "seconds": (line.end - line.start).total_seconds(),
                "what": line.kind,
                "cause": line.cause.seq if line.cause else None,
                "why": line.cause.words if line.cause else line.why,
            }
            for line in account.lines
        ],
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


# --- for people -------------------------------------------------------------------------------------


def to_text(ticket: Ticket, clocks: Sequence[Explained], at: datetime) -> Iterator[str]:
    """Line by line, in English; each instant in the zone of the calendar and in UTC."""
    with translation.override("en"), timezone.override(UTC):
        yield f"{ticket.number}  {ticket.subject}"
        yield f"{ticket.organisation} · {ticket.service} · {ticket.get_state_display()} · {_time(at, UTC)}"
        if not clocks:
            yield "\nNo clock was ever started for it."
        for each in clocks:
            yield ""
            yield from _clock_text(each)


def _clock_text(each: Explained) -> Iterator[str]:
    row, account = each.row, each.account
    part = f", part {row.part}" if row.part > 1 or row.state == "superseded" else ""
    yield f"== {ClockKind(row.kind).label}, round {row.cycle}{part}: {row.get_state_display()}"
    yield from _why_text(each, row)
    if account is None:
        yield "   The record no longer gives such a clock. Run manage.py rebuild_clocks --check."
        return
    yield from _figures_text(each, account)
    yield from _ledger_text(account, each.zone)


def _why_text(each: Explained, row: Clock) -> Iterator[str]:
    reason = each.why
    yield f"   Target      {exact_words(row.target_seconds)} in {reason['calendar'] or 'no calendar'}"
    yield f"   Agreement   {reason['agreement'] or 'none'}"
    yield f"   Why         {reason['reason']}"
    if asked := reason["recalculation"]:
        yield f"   Moved       by recalculation {asked['id']} of {asked['by']}, {asked['at']}: {asked['reason']}"
    for other in reason["considered"]:
        sign = "*" if other["chosen"] else "-"
        why_not = f": {other['why_not']}" if other["why_not"] else ""
        yield f"               {sign} {other['applies_to']}, {other['duration']}, {other['calendar']}{why_not}"


def _figures_text(each: Explained, account: Account) -> Iterator[str]:
    reading, zone = account.reading, each.zone
    yield f"   Started     {_time(reading.start, zone)}{_by(account.started)}"
    if reading.due_at is not None:
        yield f"   Due         {_time(reading.due_at, zone)}"
    if reading.breached_at is not None:
        yield f"   Ran out     {_time(reading.breached_at, zone)}"
    if reading.stopped_at is not None:
        yield f"   Stopped     {_time(reading.stopped_at, zone)}{_by(account.stopped)}"
    yield f"   Counted     {exact_words(account.counted)}"
    yield f"   Paused      {exact_words(account.paused)}"
    for step in reading.steps:
        yield f"   Reached     {_time(step.at, zone)}  {step_words(step.step)}"


def _by(cause: Any) -> str:
    return f"  {cause.words} (#{cause.seq})" if cause else ""


def _ledger_text(account: Account, zone: ZoneInfo) -> Iterator[str]:
    if not account.lines:
        yield "   Nothing has been counted yet."
        return
    name = str(zone)
    yield f"   {f'From, {name}':26}{f'Until, {name}':26}{'From, UTC':21}{'Length':>14}  {'Counted':>14}  What"
    for line in account.lines:
        why_words = "; ".join(part for part in (line.why, line.cause.words if line.cause else "") if part)
        seq = f" (#{line.cause.seq})" if line.cause else ""
        counted = exact_words(line.counted) if line.counts else ""
        yield (
            f"   {_local(line.start, zone):26}{_local(line.end, zone):26}{_utc(line.start):21}"
            f"{exact_words(line.length):>14}  {counted:>14}  {line.what}{f': {why_words}' if why_words else ''}{seq}"
        )


def _time(at: datetime, zone: ZoneInfo) -> str:
    if str(zone) == "UTC":
        return _utc(at) + "Z"
    return f"{_local(at, zone)} ({_utc(at)}Z)"


def _local(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local:%Y-%m-%d %H:%M:%S%z}"


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
