"""The timers themselves: whether the sweep keeps up (SLA-50)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min

from sla.models import Clock


@dataclass(frozen=True)
class TimerHealth:
    """How the sweep keeps up: clocks whose instant has passed and nobody looked, since when, and parked ones."""

    overdue: int
    oldest: datetime | None
    parked: int


GRACE = timedelta(minutes=1)


def timer_health(at: datetime) -> TimerHealth:
    """Clocks that should have been looked at a minute ago or more, and parked ones (SLA-50)."""
    waiting = Clock.objects.filter(next_check_at__lt=at - GRACE, parked_at__isnull=True)
    found = waiting.aggregate(overdue=Count("pk"), oldest=Min("next_check_at"))
    return TimerHealth(parked=Clock.objects.filter(parked_at__isnull=False).count(), **found)
