"""The worker's side of long work."""

from __future__ import annotations

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from jobs.services import call_workers
from jobs.services import work as work_at

STINT = timedelta(seconds=60)  # then the queue gets its turn again


@shared_task(name="jobs.tasks.work")
def work() -> int:
    """Do parts until none is left or a stint is over; return how many were done."""
    began = timezone.now()
    done = 0
    while work_at(timezone.now()):
        done += 1
        if timezone.now() - began > STINT:
            call_workers(1)
            break
    return done
