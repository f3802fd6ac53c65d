"""Simulated time: many stories at once, each resumed at its instant, with the desk's own timers running in between."""

from __future__ import annotations

import heapq
from collections.abc import Generator, Iterable
from datetime import UTC, datetime, timedelta
from itertools import count

from django.db import connection

from sla.services.sweep import sweep
from tickets.services import end_waits_until

Story = Generator[datetime, None, None]  # yields the instant of its next act, and acts when it is resumed
NOTICED_AFTER = timedelta(seconds=1)  # as late as the sweep of a running installation notices

_NEXT_TIMER = """
    SELECT LEAST(
        (SELECT min(next_check_at) FROM sla_clock WHERE next_check_at >= %(since)s AND parked_at IS NULL),
        (SELECT min(wait_until) FROM tickets_ticket WHERE wait = 'date' AND wait_until >= %(since)s)
    )
"""


class Clockwork:
    """Runs stories in the order of time."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        self._timers_ran = datetime.min.replace(tzinfo=UTC)
        self._order = count()
        self._heap: list[tuple[datetime, int, Story]] = []

    def add(self, stories: Iterable[Story]) -> None:
        """Take stories in; each says when it begins."""
        for story in stories:
            self._plan(story)

    def run(self) -> None:
        """Run everything up to the end; what lies later never happens."""
        while self._heap and self._heap[0][0] <= self.until:
            at, _order, story = heapq.heappop(self._heap)
            self._run_timers(at)
            self._plan(story)
        self._run_timers(self.until)

    def _plan(self, story: Story) -> None:
        """Let a story act, and keep it with the instant of its next act."""
        following = next(story, None)
        if following is not None:
            heapq.heappush(self._heap, (following, next(self._order), story))

    def _run_timers(self, until: datetime) -> None:
        """Do what beat and worker do: end waits whose date came and sweep the clocks, each at its time."""
        while (at := _next_timer(self._timers_ran)) is not None and at <= until:
            noticed = min(at + NOTICED_AFTER, until)
            if not end_waits_until(noticed) + sweep(noticed):
                raise RuntimeError(f"Something is due at {at:%F %T} and nobody handles it.")
        self._timers_ran = until


def _next_timer(since: datetime) -> datetime | None:
    """When a clock has to be looked at or a wait ends: asked before every act, hence in one short question.

    Everything before `since` has been handled; saying so spares a walk over all index entries that this transaction has
    left behind.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NEXT_TIMER, {"since": since})
        found: tuple[datetime | None] = cursor.fetchone()
        return found[0]
