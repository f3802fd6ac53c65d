"""What a page may take, and whether it takes no more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Limit:
    """What is wanted of a page; zero where nothing is.

    Attributes:
        floors: at most so many times the floor.
        growth: at most so many times what it takes on the small desk.
        ms: at most so many milliseconds.
    """

    floors: float = 0
    growth: float = 0
    ms: float = 0

    def __str__(self) -> str:
        said = [
            f"≤ {self.floors:g} × floor" if self.floors else "",
            f"≤ {self.growth:g} × small" if self.growth else "",
            f"≤ {self.ms:g} ms" if self.ms else "",
        ]
        return ", ".join(part for part in said if part)

    def is_kept_by(self, row: Mapping[str, Any]) -> bool | None:
        """Whether a page keeps it; None where nothing is wanted. Growth counts where it was measured."""
        wanted = {"times_floor": self.floors, "times_small": self.growth, "ms": self.ms}
        looked_at = [row[name] <= most for name, most in wanted.items() if most and row.get(name) is not None]
        return all(looked_at) if looked_at else None


NO_LIMIT = Limit()
QUEUE = Limit(floors=3, growth=1.3)
PAGE = Limit(floors=3)
COMMON = Limit(ms=60)
DASHBOARD = Limit(floors=4)


def with_growth(found: dict[str, Any], small: dict[str, Any] | None) -> dict[str, Any]:
    """The pages of a measurement, each beside the same page on a small desk, and whether it keeps its limit."""
    before = {row["page"]: row["ms"] for row in small["pages"]} if small else {}
    rows = []
    for row in found["pages"]:
        *others, target = row.items()
        grown = {}
        if small:
            than = before.get(row["page"])
            grown = {"small_ms": than, "times_small": round(row["ms"] / than, 2) if than else None}
        row = dict([*others, *grown.items(), target])
        rows.append({**row, "reached": row["target"].is_kept_by(row)})
    return {**found, "pages": rows}
