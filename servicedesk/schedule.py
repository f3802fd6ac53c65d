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
    ]


def beat_schedule(sweep_seconds: float) -> dict[str, dict[str, Any]]:
    """The table as Celery's beat reads it."""
    return {
        work.task: {"task": work.task, "schedule": work.every, "options": {"expires": work.expires}}
        for work in periodic_work(sweep_seconds)
    }
