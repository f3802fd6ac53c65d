"""Every combination of view and filter that the queue offers, looked at some times each; the slowest are listed."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any

from servicedesk.bench import queues
from servicedesk.bench.bare import caught
from servicedesk.bench.floors import Floors
from servicedesk.bench.limits import QUEUE
from servicedesk.bench.people import Caller
from servicedesk.one_machine import Refusal

LISTED = 10
A_SHARE = 30  # of the times that a page is asked for, one in so many
FEWEST = 2


def combinations(callers: Sequence[Caller], floors: Floors, *, times: int, most: int) -> dict[str, Any]:
    """How many were looked at, how many take more than they may, and the slowest.

    Args:
        times: how often a page is asked for; here one in thirty of it is enough.
        most: how many are looked at, evenly over all.
    """
    times = max(FEWEST, times // A_SHARE)
    offered = [(caller, path) for caller in callers for path in _offered(caller)]
    rows = [_row(caller, path, floors, times) for caller, path in _spread(offered, most)]
    rows.sort(key=lambda row: row["times_floor"], reverse=True)
    return {
        "offered": len(offered),
        "looked_at": len(rows),
        "target": f"≤ {QUEUE.floors:g} × floor",
        "beyond": sum(row["times_floor"] > QUEUE.floors for row in rows),
        "slowest": rows[:LISTED],
        "slowest_in_ms": sorted(rows, key=lambda row: row["ms"], reverse=True)[:LISTED],
    }


def _offered(caller: Caller) -> list[str]:
    narrowed = queues.narrowed(caller.user) if caller.user else {}
    return [path for paths in narrowed.values() for path in paths]


def _spread(offered: list[tuple[Caller, str]], count: int) -> list[tuple[Caller, str]]:
    if len(offered) <= count:
        return offered
    return [offered[place * len(offered) // count] for place in range(count)]


def _row(caller: Caller, path: str, floors: Floors, times: int) -> dict[str, Any]:
    seen = caught(caller, caller.call(path), warm=0)
    if seen.status != 200:
        raise Refusal(f"{path} answers {seen.status}.")
    found = floors.measure(caller, path, seen.statements, times=times, bare=times)
    return {
        "page": path,
        "as": caller.name,
        "ms": round(median(found.asked.ms), 2),
        "queries": seen.queries,
        "sql_ms": round(found.own_ms, 2),
        "floor_ms": round(found.floor_ms, 2),
        "times_floor": round(found.times_floor, 2),
    }
