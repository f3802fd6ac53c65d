"""Asking the web server for pages, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from servicedesk.bench.line import Answer, Call, Line

WARM = 3  # requests that don't count


@dataclass(frozen=True)
class Asked:
    """What came of asking for a page again and again: its status, the bytes of its body, milliseconds of each time."""

    status: int
    bytes: int
    ms: list[float]

    @classmethod
    def of(cls, answers: Sequence[Answer]) -> Asked:
        """Of answers to the same call."""
        return cls(answers[-1].status, len(answers[-1].body), [answer.ms for answer in answers])


def ask(port: int, call: Call, times: int, *, warm: int = WARM) -> Asked:
    """Ask over one connection, after some times that don't count.

    Raises:
        OSError: the server does not answer.
    """
    return ask_in_turn(port, [call], times, warm=warm)[0]


def ask_in_turn(port: int, calls: Sequence[Call], times: int, *, warm: int = WARM) -> list[Asked]:
    """Each call so many times over one connection, always one after the other.

    Raises:
        OSError: the server does not answer.
    """
    wires = [call.wire() for call in calls]
    with Line(port) as line:
        rounds = [[line.send(wire) for wire in wires] for _ in range(warm + times)]
    return [Asked.of(answers) for answers in zip(*rounds[warm:], strict=True)]


def is_up(port: int) -> bool:
    """Whether the web server answers."""
    try:
        return ask(port, Call("/healthz"), 1, warm=0).status == 200
    except OSError:
        return False
