"""A small desk for stories: UTC, June 2025 (the 10th is a Tuesday), weekdays 09:00–17:00."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sla.engine.calendar import Calendar
from sla.engine.clock import Fact, FactKind, Kind, Reading, TargetSpec, Threshold, read

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def calendar(
    hours: list[list[str]] | None = None, zone: str = "UTC", days: Sequence[str] = WEEKDAYS[:5], **exceptions: object
) -> Calendar:
    """The same hours on the given weekdays."""
    row = hours or [["09:00", "17:00"]]
    table = {name: row if name in days else [] for name in WEEKDAYS}
    return Calendar.from_json({"timezone": zone, "hours": table, **exceptions})


OFFICE = calendar()
ALWAYS = calendar([["00:00", "24:00"]], days=WEEKDAYS)
SHANGHAI_OFFICE = calendar([["09:00", "12:00"], ["13:30", "18:00"]], "Asia/Shanghai")


def june(text: str) -> datetime:
    """june("10 09:00")"""
    return datetime.fromisoformat(f"2025-06-{text}+00:00")


def at(text: str) -> datetime:
    """The UTC instant of an ISO time with offset."""
    return datetime.fromisoformat(text).astimezone(UTC)


def told(*lines: str) -> list[Fact]:
    """told("10 09:00 submitted", "10 09:20 wait client", "10 10:00 staff_message specialist"); keys from 1."""
    return [_fact(key, line.split()) for key, line in enumerate(lines, start=1)]


def _fact(key: int, words: list[str]) -> Fact:
    day, time, kind, *rest = words
    return Fact(
        june(f"{day} {time}"),
        FactKind(kind),
        key,
        specialist="specialist" in rest,
        wait_for=rest[0] if kind == "wait" and rest else "",
    )


def target(
    minutes: float, *warnings: Threshold, pauses: str = "", calendar: Calendar = OFFICE, ref: object = None
) -> TargetSpec:
    return TargetSpec(timedelta(minutes=minutes), calendar, frozenset(pauses.split()), warnings, ref)


class Desk:
    """Targets by kind name, replaced from the retargeted fact with a given key on."""

    def __init__(self, **targets: TargetSpec) -> None:
        self.targets = {Kind(name): spec for name, spec in targets.items()}
        self.changes: list[tuple[int, dict[Kind, TargetSpec | None]]] = []

    def changed(self, key: int, **targets: TargetSpec | None) -> "Desk":
        self.changes.append((key, {Kind(name): spec for name, spec in targets.items()}))
        return self

    def choose(self, kind: Kind, fact: Fact, since: Fact) -> TargetSpec | None:
        found = self.targets.get(kind)
        for key, specs in self.changes:
            if key <= fact.key and kind in specs:
                found = specs[kind]
        return found

    def read(self, facts: Sequence[Fact], now: str) -> list[Reading]:
        return read(facts, self.choose, june(now))

    def one(self, facts: Sequence[Fact], now: str) -> Reading:
        """The only reading."""
        (found,) = self.read(facts, now)
        return found


def minutes(duration: timedelta) -> float:
    return duration / timedelta(minutes=1)
