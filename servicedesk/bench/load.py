"""A process that asks the web server from several threads: `python -m servicedesk.bench.load`, started by `crowd`.

It knows no Django and does little, so that what is measured is the server. Each line of its input is a `Job`, each line
of its output what came of it, both as JSON.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from itertools import cycle
from typing import Any, TypedDict

from servicedesk.bench.line import Call, Line


class Job(TypedDict):
    """What to do.

    `calls` holds path, headers, method and body of each; `again`: from the beginning when they are used up; `seconds`:
    after so many no further call is made, 0 for all of them.
    """

    port: int
    threads: int
    seconds: float
    again: bool
    calls: list[tuple[str, dict[str, str], str, str]]


class Done(TypedDict):
    """What came of it: milliseconds of each call, how often each status came, when it began and ended (seconds of the
    machine's monotonic clock), and the body of one refusal."""

    ms: list[float]
    statuses: dict[str, int]
    began: float
    ended: float
    refusal: str


def main() -> None:
    """Do one job after the other until there are no more."""
    for line in sys.stdin:
        sys.stdout.write(json.dumps(carry_out(json.loads(line))) + "\n")
        sys.stdout.flush()


def carry_out(job: Job) -> Done:
    """Do a job."""
    wires = [Call(*call).wire() for call in job["calls"]]
    ahead = cycle(wires) if job["again"] else iter(wires)
    began = time.monotonic()
    until = began + job["seconds"] if job["seconds"] else float("inf")
    found: list[Any] = []
    threads = [
        threading.Thread(target=_ask, args=(job["port"], ahead, until, found), daemon=True)
        for _ in range(job["threads"])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {
        "ms": [ms for _, ms, _ in found],
        "statuses": dict(Counter(str(status) for status, _, _ in found)),
        "began": began,
        "ended": time.monotonic(),
        "refusal": next((said for _, _, said in found if said), ""),
    }


def _ask(port: int, ahead: Iterator[bytes], until: float, found: list[Any]) -> None:
    """One thread: the next call that nobody has taken yet, until there is none or the time is over."""
    with Line(port) as line:
        while time.monotonic() < until and (wire := next(ahead, None)) is not None:
            try:
                answer = line.send(wire)
            except OSError as error:
                line.close()
                found.append((0, 0.0, str(error)))
            else:
                said = answer.body.decode(errors="replace")[:300] if answer.status >= 400 else ""
                found.append((answer.status, answer.ms, said))


if __name__ == "__main__":
    main()
