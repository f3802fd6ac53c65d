"""The floor under a page: the empty view, and the page's own statements run bare.

Page and empty view are asked for in turn over the same line, so that whatever else the machine does slows both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from servicedesk.bench.asking import Asked, ask_in_turn
from servicedesk.bench.bare import bare_ms, beyond, caught
from servicedesk.bench.people import Caller

FLOOR = "/bench/empty"


@dataclass(frozen=True)
class Measured:
    """A page beside its floor.

    Attributes:
        empty_ms: of the empty view, the median.
        own_ms: of the page's own statements, the median of their sum.
    """

    asked: Asked
    empty_ms: float
    own_ms: float

    @property
    def floor_ms(self) -> float:
        """What server and database take without the page."""
        return self.empty_ms + self.own_ms

    @property
    def times_floor(self) -> float:
        """How often the page's median holds its floor."""
        return median(self.asked.ms) / self.floor_ms


class Floors:
    """What the empty view executes is looked at once per person, in this process."""

    def __init__(self, port: int, cursor: Any) -> None:
        self._port, self._cursor = port, cursor
        self._known: dict[str, list[str]] = {}

    def known(self, caller: Caller) -> list[str]:
        """The statements of the empty view."""
        if caller.name not in self._known:
            self._known[caller.name] = caught(caller, caller.call(FLOOR)).statements
        return self._known[caller.name]

    def measure(self, caller: Caller, path: str, statements: Sequence[str], *, times: int, bare: int) -> Measured:
        """Ask for a page so many times, and run its statements so many times bare; those that the empty view executes
        as well are left out."""
        own = bare_ms(self._cursor, beyond(statements, self.known(caller)), bare)
        page, empty = ask_in_turn(self._port, [caller.call(path), caller.call(FLOOR)], times)
        return Measured(page, median(empty.ms), own)
