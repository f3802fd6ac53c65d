"""Background work of the clocks."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from sla.services.sweep import sweep as sweep_at
from tickets.services import end_waits_until


@shared_task(name="sla.tasks.sweep")
def sweep() -> int:
    """End waits whose date has come, then handle what is due; return how many requests were handled."""
    at = timezone.now()
    end_waits_until(at)
    return sweep_at(at)
