"""Many lines: in order, over several processes, quick enough, and ended quietly by whoever stops reading."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.tools.kit import OFFICE, ROOT, SHANGHAI, Done, ask, feed

BEGIN = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)


def questions(count: int, *, desk: dict[str, Any] = SHANGHAI) -> list[dict[str, Any]]:
    """Questions of a year: due instants and, every third, working times."""
    found = []
    for n in range(count):
        start = BEGIN + timedelta(minutes=n * 49 % 500_000)
        asked = {"end": (start + timedelta(hours=n % 900)).isoformat()} if n % 3 == 0 else {"minutes": n % 4000}
        found.append({"id": n, "calendar": desk, "start": start.isoformat(), **asked})
    return found


def test_ten_thousand_answers_come_in_the_order_of_the_questions() -> None:
    """Over several parts that different processes answer; the bad ones stand where they were asked."""
    asked: list[Any] = questions(10_000)
    for n in range(500, 10_000, 1000):
        asked[n] = {**asked[n], "start": "yesterday"}
    done = ask("sla_time", asked)
    assert [answer["id"] for answer in done.answers] == list(range(10_000))
    assert [answer["id"] for answer in done.answers if "error" in answer] == list(range(500, 10_000, 1000))
    assert done.code == 1


def test_many_lines_are_answered_as_each_alone() -> None:
    asked = questions(5000)
    together = ask("sla_time", asked).answers
    for n in (0, 1, 1999, 2000, 2001, 3999, 4000, 4999):
        assert ask("sla_time", [asked[n]]).answers == [together[n]]


def test_many_stories_are_answered_in_order_too() -> None:
    told = [
        {
            "id": n,
            "calendar": OFFICE,
            "targets": {"resolution": 60 + n},
            "events": [{"at": "2025-06-10T09:00:00Z", "kind": "submitted"}],
            "now": "2025-06-10T09:30:00Z",
        }
        for n in range(4100)
    ]
    done = ask("sla_replay", told, "--ledger")
    assert [answer["id"] for answer in done.answers] == list(range(4100))
    assert done.answers[4099]["clocks"][0]["ledger"][0]["what"] == "counted"
    assert done.code == 0


@pytest.mark.parametrize("read", [False, True])
def test_whoever_stops_reading_ends_it_quietly(tmp_path: Path, read: bool) -> None:
    """As `| head -1` does, before anything was written and in the middle of it."""
    lines = tmp_path / "lines"
    lines.write_text("".join(f"{json.dumps(question)}\n" for question in questions(20_000)))
    with (
        lines.open("rb") as given,
        subprocess.Popen(
            [sys.executable, "manage.py", "sla_time"],
            stdin=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            env={},
        ) as running,
    ):
        assert running.stdout is not None
        assert running.stderr is not None
        if read:
            assert json.loads(running.stdout.readline())["id"] == 0
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 0


def processor_seconds(run: Callable[[], Done]) -> float:
    """What a run cost in processor time; other people's work on the machine does not count."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert run().code == 0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_it_is_quick_enough(record_property: Callable[[str, object], None]) -> None:
    """At least 20,000 lines in a second are asked for, of two processors; a quarter of that per second of one must
    hold on whatever machine this is, without the time the interpreter takes to begin."""
    count = 30_000
    lines = "".join(f"{json.dumps(question)}\n" for question in questions(count)).encode()
    begin = processor_seconds(lambda: feed("sla_time", b""))
    rate = count / (processor_seconds(lambda: feed("sla_time", lines)) - begin)
    record_property("lines per second of one processor", round(rate))
    assert rate >= 5_000
