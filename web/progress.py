"""How far long work is, in numbers a page can show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from jobs.models import UNDER_WAY, Job, JobState

PATIENCE = timedelta(seconds=30)


@dataclass(frozen=True)
class Progress:
    """A job at an instant.

    Attributes:
        percent: 0 to 100, whole.
        left: seconds that are left as far as one can guess; None while there is nothing to guess from.
        before: how many jobs come before it, while it waits.
        is_left_alone: nobody took it up for half a minute, and nothing comes before it.
        is_stuck: it runs, but nothing has come of it for minutes.
    """

    job: Job
    percent: int
    left: float | None
    before: int
    is_left_alone: bool
    is_stuck: bool

    @property
    def quarter(self) -> int:
        """The last quarter that is done, in per cent: what is spoken of it; -1 before it began."""
        return -1 if self.job.state == JobState.WAITING else self.percent // 25 * 25

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self.job.is_over


def progress_of(job: Job, at: datetime) -> Progress:
    """How far a job is; one query while it waits, else none."""
    waits = job.state == JobState.WAITING
    before = Job.objects.filter(pk__lt=job.pk, state__in=UNDER_WAY).count() if waits else 0
    return Progress(
        job=job,
        percent=int(job.share * 100),
        left=job.seconds_left(at),
        before=before,
        is_left_alone=waits and not before and at - job.created_at >= PATIENCE,
        is_stuck=job.is_stuck(at),
    )
