"""Background work of service levels."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from sla.services.periods import turn
from sla.services.reminders import remind
from sla.services.sweep import sweep as sweep_at
from tickets.services import end_waits_until


@shared_task(name="sla.tasks.sweep")
def sweep() -> int:
    """End waits whose date has come, then handle what is due; return how many requests were handled."""
    at = timezone.now()
    end_waits_until(at)
    return sweep_at(at)


@shared_task(name="sla.tasks.look_after_agreements")
def look_after_agreements() -> int:
    """Let agreements begin and end at their dates and remind of what comes due; return how many changed."""
    at = timezone.now()
    turned = turn(at)
    remind(at)
    return turned
