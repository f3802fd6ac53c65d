"""Several people at once: calls from eight threads in two processes, so that those who ask don't slow each other."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from servicedesk.bench.line import Call
from servicedesk.bench.load import Done, Job
from servicedesk.env import BASE_DIR
from servicedesk.one_machine import Refusal

PROCESSES = 2
FINE = {"200", "201", "204", "302"}


@dataclass(frozen=True)
class Load:
    """What came of some calls at once: milliseconds of each, and how many there were in a second."""

    ms: list[float]
    seconds: float
    statuses: dict[str, int]
    refusal: str

    @property
    def per_second(self) -> float:
        """Calls a second, all together."""
        return round(len(self.ms) / self.seconds, 1) if self.seconds else 0.0

    @property
    def failed(self) -> int:
        """How many were refused or not answered."""
        return sum(count for status, count in self.statuses.items() if status not in FINE)


class Crowd:
    """Processes that wait for jobs."""

    def __init__(self, port: int, concurrent: int) -> None:
        self._port, self.concurrent = port, concurrent
        count = min(PROCESSES, concurrent)
        self._shares = [concurrent // count + (place < concurrent % count) for place in range(count)]
        self._processes = [
            subprocess.Popen(
                [sys.executable, "-m", "servicedesk.bench.load"],
                cwd=BASE_DIR,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(count)
        ]

    def again(self, call: Call, seconds: float) -> Load:
        """The same call for so many seconds."""
        return self._together([[call]] * len(self._processes), seconds, again=True)

    def each(self, calls: Sequence[Call], seconds: float = 0) -> Load:
        """Every call once, in this order, for at most so many seconds (0: to the end)."""
        count = len(self._processes)
        return self._together([calls[place::count] for place in range(count)], seconds, again=False)

    def _together(self, shares: Sequence[Sequence[Call]], seconds: float, *, again: bool) -> Load:
        for process, threads, calls in zip(self._processes, self._shares, shares, strict=True):
            job: Job = {
                "port": self._port,
                "threads": threads,
                "seconds": seconds,
                "again": again,
                "calls": [(call.path, dict(call.headers), call.method, call.body) for call in calls],
            }
            assert process.stdin is not None  # noqa: S101 - it is a pipe
            process.stdin.write(json.dumps(job) + "\n")
            process.stdin.flush()
        return _load([_read(process) for process in self._processes])

    def end(self) -> None:
        """Let the processes go."""
        for process in self._processes:
            if process.stdin is not None:
                process.stdin.close()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _read(process: subprocess.Popen[str]) -> Done:
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    line = process.stdout.readline()
    if not line:
        raise Refusal("A process that asks the web server has ended; the lines above say why.")
    done: Done = json.loads(line)
    return done


def _load(found: Sequence[Done]) -> Load:
    statuses: Counter[str] = Counter()
    for done in found:
        statuses.update(done["statuses"])
    return Load(
        ms=[ms for done in found for ms in done["ms"]],
        seconds=max(done["ended"] for done in found) - min(done["began"] for done in found),
        statuses=dict(statuses),
        refusal=next((done["refusal"] for done in found if done["refusal"]), ""),
    )


@contextlib.contextmanager
def crowd(port: int, concurrent: int) -> Iterator[Crowd]:
    """Several people for the time of the block."""
    found = Crowd(port, concurrent)
    try:
        yield found
    finally:
        found.end()
