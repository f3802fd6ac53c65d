"""The past replayed under other terms (SLA-62), and running clocks moved to newer versions (SLA-31)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from jobs.models import Job, JobState
from sla.models.agreements import Agreement, AgreementVersion
from sla.models.calendars import CalendarVersion, WorkingCalendar
from sla.models.kinds import ClockKind
from tickets.models import Ticket


class WhatIf(models.Model):
    """A question "what if these terms had held", and its answer.

    `assumption` is the whole of what is assumed, in the notation of `sla.services.assumptions`, so that the answer
    can be explained when the draft it came from has changed or gone. Requests received in [since, until) are read as
    they stood at `at`.
    """

    name = models.CharField(_("name"), max_length=200)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    since = models.DateTimeField()
    until = models.DateTimeField()
    clients = ArrayField(models.BigIntegerField(), verbose_name=_("clients"), default=list, blank=True)
    assumption = models.JSONField()
    agreement_version = models.ForeignKey(
        AgreementVersion, on_delete=models.SET_NULL, null=True, blank=True, related_name="what_ifs"
    )
    calendar_version = models.ForeignKey(
        CalendarVersion, on_delete=models.SET_NULL, null=True, blank=True, related_name="what_ifs"
    )
    job = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="+")
    result = models.JSONField(null=True)

    class Meta:
        verbose_name = _("what-if")
        verbose_name_plural = _("what-ifs")
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.name


class WhatIfFlip(models.Model):
    """A cycle that would have come out otherwise. Outcomes: met, missed, void, open, and none where no clock ran."""

    what_if = models.ForeignKey(WhatIf, on_delete=models.CASCADE, related_name="flips")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=30, choices=ClockKind.choices)
    cycle = models.PositiveIntegerField()
    then = models.CharField(max_length=10)
    now = models.CharField(max_length=10)
    then_due_at = models.DateTimeField(null=True)
    now_due_at = models.DateTimeField(null=True)
    then_counted = models.FloatField(null=True)
    now_counted = models.FloatField(null=True)

    class Meta:
        verbose_name = _("changed outcome")
        verbose_name_plural = _("changed outcomes")
        ordering = ["id"]
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["what_if", "ticket", "kind", "cycle"], name="one_flip_per_cycle")
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.kind} {self.then} → {self.now}"


class RecalculationStage(models.TextChoices):
    """Where a recalculation stands."""

    LOOKING = "looking", _("Preview under way")
    READY = "ready", _("Waits for confirmation")
    NOTHING = "nothing", _("Nothing to move")
    CANCELLED = "cancelled", _("Cancelled")
    MOVING = "moving", _("Clocks are moved")
    HALFWAY = "halfway", _("Cancelled halfway")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class Recalculation(models.Model):
    """Running cycles moved to the versions in force now: previewed, then done or left, with who and why (SLA-31).

    What was moved is counted as it happens, so that a recalculation that was stopped halfway says what it did.
    """

    calendar = models.ForeignKey(WorkingCalendar, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    preview = models.OneToOneField(Job, on_delete=models.PROTECT, related_name="+")
    apply = models.OneToOneField(Job, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    summary = models.JSONField(null=True)
    moved_requests = models.PositiveIntegerField(default=0)
    moved_clocks = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("recalculation")
        verbose_name_plural = _("recalculations")
        ordering = ["-id"]
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="recalculations_are_about_one_thing",
                condition=models.Q(calendar__isnull=True) ^ models.Q(agreement__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return f"{self.calendar or self.agreement} {self.at:%F}"

    @property
    def stage(self) -> RecalculationStage:
        """Where it stands, by its two jobs and what the first one found."""
        if self.apply is not None:
            ended = {JobState.DONE: RecalculationStage.DONE, JobState.CANCELLED: RecalculationStage.HALFWAY}
            return _stage_of(self.apply, ended, RecalculationStage.MOVING)
        found = (self.summary or {}).get("clocks")
        ended = {
            JobState.DONE: RecalculationStage.READY if found else RecalculationStage.NOTHING,
            JobState.CANCELLED: RecalculationStage.CANCELLED,
        }
        return _stage_of(self.preview, ended, RecalculationStage.LOOKING)


def _stage_of(
    job: Job, ended: Mapping[JobState, RecalculationStage], under_way: RecalculationStage
) -> RecalculationStage:
    return {**ended, JobState.FAILED: RecalculationStage.FAILED}.get(JobState(job.state), under_way)


class RecalculationChange(models.Model):
    """What the preview found for one running cycle."""

    recalculation = models.ForeignKey(Recalculation, on_delete=models.CASCADE, related_name="changes")
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=30, choices=ClockKind.choices)
    cycle = models.PositiveIntegerField()
    state_before = models.CharField(max_length=12)
    state_after = models.CharField(max_length=12)
    due_before = models.DateTimeField(null=True)
    due_after = models.DateTimeField(null=True)
    seconds_before = models.PositiveIntegerField()
    seconds_after = models.PositiveIntegerField(null=True)
    flips = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("previewed change")
        verbose_name_plural = _("previewed changes")
        ordering = ["id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["recalculation", "-flips", "id"], name="changes_flips_first"),
            models.Index(fields=["recalculation", "ticket"], name="changes_by_ticket"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.kind} {self.cycle}"
