"""Background work of the outbox."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from notifications import services

BATCH = 200


@shared_task(name=services.DELIVER_TASK)
def deliver_due() -> int:
    """Deliver what is due, up to a batch; return how many were tried.

    One at a time: a mail server that hangs holds up one worker process, and the timers go on in the others.
    """
    tried = 0
    with services.delivering_alone() as alone:
        while alone and tried < BATCH and services.deliver_one(timezone.now()):
            tried += 1
    return tried
