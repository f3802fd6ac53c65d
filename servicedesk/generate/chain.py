"""The record of a finished story: the steps of its clocks put where they were noticed, and all chained by hash."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache

from servicedesk.generate.request import Event, Request
from sla.engine.instants import moment

NULL, BACKSLASH = r"\N", "\\"

encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
"""Canonical JSON, as `tickets.events.event_hash` writes it."""


@lru_cache(maxsize=4096)  # an act, its text and its event bear the same
def stamp(us: int) -> str:
    """An instant as the chain and COPY write it."""
    return moment(us).isoformat(timespec="microseconds")


def chained(request: Request, events: list[Event]) -> list[tuple[int, str]]:
    """The rows of a request's events as (recorded at, line for COPY), each with the hash of the one before it."""
    rows: list[tuple[int, str]] = []
    previous = ""
    for seq, event in enumerate(events, start=1):
        event.seq = seq
        previous, row = _link(request.id, event, previous)
        rows.append((event.recorded_at, row))
    request.event_seq, request.event_hash = len(events), previous
    return rows


def _link(ticket: int, event: Event, previous: str) -> tuple[str, str]:
    """The hash of an event and its line. The hash is over canonical JSON with its keys in order."""
    at, recorded, data = stamp(event.at), stamp(event.recorded_at), encode(event.data) if event.data else "{}"
    content = (
        f'{{"actor":{_or(event.actor, "null")},"at":"{at}","data":{data},"kind":"{event.kind}",'
        f'"message":{_or(event.message, "null")},"previous":"{previous}","recorded_at":"{recorded}",'
        f'"seq":{event.seq},"ticket":{ticket},"visibility":"{event.visibility}"}}'
    )
    found = hashlib.sha256(content.encode()).hexdigest()
    line = (
        f"{event.pk}\t{ticket}\t{event.seq}\t{event.kind}\t{at}\t{recorded}\t{_or(event.actor, NULL)}\t"
        f"{event.visibility}\t{_or(event.message, NULL)}\t{data.replace(BACKSLASH, 2 * BACKSLASH)}\t{found}\n"
    )
    return found, line


def _or(value: int | None, nothing: str) -> int | str:
    return nothing if value is None else value
