"""Running the calculators as somebody does who just checked the product out: no environment, no settings, no database.

Every line is asked in a process of its own making; many lines share one process.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OFFICE_DAY = [["09:00", "12:00"], ["13:30", "18:00"]]

# The official notices for 2025 and 2026; the days between two working stretches, and the make-up days around them.
CHINA = {
    "holidays": [
        "2025-01-01",
        *(f"2025-01-{day}" for day in range(28, 32)),
        *(f"2025-02-0{day}" for day in range(1, 5)),
        *(f"2025-10-0{day}" for day in range(1, 9)),
        *(f"2026-01-0{day}" for day in range(1, 4)),
        *(f"2026-02-{day}" for day in range(15, 24)),
        *(f"2026-10-0{day}" for day in range(1, 8)),
    ],
    "workdays": {
        "2025-01-26": "mon",
        "2025-02-08": "mon",
        "2025-09-28": "mon",
        "2025-10-11": "mon",
        "2026-01-04": "mon",
        "2026-02-14": "mon",
        "2026-02-28": "mon",
        "2026-09-20": "mon",
        "2026-10-10": "mon",
    },
}


def calendar(zone: str = "UTC", hours: Any = None, days: Sequence[str] = WEEK[:5], **exceptions: Any) -> dict[str, Any]:
    """The same hours (09:00–17:00) on some weekdays."""
    return {"timezone": zone, "hours": dict.fromkeys(days, hours or [["09:00", "17:00"]]), **exceptions}


OFFICE = calendar()
SHANGHAI = calendar("Asia/Shanghai", OFFICE_DAY, **CHINA)


def always(zone: str = "UTC") -> dict[str, Any]:
    """Around the clock."""
    return calendar(zone, [["00:00", "24:00"]], WEEK)


@dataclass(frozen=True)
class Done:
    """What came of a run."""

    code: int
    out: bytes
    err: bytes

    @property
    def answers(self) -> list[Any]:
        """The lines of the output, read as strictly as JSON is written."""
        return [json.loads(line, parse_constant=_no_json) for line in self.out.decode().splitlines()]


def _no_json(sign: str) -> None:
    raise AssertionError(f"{sign} is no JSON")


def feed(tool: str, given: bytes, *flags: str) -> Done:
    """A run over these bytes, with nothing in its environment."""
    done = subprocess.run(
        [sys.executable, "manage.py", tool, *flags], input=given, capture_output=True, cwd=ROOT, env={}, check=False
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return Done(done.returncode, done.stdout, done.stderr)


def ask(tool: str, questions: Iterable[Any], *flags: str) -> Done:
    """A run over these questions, one a line."""
    return feed(tool, "".join(f"{json.dumps(question)}\n" for question in questions).encode(), *flags)
