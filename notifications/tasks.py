"""Background work of the outbox."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from notifications import services

BATCH = 200


@shared_task(name=services.DELIVER_TASK)
def deliver_due() -> int:
    """Deliver what is due, up to a batch; return how many were tried."""
    tried = 0
    while tried < BATCH and services.deliver_one(timezone.now()):
        tried += 1
    return tried
