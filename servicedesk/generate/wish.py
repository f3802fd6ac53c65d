"""How much is to be made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from sla.engine.instants import DAY, instant

MILLION = 1_000_000
FEWEST_ORGANISATIONS, FEWEST_STAFF, FEWEST_PER_ORGANISATION = 5, 12, 3


@dataclass(frozen=True)
class Wish:
    """What somebody asked for.

    Attributes:
        now: when the last request came.
        years: how long the desk has been at work.
        open_share: how many of the requests are still open, 0…1.
        calm: every request runs under one long target and nothing is due for weeks; what the timers are measured on.
    """

    requests: int
    seed: int
    now: datetime
    years: float = 10.0
    open_share: float = 0.08
    calm: bool = False

    @property
    def organisations(self) -> int:
        """300 for a million requests."""
        return max(FEWEST_ORGANISATIONS, round(self.requests * 300 / MILLION))

    @property
    def clients(self) -> int:
        """People on the clients' side: 10,000 for a million requests."""
        return max(FEWEST_PER_ORGANISATION * self.organisations, round(self.requests / 100))

    @property
    def staff(self) -> int:
        """People on our side: 500 for a million requests."""
        return max(FEWEST_STAFF, round(self.requests * 500 / MILLION))

    @property
    def since(self) -> datetime:
        """When the first request came."""
        return self.now - timedelta(days=self.years * 365.25)

    @property
    def last_arrival(self) -> int:
        """When the last request came; on a calm desk everything has been answered since."""
        return self.until - (2 * DAY if self.calm else 0)

    @cached_property
    def until(self) -> int:
        """`now` in microseconds since the epoch, as all instants of a story."""
        return instant(self.now)
