"""Points of a ladder as they are written and stored: `80%`, `-10m`, `breach`, `+30m` (SLA-43, SLA-44)."""

from __future__ import annotations

import re
from datetime import timedelta

from sla.engine.clock import BREACH, Threshold
from sla.models import BREACH_POINT

_SHARE = re.compile(r"([1-9][0-9]?|100)%")
_BEFORE = re.compile(r"-([1-9][0-9]{0,5})([ms])")
_AFTER = re.compile(r"\+([1-9][0-9]{0,5})([ms])")
_UNITS = {"m": "minutes", "s": "seconds"}


def is_before(point: str) -> bool:
    """Whether it is a warning: a share of the target, or a time before it is due."""
    return bool(_SHARE.fullmatch(point) or _BEFORE.fullmatch(point))


def is_after(point: str) -> bool:
    """Whether it comes some time after the breach."""
    return bool(_AFTER.fullmatch(point))


def threshold_of(point: str) -> Threshold | None:
    """The engine's threshold of a point; None for the breach, which every clock has.

    Raises:
        ValueError: it is no point.
    """
    if point == BREACH_POINT:
        return None
    if found := _SHARE.fullmatch(point):
        return Threshold(percent=int(found[1]))
    if found := _BEFORE.fullmatch(point):
        return Threshold(before=_duration(found))
    if found := _AFTER.fullmatch(point):
        return Threshold(after=_duration(found))
    raise ValueError(f"A point is like 80%, -10m, breach or +30m, not {point!r}.")


def _duration(found: re.Match[str]) -> timedelta:
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def step_of(point: str) -> str:
    """The engine's name of the step that a point makes, as `ClockStep.step` keeps it.

    Raises:
        ValueError: it is no point.
    """
    threshold = threshold_of(point)
    return BREACH if threshold is None else threshold.step
