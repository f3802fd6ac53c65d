"""What a cycle was spent on: its ledger cut at every change of hands (SLA-41)."""

import itertools
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sla.engine.ledger import Entry, What


class Holder(NamedTuple):
    """Who holds a request from an instant on; `person` and `team` are opaque, None for nobody."""

    since: datetime
    team: object
    person: object


class Share(NamedTuple):
    """A stretch's cause: what became of the time, and of counted time who held the request meanwhile.

    `hand` is 0 while nobody does, 1 with the first person, 2 after it went to another. `wait` is the fact that
    paused the clock.
    """

    what: What
    team: object = None
    hand: int = 0
    wait: int | None = None


def shares(entries: Sequence[Entry], holders: Sequence[Holder]) -> dict[Share, timedelta]:
    """How long each share lasted; together they last as long as the entries do.

    `holders` come in the order of time; before the first of them nobody holds the request.
    """
    found: dict[Share, timedelta] = {}
    hands = _hands(holders)
    for entry in entries:
        if entry.what is not What.COUNTED:
            wait = entry.cause if entry.what is What.PAUSED else None
            _add(found, Share(entry.what, wait=wait), entry.end - entry.start)
            continue
        for start, end, holder, hand in _cut(entry, hands):
            _add(found, Share(What.COUNTED, holder.team if holder else None, hand), end - start)
    return found


Hand = tuple[Holder, int]


def _hands(holders: Sequence[Holder]) -> list[Hand]:
    """Each holder with its hand: a person after somebody else is a later hand, also after a time with nobody."""
    found: list[Hand] = []
    first: object = None
    passed_on = False
    for holder in holders:
        if holder.person is not None:
            passed_on = passed_on or (first is not None and holder.person != first)
            first = first if first is not None else holder.person
        found.append((holder, 0 if holder.person is None else 2 if passed_on else 1))
    return found


def _cut(entry: Entry, hands: Sequence[Hand]) -> list[tuple[datetime, datetime, Holder | None, int]]:
    marks = [entry.start, *(h.since for h, _ in hands if entry.start < h.since < entry.end), entry.end]
    pieces = []
    for start, end in itertools.pairwise(marks):
        holder, hand = next(((h, n) for h, n in reversed(hands) if h.since <= start), (None, 0))
        pieces.append((start, end, holder, hand))
    return pieces


def _add(found: dict[Share, timedelta], share: Share, length: timedelta) -> None:
    found[share] = found.get(share, timedelta()) + length
