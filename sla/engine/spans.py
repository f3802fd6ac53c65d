"""What a piece of time is, day by day: the material of the ledger (SLA-41)."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class DayKind(StrEnum):
    """Why a span of time is open or closed."""

    OPEN = "open"
    MAKEUP = "makeup"  # open because of a make-up working day
    SPECIAL = "special"  # open by special hours
    OUTSIDE = "outside"
    HOLIDAY = "holiday"  # closed, but open were it not for the holiday

    @property
    def is_open(self) -> bool:
        return self in (DayKind.OPEN, DayKind.MAKEUP, DayKind.SPECIAL)


class Span(NamedTuple):
    """A piece of time [start, end) of one kind, in UTC."""

    start: datetime
    end: datetime
    kind: DayKind


Piece = tuple[int, int, DayKind]
"""A span in microseconds since the epoch."""


def covering(pieces: Iterable[Piece], start: int, end: int) -> list[Piece]:
    """Exactly [start, end): the pieces, outside hours between them, equal neighbours joined.

    The pieces come by their beginning; where two meet (night shift, next morning) the earlier one keeps the time.
    """
    found: list[Piece] = []
    for a, b, kind in _filled(pieces, start, end):
        if found and found[-1][2] is kind:
            found[-1] = found[-1][0], b, kind
        else:
            found.append((a, b, kind))
    return found


def _filled(pieces: Iterable[Piece], start: int, end: int) -> Iterable[Piece]:
    for piece_start, piece_end, kind in pieces:
        if piece_end <= start or piece_start >= end:
            continue
        if piece_start > start:
            yield start, piece_start, DayKind.OUTSIDE
        yield max(piece_start, start), min(piece_end, end), kind
        start = min(piece_end, end)
    if start < end:
        yield start, end, DayKind.OUTSIDE
