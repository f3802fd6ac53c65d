"""When requests come: more each year, on working days, in the morning; cut into chunks that are made one by one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from math import exp, pi, sin
from random import Random
from typing import NamedTuple

from servicedesk.generate.wish import Wish
from sla.engine.calendar import Calendar
from sla.engine.instants import DAY, SECOND, instant, moment

HOUR = 3600 * SECOND
BY_WEEKDAY = (1.35, 1.1, 1.0, 1.0, 0.85, 0.12, 0.09)
BY_HOUR = (0.4, 0.2, 0.2, 0.2, 0.3, 0.5, 1, 3, 9, 14, 13, 9, 4, 8, 11, 10, 8, 6, 3, 2, 1.5, 1, 0.8, 0.5)
DAY_OFF = 0.15  # of a usual day, when it is a public holiday
GROWTH = 2.2  # from the first to the last day
PER_CHUNK = 1500


class Hour(NamedTuple):
    """So many requests in the hour that begins then (microseconds since the epoch; the last one may be short)."""

    begins: int
    lasts: int
    size: int


class Chunk(NamedTuple):
    """Requests with ids from `first` on, in the order in which they come."""

    number: int
    first: int
    hours: tuple[Hour, ...]

    @property
    def size(self) -> int:
        """How many there are."""
        return sum(hour.size for hour in self.hours)

    def instants(self, rng: Random) -> Iterator[int]:
        """When each of them comes."""
        for hour in self.hours:
            yield from sorted(hour.begins + int(hour.lasts * rng.random()) for _ in range(hour.size))


def chunks_of(wish: Wish, desk: Calendar) -> list[Chunk]:
    """All requests, cut by hours into chunks of about `PER_CHUNK`."""
    found: list[Chunk] = []
    first = 1
    waiting: list[Hour] = []
    for hour in hours_of(wish, desk):
        waiting.append(hour)
        count = sum(each.size for each in waiting)
        if count >= PER_CHUNK:
            found.append(Chunk(len(found), first, tuple(waiting)))
            first, waiting = first + count, []
    if waiting:
        found.append(Chunk(len(found), first, tuple(waiting)))
    return found


def hours_of(wish: Wish, desk: Calendar) -> list[Hour]:
    """How many requests come in each hour; together as many as were asked for."""
    begins, weights = _weighted(wish, desk)
    total = sum(weights)
    found, reached, given = [], 0.0, 0
    for begin, weight in zip(begins, weights, strict=True):
        reached += weight
        count = round(wish.requests * min(1.0, reached / total)) - given
        given += count
        if count:
            found.append(Hour(begin, min(HOUR, wish.last_arrival - begin), count))
    return found


def _weighted(wish: Wish, desk: Calendar) -> tuple[list[int], list[float]]:
    rng = Random(f"{wish.seed} arrivals")  # noqa: S311 - no secrets
    begins: list[int] = []
    weights: list[float] = []
    first = wish.since.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    for begin in range(instant(first), wish.last_arrival, HOUR):
        local = moment(begin) + timedelta(hours=8)  # Shanghai has no summer time
        if not begins or local.hour == 0:
            of_day = _weight_of_day(wish, desk, begin, local) * rng.uniform(0.85, 1.15)
        begins.append(begin)
        weights.append(of_day * BY_HOUR[local.hour] * min(1.0, (wish.last_arrival - begin) / HOUR))
    return begins, weights


def _weight_of_day(wish: Wish, desk: Calendar, begin: int, local: datetime) -> float:
    progress = (moment(begin) - wish.since) / (wish.now - wish.since)
    growing = 1 + (GROWTH - 1) * progress
    season = 1 + 0.12 * sin(2 * pi * local.timetuple().tm_yday / 365)
    weight = growing * season * BY_WEEKDAY[local.weekday()]
    is_off = local.weekday() < 5 and not desk.worked_us(begin, begin + DAY)
    return weight * DAY_OFF if is_off else weight


class StillOpen:
    """How likely a request is still open: the younger, the likelier, and together as many as wished."""

    def __init__(self, wish: Wish, hours: list[Hour]) -> None:
        self._until = wish.until
        self._half_life = _solved(wish, hours) if wish.open_share < 1 else 0.0

    def chance(self, received: int) -> float:
        """0…1."""
        return exp((received - self._until) / self._half_life) if self._half_life else 1.0


def _solved(wish: Wish, hours: list[Hour]) -> float:
    """The time constant, found by halving."""
    low, high = float(HOUR), 1000.0 * 365 * DAY
    wanted = wish.open_share * wish.requests
    for _ in range(60):
        middle = (low * high) ** 0.5
        if sum(hour.size * exp((hour.begins - wish.until) / middle) for hour in hours) < wanted:
            low = middle
        else:
            high = middle
    return high
