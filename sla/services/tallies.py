"""What a what-if counts: outcomes, times by class, steps and targets, then and now (SLA-62)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jobs.kinds import Result

MET, MISSED, VOID, OPEN, NONE = "met", "missed", "void", "open", "none"
OUTCOMES = (MET, MISSED, VOID, OPEN)
EDGES = [
    60 * minutes
    for minutes in (
        5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 240, 360, 480, 720, 960, 1440, 2160, 2880, 4320, 7200, 14400,
    )
]  # fmt: skip
"""The upper ends of the classes of the distribution, in seconds; the last class has none. What is used up exactly at an
end belongs to the class that ends there."""


@dataclass
class Tally:
    """What came of some cycles, then and now; the unit of a part's result.

    The keys: `<kind>:<outcome>` for `then` and `now`; `<target>:then|now:<outcome>` for `by_target`, where the target
    is the place of an assumed one (from 1), the id of a pinned one under an assumed calendar, or 0 for one of which
    nothing was assumed; `<kind>:<class>` for the times; `<kind>:warn|breach|late` for the steps; `<kind>:<seconds>`
    for the targets; `<kind>:<then>:<now>` for the flips.
    """

    requests: int = 0
    then: Counter[str] = field(default_factory=Counter)
    now: Counter[str] = field(default_factory=Counter)
    by_target: Counter[str] = field(default_factory=Counter)
    then_times: Counter[str] = field(default_factory=Counter)
    now_times: Counter[str] = field(default_factory=Counter)
    then_steps: Counter[str] = field(default_factory=Counter)
    now_steps: Counter[str] = field(default_factory=Counter)
    then_targets: Counter[str] = field(default_factory=Counter)
    now_targets: Counter[str] = field(default_factory=Counter)
    flips: Counter[str] = field(default_factory=Counter)

    def to_json(self) -> Result:
        """All counts by name."""
        return {name: value if isinstance(value, int) else dict(value) for name, value in vars(self).items()}

    def add(self, result: Mapping[str, Any]) -> None:
        """Take in a part's result."""
        self.requests += result.get("requests", 0)
        for name, value in vars(self).items():
            if isinstance(value, Counter):
                value.update(result.get(name, {}))


@dataclass(frozen=True, slots=True)
class Cycle:
    """A cycle as it came out, or would have."""

    outcome: str
    due_at: datetime | None = None
    counted: float | None = None
    target: int | None = None
