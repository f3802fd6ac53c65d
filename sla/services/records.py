"""The records of many requests, read in bulk: for replays, recalculations and rebuilding (SLA-31, SLA-40, SLA-62)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection
from django.db.models import Max, Min, QuerySet, Window
from django.db.models.functions import RowNumber

from sla.engine.clock import Fact
from sla.services.facts import RELEVANT, fact_of
from sla.services.selection import Matter
from tickets.states import EventKind

_KINDS = sorted(str(kind) for kind in RELEVANT)
_EVENTS = """
    SELECT ticket_id, seq, kind, at, data FROM tickets_ticketevent
    WHERE ticket_id = ANY(%s) AND kind = ANY(%s) ORDER BY ticket_id, seq
"""
_CHANGES = frozenset({EventKind.CLASSIFIED, EventKind.PRIORITY_CHANGED})


@dataclass(slots=True)
class Record:
    """The facts of one request, and the properties that decided on its targets, by the event they hold from."""

    ticket: int
    facts: list[Fact]
    _first: dict[str, Any]
    _changes: list[tuple[int, dict[str, Any]]]

    def matters(self, technical: dict[int, bool]) -> Callable[[Fact], Matter]:
        """What the request was at a fact."""
        matter = Matter(
            organisation=self._first["organisation"],
            type=self._first["type"],
            service=self._first["service"],
            is_technical=technical.get(self._first["service"], False),
            priority=self._first["priority"],
            tier=self._first["tier"],
            complexity=self._first["complexity"],
        )
        if not self._changes:
            return lambda fact: matter
        steps = [(0, matter)]
        for seq, data in self._changes:
            matter = matter.changed(data, technical)
            steps.append((seq, matter))
        return lambda fact: next(known for seq, known in reversed(steps) if seq <= fact.key)

    @property
    def received_at(self) -> datetime:
        """When its clocks began."""
        return self.facts[0].at


def records(tickets: Sequence[int]) -> Iterator[Record]:
    """The records of some requests by their ids, in the order of the ids; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, [list(tickets), _KINDS])
        for ticket, rows in groupby(cursor, key=itemgetter(0)):
            yield _record(ticket, rows)


def _record(ticket: int, rows: Iterable[tuple[Any, ...]]) -> Record:
    facts: list[Fact] = []
    first: dict[str, Any] = {}
    changes: list[tuple[int, dict[str, Any]]] = []
    for _, seq, kind, at, text in rows:
        data = json.loads(text)
        facts.append(fact_of(seq, kind, at, data))
        if kind in _CHANGES:
            changes.append((seq, data))
        elif kind == EventKind.SUBMITTED:
            first = data
    return Record(ticket, facts, first, changes)


def ranges(rows: QuerySet[Any], field: str, size: int) -> list[tuple[int, int]]:
    """The ids of some rows cut into ranges that hold about `size` of them each, in order."""
    numbered = rows.order_by().values(field).annotate(number=Window(RowNumber(), order_by=field)).order_by("number")
    parts: dict[int, tuple[int, int]] = {}
    for value, number in numbered.values_list(field, "number").iterator(chunk_size=10_000):
        part = (number - 1) // size
        parts[part] = (parts.get(part, (value, value))[0], value)
    return [parts[part] for part in sorted(parts)]


def extent(rows: QuerySet[Any]) -> tuple[int, int] | None:
    """The lowest and the highest id; None when there are no rows."""
    found = rows.aggregate(first=Min("pk"), last=Max("pk"))
    return (found["first"], found["last"]) if found["first"] is not None else None
