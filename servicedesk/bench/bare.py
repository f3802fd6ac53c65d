"""The statements of a page, caught in this process and run again over one plain connection, without Django."""

from __future__ import annotations

import contextlib
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import psycopg2
from django.db import connection
from django.test.utils import CaptureQueriesContext

from servicedesk.bench.line import Call
from servicedesk.bench.people import Caller

TIMES = 20
ENOUGH = 5.0  # seconds of trying, then what was seen so far counts
FEWEST = 3
AROUND = ("BEGIN", "COMMIT", "ROLLBACK")


@dataclass(frozen=True)
class Caught:
    """An answer and the statements that were executed for it, with their values, transactions included."""

    status: int
    body: bytes
    statements: list[str]

    @property
    def queries(self) -> int:
        """How many statements there were, without the beginnings and ends of transactions."""
        return sum(not statement.startswith(AROUND) for statement in self.statements)

    @property
    def in_transactions(self) -> int:
        """How many of them lay in transactions."""
        count, is_inside = 0, False
        for statement in self.statements:
            if statement.startswith(AROUND):
                is_inside = statement.startswith("BEGIN")
            elif is_inside:
                count += 1
        return count


def caught(caller: Caller, call: Call, *, warm: int = 1) -> Caught:
    """Carry out a call in this process, after some times that don't count; those are for what is asked again alike."""
    client = caller.client()
    kind = {"content_type": "application/json"} if call.body else {}

    def send() -> Any:
        return client.generic(call.method, call.path, call.body, **kind)

    for _ in range(warm):
        send()
    with CaptureQueriesContext(connection) as seen:
        response = send()
    statements = [query["sql"] for query in seen.captured_queries if query["sql"]]
    return Caught(response.status_code, response.content, statements)


def beyond(statements: Sequence[str], known: Sequence[str]) -> list[str]:
    """Statements without those that are known, each as often as it is known."""
    left, found = Counter(known), []
    for statement in statements:
        if left[statement]:
            left[statement] -= 1
        else:
            found.append(statement)
    return found


@contextlib.contextmanager
def plain() -> Iterator[Any]:
    """A cursor that knows no Django, on the database that is measured."""
    with contextlib.closing(psycopg2.connect(os.environ["DATABASE_URL"])) as line:
        line.autocommit = True
        with line.cursor() as cursor:
            yield cursor


def bare_ms(cursor: Any, statements: Sequence[str], times: int = TIMES) -> float:
    """Milliseconds that these statements take together with the fetching of their rows: the median of some times."""
    if not statements:
        return 0.0
    taken: list[float] = []
    began = time.perf_counter()
    for count in range(times + 1):
        taken.append(_run(cursor, statements))
        if count >= FEWEST and time.perf_counter() - began > ENOUGH:
            break
    return median(taken[1:])


def _run(cursor: Any, statements: Sequence[str]) -> float:
    began = time.perf_counter()
    for statement in statements:
        cursor.execute(statement)
        if cursor.description is not None:
            cursor.fetchall()
    return (time.perf_counter() - began) * 1000
