"""The open hours of one local week, prepared for fast questions."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

Stretch = tuple[int, int]
"""A half-open piece of time [from, to), in microseconds."""


class Week:
    """Disjoint, ordered open stretches counted from the week's beginning, with their running sums."""

    __slots__ = ("closings", "openings", "sums", "total")

    def __init__(self, stretches: Sequence[Stretch]) -> None:
        self.openings = [opening for opening, _ in stretches]
        self.closings = [closing for _, closing in stretches]
        self.sums = [0, *accumulate(closing - opening for opening, closing in stretches)]
        self.total = self.sums[-1]

    def worked_before(self, offset: int) -> int:
        """Open time between the week's beginning and this offset."""
        at = bisect_right(self.openings, offset) - 1
        if at < 0:
            return 0
        return self.sums[at] + min(offset, self.closings[at]) - self.openings[at]

    def offset_of(self, worked: int) -> int:
        """The earliest offset before which this much (0 < worked <= total) was open: SLA-05."""
        at = bisect_left(self.sums, worked) - 1
        return self.openings[at] + worked - self.sums[at]


def union(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same time as disjoint stretches in order; touching ones become one."""
    found: list[Stretch] = []
    for start, end in sorted(stretches):
        if start >= end:  # both ends fell into a spring gap
            continue
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


def clip(stretches: Iterable[Stretch], start: int, end: int) -> list[Stretch]:
    """What of the stretches lies in [start, end), counted from start."""
    return [(max(a, start) - start, min(b, end) - start) for a, b in stretches if a < end and b > start]


def without(stretch: Stretch, holes: Iterable[Stretch]) -> list[Stretch]:
    """The pieces of a stretch outside the holes, which are disjoint and in order."""
    pieces: list[Stretch] = []
    start, end = stretch
    for hole_start, hole_end in holes:
        if hole_end <= start:
            continue
        if hole_start >= end:
            break
        if hole_start > start:
            pieces.append((start, hole_start))
        start = hole_end
    if start < end:
        pieces.append((start, end))
    return pieces
