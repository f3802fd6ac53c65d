"""The slowest statements of a run: from pg_stat_statements where the server has it, else from the server's own log.

The log is that of a server beside whose data directory it lies, as the embedded one's does; what is written into it is
switched on for the measured database alone.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from servicedesk.bench.bare import plain
from servicedesk.one_machine import Refusal

LISTED = 10
LONGEST = 240  # letters of a statement
SETTING = "log_min_duration_statement"
MODULE = "pg_stat_statements"
_BEGIN = re.compile(r"LOG:  duration: (?P<ms>[\d.]+) ms  (?:statement|execute [^:]*): (?P<text>.*)")
_SIMPLER = (
    (re.compile(r"'(?:[^']|'')*'"), "?"),
    (re.compile(r'"s\d+_x\d+"'), '"s"'),
    (re.compile(r"(?<![\w\".])(?:-?\d+(?:\.\d+)?|\$\d+)\b"), "?"),
    (re.compile(r"\s+"), " "),
    (re.compile(r"\(\?(?:, \?)+\)"), "(?, …)"),
    (re.compile(r"(?:\(\?, …\), )+\(\?, …\)"), "(?, …), …"),
    (re.compile(r'(?:"?\w+"?\."\w+"(?: AS "\w+")?, ){2,}'), "…, "),
)


@dataclass
class Taken:
    """What statements of a kind took: milliseconds in all and at most."""

    total: float = 0
    calls: int = 0
    most: float = 0

    def add(self, total: float, calls: int = 1, most: float = 0) -> None:
        """Some more of them."""
        self.total += total
        self.calls += calls
        self.most = max(self.most, most or total)


def slowest(run: Callable[[], None]) -> list[dict[str, Any]]:
    """Run something and list the statements that took most time together.

    Raises:
        Refusal: the server tells nothing about them.
    """
    with plain() as cursor:
        cursor.execute("SHOW shared_preload_libraries")
        return _from_module(cursor, run) if MODULE in cursor.fetchone()[0] else _from_log(cursor, run)


def _from_module(cursor: Any, run: Callable[[], None]) -> list[dict[str, Any]]:
    cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
    (database,) = cursor.fetchone()
    cursor.execute("SELECT pg_stat_statements_reset(0, %s, 0)", [database])
    run()
    cursor.execute(
        "SELECT query, calls, total_exec_time, max_exec_time FROM pg_stat_statements WHERE dbid = %s AND toplevel",
        [database],
    )
    found: dict[str, Taken] = defaultdict(Taken)
    for text, calls, total, most in cursor.fetchall():
        found[simpler(text)].add(total, calls, most)
    return _longest(found)


def _from_log(cursor: Any, run: Callable[[], None]) -> list[dict[str, Any]]:
    cursor.execute("SHOW data_directory")
    log = Path(f"{cursor.fetchone()[0]}.log")
    if not os.access(log, os.R_OK):
        raise Refusal(f"--statements needs {MODULE} among the server's shared_preload_libraries.")
    cursor.execute("SELECT quote_ident(current_database())")
    database = cursor.fetchone()[0]
    began = log.stat().st_size
    cursor.execute(f"ALTER DATABASE {database} SET {SETTING} = 0")
    try:
        run()
    finally:
        cursor.execute(f"ALTER DATABASE {database} RESET {SETTING}")
    with log.open("rb") as file:
        file.seek(began)
        found: dict[str, Taken] = defaultdict(Taken)
        for ms, text in logged(line.decode(errors="replace") for line in file):
            found[simpler(text)].add(ms)
    return _longest(found)


def logged(lines: Iterable[str]) -> Iterator[tuple[float, str]]:
    """Milliseconds and text of each statement in a log; further lines of a statement begin with a tab."""
    ms, parts = 0.0, []
    for line in lines:
        if line.startswith("\t"):
            parts.append(line.strip())
            continue
        if parts:
            yield ms, " ".join(parts)
        found = _BEGIN.search(line)
        ms, parts = (float(found["ms"]), [found["text"].strip()]) if found else (0.0, [])
    if parts:
        yield ms, " ".join(parts)


def simpler(text: str) -> str:
    """A statement without its values and without long lists of columns, so that those of a kind are one."""
    for pattern, instead in _SIMPLER:
        text = pattern.sub(instead, text)
    return text.strip()


def _longest(found: dict[str, Taken]) -> list[dict[str, Any]]:
    ordered = sorted(found.items(), key=lambda pair: pair[1].total, reverse=True)
    return [
        {
            "total_ms": round(taken.total, 1),
            "calls": taken.calls,
            "mean_ms": round(taken.total / taken.calls, 3),
            "max_ms": round(taken.most, 2),
            "statement": text if len(text) <= LONGEST else f"{text[:LONGEST]}…",
        }
        for text, taken in ordered[:LISTED]
    ]
