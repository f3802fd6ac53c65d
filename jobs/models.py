"""Long work that somebody asked for: done in parts, with progress, by as many workers as there are.

What is left to do stands in the database. A part is worked on in one transaction that holds its row, so two workers
never do the same part, and a part whose worker was killed is free again at once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User

STUCK_AFTER = timedelta(minutes=3)  # a part takes seconds


class JobState(models.TextChoices):
    """Where a job stands."""

    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    CANCELLED = "cancelled", _("Cancelled")
    FAILED = "failed", _("Failed")

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return self not in UNDER_WAY


UNDER_WAY = frozenset({JobState.WAITING, JobState.RUNNING})


class Job(models.Model):
    """One piece of long work. `kind` names who does it (`jobs.kinds`); `about` is the row it belongs to."""

    kind = models.CharField(_("kind"), max_length=40)
    about = models.BigIntegerField()
    state = models.CharField(_("state"), max_length=10, choices=JobState.choices, default=JobState.WAITING)
    by = models.ForeignKey(User, verbose_name=_("asked for by"), on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("asked for"))
    started_at = models.DateTimeField(_("started"), null=True)
    progressed_at = models.DateTimeField(_("last progress"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    parts_total = models.PositiveIntegerField(default=0)
    parts_done = models.PositiveIntegerField(default=0)
    problem = models.TextField(_("problem"), blank=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["id"], name="jobs_under_way", condition=models.Q(state__in=sorted(UNDER_WAY))),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} {self.state}"

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen."""
        return JobState(self.state).is_over

    @property
    def share(self) -> float:
        """How much of it is done, 0 to 1."""
        return self.parts_done / self.parts_total if self.parts_total else float(self.state == JobState.DONE)

    def is_stuck(self, at: datetime) -> bool:
        """Whether it runs and nothing has come of it for so long that no worker seems to be at it."""
        last = self.progressed_at or self.started_at
        return self.state == JobState.RUNNING and last is not None and at - last > STUCK_AFTER

    def seconds_left(self, at: datetime) -> float | None:
        """A guess from how long the parts took so far; None while there is nothing to guess from."""
        if self.is_over or self.started_at is None or not self.parts_done:
            return None
        return (at - self.started_at).total_seconds() / self.parts_done * (self.parts_total - self.parts_done)


class Part(models.Model):
    """A piece of a job: the rows with ids from `first` to `last`. What came of it is kept until the job is finished."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    result = models.JSONField(null=True)
    is_done = models.BooleanField(default=False)
    failures = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("part of a job")
        verbose_name_plural = _("parts of jobs")
        ordering = ["job", "number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["job", "number"], name="one_part_per_number")
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["job", "number"], name="parts_to_do", condition=models.Q(is_done=False)),
        ]

    def __str__(self) -> str:
        return f"{self.job_id}#{self.number}"
