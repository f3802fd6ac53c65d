"""Arithmetic and tables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any
from unicodedata import east_asian_width

Result = dict[str, Any]
"""What a measurement found: numbers by name, tables as lists of such; plain JSON."""


@dataclass(frozen=True)
class Spread:
    """How some values lie."""

    count: int
    median: float
    p95: float
    p99: float
    max: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        """Of some values; zeros when there are none."""
        ordered = sorted(values)
        if not ordered:
            return cls(0, 0.0, 0.0, 0.0, 0.0)
        marks = (median(ordered), share_of(ordered, 0.95), share_of(ordered, 0.99), ordered[-1])
        return cls(len(ordered), *(round(mark, 4) for mark in marks))

    def to_json(self) -> dict[str, float]:
        """By name."""
        return asdict(self)


def share_of(ordered: Sequence[float], share: float) -> float:
    """The smallest value that so large a share of the values does not exceed."""
    place = max(0, min(len(ordered) - 1, -int(-share * len(ordered) // 1) - 1))
    return ordered[place]


def table(result: Mapping[str, Any], depth: int = 0) -> str:
    """For people: a line for each number, indented tables for what belongs together, columns for lists."""
    lines: list[str] = []
    for name, value in result.items():
        label = f"{'  ' * depth}{name.replace('_', ' ')}"
        if isinstance(value, Mapping):
            lines += [label, table(value, depth + 1)]
        elif isinstance(value, list) and value and isinstance(value[0], Mapping):
            lines += [label, columns(value)]
        else:
            lines.append(f"{label:<46}{shown(value):>16}")
    return "\n".join(lines)


def columns(rows: Sequence[Mapping[str, Any]]) -> str:
    """Rows under the names of their values: texts to the left, numbers to the right."""
    heads = list(rows[0])
    cells = [[head.replace("_", " ") for head in heads], *([shown(row[head]) for head in heads] for row in rows)]
    widths = [max(_width(row[place]) for row in cells) for place in range(len(heads))]
    is_text = [not all(isinstance(row[head], int | float | None) for row in rows) for head in heads]
    return "\n".join(
        "  ".join(_filled(*place) for place in zip(row, widths, is_text, strict=True)).rstrip() for row in cells
    )


def _filled(cell: str, width: int, is_text: bool) -> str:
    blank = " " * (width - _width(cell))
    return f"{cell}{blank}" if is_text else f"{blank}{cell}"


def _width(text: str) -> int:
    """How many columns of a terminal a text takes; a Chinese sign takes two."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def shown(value: object) -> str:
    """A number with as many places as matter, a yes or no, a dash for nothing, else the text."""
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "NO", None: "–"}[value]
    if not isinstance(value, int | float):
        return str(value)
    if isinstance(value, int) or value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.2f}" if value >= 1 else f"{value:.4f}".rstrip("0").rstrip(".") or "0"
