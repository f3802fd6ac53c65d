"""The line formats of the two command-line tools: one JSON object asks, one answers."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TypeVar

from sla.engine.calendar import Calendar
from sla.engine.clock import read
from sla.engine.errors import CalendarError
from sla.engine.instants import SECOND, instant, length
from sla.engine.ledger import Entry, ledger
from sla.engine.terms import Choose, Fact, FactKind, Kind, Reading, TargetSpec

Json = Mapping[str, object]
Targets = Mapping[Kind, TargetSpec]
T = TypeVar("T")


class ReplayError(ValueError):
    """A line that cannot be answered; `str()` is one sentence for the person who wrote it."""


def answer_time(line: Json) -> dict[str, object]:
    """Answer {"id", "calendar", "start", "minutes"} with {"id", "due"}; "end" instead of "minutes" asks for
    {"id", "worked_seconds"}.

    Raises `ReplayError` for anything else.
    """
    _object(line, "The line")
    if ("minutes" in line) == ("end" in line):
        raise ReplayError('The line needs either "minutes" or "end".')
    calendar = _calendar(line)
    start = _time(line, "start")
    if "end" in line:
        end = _time(line, "end")
        worked = _asked(lambda: calendar.worked_us(instant(start), instant(end)))
        return {"id": line.get("id"), "worked_seconds": _seconds(worked)}
    target = _minutes(line["minutes"], "minutes")
    return {"id": line.get("id"), "due": _shown(_asked(lambda: calendar.due(start, target)))}


def answer_replay(line: Json, with_ledger: bool = False) -> dict[str, object]:
    """Answer {"id", "calendar", "targets", "pauses", "events", "now"} with {"id", "clocks"}.

    Targets are minutes of working time by kind; null ends the clocks of a kind. Raises `ReplayError`.
    """
    _object(line, "The line")
    facts, choose = _told(line, _calendar(line))
    now = _time(line, "now")
    clocks = _asked(lambda: [_clock(reading, with_ledger) for reading in read(facts, choose, now)])
    return {"id": line.get("id"), "clocks": clocks}


# Questions


def _told(line: Json, calendar: Calendar) -> tuple[list[Fact], Choose]:
    """The facts in order, and the targets in force at each."""
    pauses = _pauses(line)
    targets = _targets(line, calendar, pauses, {})
    facts: list[Fact] = []
    in_force: dict[int, Targets] = {}
    for key, event, at in _in_order(_events(line)):
        if "targets" in event:
            targets = _targets(event, calendar, pauses, targets)
        facts.append(_fact(key, event, at))
        in_force[key] = targets
    return facts, lambda kind, fact, since: in_force[fact.key].get(kind)


def _events(line: Json) -> list[tuple[int, Json, datetime]]:
    """The events with their number in the line, counted from 1."""
    rows = _array(_needed(line, "events"), "events")
    events = [(key, _object(row, f"Event {key}")) for key, row in enumerate(rows, start=1)]
    return [(key, event, _time(event, "at", f"Event {key}: ")) for key, event in events]


def _in_order(events: list[tuple[int, Json, datetime]]) -> list[tuple[int, Json, datetime]]:
    return sorted(events, key=lambda numbered: numbered[2])


def _fact(key: int, event: Json, at: datetime) -> Fact:
    kind = _event_kind(key, event)
    wait_for = event.get("for", "")
    if kind is FactKind.WAIT and not (isinstance(wait_for, str) and wait_for):
        raise ReplayError(f'Event {key}: a wait needs "for", such as "client".')
    specialist = event.get("specialist", False)
    if not isinstance(specialist, bool):
        raise ReplayError(f'Event {key}: "specialist" must be true or false.')
    return Fact(at, kind, key, specialist=specialist, wait_for=str(wait_for or ""))


def _event_kind(key: int, event: Json) -> FactKind:
    name = _needed(event, "kind", f"Event {key}: ")
    if name == "priority_changed":
        return FactKind.RETARGETED
    if not isinstance(name, str):
        raise ReplayError(f'Event {key}: "kind" must be a text.')
    try:
        return FactKind(name)
    except ValueError:
        raise ReplayError(f"Event {key}: {name!r} is not a kind of event.") from None


def _targets(row: Json, calendar: Calendar, pauses: Mapping[Kind, frozenset[str]], before: Targets) -> Targets:
    """The targets of before, with those named here in their place."""
    found = dict(before)
    for name, minutes in _object(_needed(row, "targets"), '"targets"').items():
        kind = _kind(name)
        found.pop(kind, None)
        if minutes is not None:
            target = _minutes(minutes, f"targets.{kind}")
            found[kind] = TargetSpec(target, calendar, pauses.get(kind, frozenset()))
    return found


def _pauses(line: Json) -> dict[Kind, frozenset[str]]:
    rows = _object(line.get("pauses", {}), '"pauses"')
    return {_kind(name): frozenset(_texts(waits, f"pauses.{name}")) for name, waits in rows.items()}


def _kind(name: str) -> Kind:
    try:
        return Kind(name)
    except ValueError:
        raise ReplayError(f"{name!r} is not a kind of clock.") from None


def _calendar(line: Json) -> Calendar:
    data = _object(_needed(line, "calendar"), '"calendar"')
    return _asked(lambda: Calendar.from_json(data))


def _asked(question: Callable[[], T]) -> T:
    try:
        return question()
    except CalendarError as error:
        raise ReplayError(str(error)) from error


def _time(row: Json, name: str, place: str = "") -> datetime:
    value = _needed(row, name, place)
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        raise ReplayError(f'{place}"{name}" must be a time with an offset, such as 2026-03-01T09:00:00+08:00.')
    return at


def _minutes(value: object, place: str) -> timedelta:
    """A number of minutes, to the microsecond."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not value >= 0:
        raise ReplayError(f'"{place}" must be a number of minutes, zero or more.')
    try:
        return timedelta(minutes=value)
    except OverflowError:
        raise ReplayError(f'"{place}" is too long.') from None


