"""The ledger: every second between start and stop, explained (SLA-41)."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sla.engine.instants import moment
from sla.engine.spans import DayKind
from sla.engine.terms import Phase, Reading, Segment


class What(StrEnum):
    """What became of a piece of time."""

    COUNTED = "counted"
    PAUSED = "paused"
    OUTSIDE = "outside"
    HOLIDAY = "holiday"
    DECIDING = "deciding"
    CLOSED = "closed"


class Entry(NamedTuple):
    """A piece [start, end) in UTC.

    `day_kind` is MAKEUP or SPECIAL for counted or paused time of such a day, else None; `cause` is the key of
    the fact that paused or stopped the clock, else None.
    """

    start: datetime
    end: datetime
    what: What
    day_kind: DayKind | None
    cause: int | None


def ledger(reading: Reading) -> list[Entry]:
    """The time from the cycle's start to its stop, or to the instant it was read, contiguous and in order.

    Counted entries sum exactly to `reading.counted`, paused ones to `reading.paused`: closed hours within a
    pause are entered as what they are. While the client decides or the request is closed, hours do not
    matter.
    """
    return [entry for segment in reading.segments for entry in _entries(reading, segment)]


def _entries(reading: Reading, segment: Segment) -> list[Entry]:
    if segment.start == segment.end:
        return []
    if segment.phase in (Phase.DECIDING, Phase.CLOSED):
        what = What(segment.phase.value)
        return [Entry(moment(segment.start), moment(segment.end), what, None, segment.cause)]
    spans = reading.target.calendar.spans_us(segment.start, segment.end)
    return [_entry(segment, start, end, kind) for start, end, kind in spans]


def _entry(segment: Segment, start: int, end: int, kind: DayKind) -> Entry:
    if not kind.is_open:
        return Entry(moment(start), moment(end), What(kind.value), None, None)
    what = What.PAUSED if segment.phase is Phase.PAUSED else What.COUNTED
    day_kind = None if kind is DayKind.OPEN else kind
    return Entry(moment(start), moment(end), what, day_kind, segment.cause)
