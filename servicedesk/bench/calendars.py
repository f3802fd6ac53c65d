"""Working time on the command line, and the fold of one request's clocks; neither needs a database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from servicedesk.bench.figures import Result
from servicedesk.bench.processes import load_average
from servicedesk.env import BASE_DIR
from servicedesk.one_machine import Refusal
from sla.engine.calendar import Calendar
from sla.engine.clock import Fact, FactKind, Kind, TargetSpec, Threshold, read

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SPLIT, LATE, ALL = [["09:00", "12:00"], ["13:30", "18:00"]], [["22:00", "06:00"]], [["00:00", "24:00"]]
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
WAITS = frozenset({"client", "third_party", "date"})
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FOLDS = 3000


def measure(lines: int) -> Result:
    """Lines a second of `sla_time` and `sla_replay`, and folds a second of one process."""
    return {
        "sla_time": _piped("sla_time", _questions(lines)),
        "sla_replay": _piped("sla_replay", _stories(max(1, lines // 10))),
        "fold": _folds(),
        "load_average": load_average(),
    }


def _piped(command: str, lines: Iterator[str]) -> Result:
    text = "\n".join(lines)
    began = time.monotonic()
    done = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "manage.py", command],
        check=False,
        cwd=BASE_DIR,
        env={name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"},
        input=text,
        capture_output=True,
        text=True,
    )
    seconds = time.monotonic() - began
    if done.returncode:
        raise Refusal(f"manage.py {command} failed: {done.stderr[-300:]}")
    count = text.count("\n") + 1
    return {"lines": count, "seconds": round(seconds, 2), "lines_per_second": round(count / seconds)}


def _calendar(rng: Random) -> dict[str, Any]:
    """One of sixteen: four zones, four sorts of week."""
    hours = rng.choice((SPLIT, LATE, ALL, [["08:00", "20:00"]]))
    days = WEEK if hours is ALL else WEEK[:5]
    return {
        "timezone": rng.choice(ZONES),
        "hours": dict.fromkeys(days, hours),
        "holidays": ["2026-01-01", "2026-05-01", "2026-10-01", "2026-10-02"],
        "workdays": {"2026-10-10": "mon"},
        "special": {"2026-12-24": [["09:00", "12:00"]]},
    }


def _questions(count: int) -> Iterator[str]:
    rng = Random(7)  # noqa: S311 - no secrets
    for number in range(count):
        start = NOON + MINUTE * rng.randrange(500_000)
        asked: dict[str, Any] = {"id": number, "calendar": _calendar(rng), "start": start.isoformat()}
        if number % 2:
            asked["minutes"] = rng.choice((30, 120, 480, 2880, 10_000))
        else:
            asked["end"] = (start + MINUTE * rng.randrange(20_000)).isoformat()
        yield json.dumps(asked)


def _stories(count: int) -> Iterator[str]:
    rng = Random(7)  # noqa: S311 - no secrets
    for number in range(count):
        at = NOON + MINUTE * rng.randrange(400_000)
        events = []
        for kind in ("submitted", "staff_message", "client_message", "wait", "resume", "staff_message", "delivered"):
            events.append({"at": at.isoformat(), "kind": kind, **({"for": "client"} if kind == "wait" else {})})
            at += MINUTE * rng.randrange(1, 600)
        yield json.dumps(
            {
                "id": number,
                "calendar": _calendar(rng),
                "targets": {"first_response": 30, "next_response": 240, "resolution": 2880},
                "pauses": {"resolution": ["client", "third_party"]},
                "events": events,
                "now": (at + MINUTE * 10_000).isoformat(),
            }
        )


def _folds() -> Result:
    """A request with ten facts and three clocks, read again and again."""
    office = Calendar.from_json({"timezone": "Asia/Shanghai", "hours": dict.fromkeys(WEEK[:5], SPLIT)})
    warned = (Threshold(percent=50), Threshold(percent=80))
    targets = {
        Kind.FIRST_RESPONSE: TargetSpec(30 * MINUTE, office, frozenset(), warned, 1),
        Kind.TECHNICAL_RESPONSE: TargetSpec(120 * MINUTE, office, frozenset(), warned, 2),
        Kind.RESOLUTION: TargetSpec(2880 * MINUTE, office, WAITS, warned, 3),
    }
    facts = _facts()
    now = NOON + 10_000 * MINUTE
    began = time.perf_counter()
    for _ in range(FOLDS):
        read(facts, lambda kind, fact, since: targets.get(kind), now)
    seconds = time.perf_counter() - began
    return {"folds_per_second": round(FOLDS / seconds), "microseconds_each": round(seconds / FOLDS * 1e6)}


def _facts() -> list[Fact]:
    said = (
        (0, FactKind.SUBMITTED), (10, FactKind.EXECUTION_STARTED), (11, FactKind.STAFF_MESSAGE),
        (60, FactKind.CLIENT_MESSAGE), (80, FactKind.STAFF_MESSAGE), (81, FactKind.WAIT),
        (300, FactKind.CLIENT_MESSAGE), (300, FactKind.RESUME), (900, FactKind.DELIVERED), (1900, FactKind.ACCEPTED),
    )  # fmt: skip
    return [
        Fact(NOON + minutes * MINUTE, kind, key, kind is FactKind.STAFF_MESSAGE, "client")
        for key, (minutes, kind) in enumerate(said, start=1)
    ]
