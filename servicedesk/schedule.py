"""All periodic work, in one table.

Beat only says "look now"; what is due stands in the database. So a task that is sent twice, late or not at all does no
harm: the next one finds what was missed. `expires` keeps a queue short after a pause, when one look is as good as many.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Periodic:
    """One piece of periodic work; times in seconds."""

    task: str
    every: float
    expires: float
    reason: str


SWEEP = "sla.tasks.sweep"
DELIVER = "notifications.tasks.deliver_due"
AGREEMENTS = "sla.tasks.look_after_agreements"
WORK = "jobs.tasks.work"

# Long work has a queue and workers of its own, so that it never keeps timers and mails waiting.
LONG_QUEUE = "long"
ROUTES = {WORK: {"queue": LONG_QUEUE}}


def periodic_work(sweep_seconds: float) -> list[Periodic]:
    """The table."""
    return [
        Periodic(
            SWEEP,
            every=sweep_seconds,
            expires=max(2.0, 2 * sweep_seconds),
            reason="Timers fire within this time of their instant, whatever was missed before.",
        ),
        Periodic(
            DELIVER,
            every=5.0,
            expires=5.0,
            reason="A delivery starts on commit; this finds retries and whatever a lost message left behind.",
        ),
        Periodic(
            AGREEMENTS,
            every=300.0,
            expires=300.0,
            reason="States and reminders follow the dates of agreements; what holds is decided by the dates alone.",
        ),
        Periodic(
            WORK,
            every=5.0,
            expires=5.0,
            reason="A job calls its workers itself; this finds what a killed worker or a lost message left behind.",
        ),
    ]


def beat_schedule(sweep_seconds: float) -> dict[str, dict[str, Any]]:
    """The table as Celery's beat reads it."""
    return {
        work.task: {"task": work.task, "schedule": work.every, "options": {"expires": work.expires}}
        for work in periodic_work(sweep_seconds)
    }