def _needed(row: Json, name: str, place: str = "") -> object:
    if name not in row:
        raise ReplayError(f'{place}"{name}" is missing.')
    return row[name]


def _object(value: object, place: str) -> Json:
    if not isinstance(value, Mapping):
        raise ReplayError(f"{place} must be an object.")
    return value


def _array(value: object, place: str) -> Sequence[object]:
    if not isinstance(value, list | tuple):
        raise ReplayError(f'"{place}" must be a list.')
    return value


def _texts(value: object, place: str) -> list[str]:
    rows = _array(value, place)
    found = [row for row in rows if isinstance(row, str)]
    if len(found) < len(rows):
        raise ReplayError(f'"{place}" must be a list of texts.')
    return found


# Answers


def _clock(reading: Reading, with_ledger: bool) -> dict[str, object]:
    found: dict[str, object] = {
        "kind": reading.kind.value,
        "cycle": reading.cycle,
        "state": reading.state.value,
        "start": _shown(reading.start),
        "due": _shown(reading.due_at),
        "stopped": _shown(reading.stopped_at),
        "counted_seconds": _seconds(length(reading.counted)),
        "breached_at": _shown(reading.breached_at),
    }
    if with_ledger:
        found["ledger"] = [_entry(entry) for entry in ledger(reading)]
    return found


def _entry(entry: Entry) -> dict[str, object]:
    """`cause` is the number of the event in the line, counted from 1."""
    return {
        "start": _shown(entry.start),
        "end": _shown(entry.end),
        "what": entry.what.value,
        "day_kind": entry.day_kind.value if entry.day_kind else None,
        "cause": entry.cause,
    }


def _seconds(us: int) -> int | float:
    """Whole seconds as an integer, else a float."""
    return us // SECOND if us % SECOND == 0 else us / SECOND


def _shown(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")
