"""The words of service levels: kinds and states of clocks, lives of calendars and agreements, whom a step tells."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ClockKind(models.TextChoices):
    """What a clock measures (SLA-10)."""

    FIRST_RESPONSE = "first_response", _("First response")
    TECHNICAL_RESPONSE = "technical_response", _("Technical response")
    NEXT_RESPONSE = "next_response", _("Next response")
    PROGRESS_REPORT = "progress_report", _("Progress report")
    RESOLUTION = "resolution", _("Resolution")


class ClockState(models.TextChoices):
    """Where a cycle of a clock stands."""

    RUNNING = "running", _("Running")
    PAUSED = "paused", _("Paused")
    MET = "met", _("Met")
    BREACHED = "breached", _("Missed")
    VOID = "void", _("Void")
    SUPERSEDED = "superseded", _("Superseded")


class VersionState(models.TextChoices):
    """Whether a version can still be edited."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")


class AgreementState(models.TextChoices):
    """The life of a version of an agreement (R-045)."""

    DRAFT = "draft", _("Draft")
    NEGOTIATION = "negotiation", _("In negotiation")
    SIGNED = "signed", _("Signed")
    IN_FORCE = "in_force", _("In force")
    ENDED = "ended", _("Ended")

    @property
    def is_editable(self) -> bool:
        """Whether its terms may still be changed (SLA-30)."""
        return self in (AgreementState.DRAFT, AgreementState.NEGOTIATION)

    @property
    def is_agreed(self) -> bool:
        """Whether it holds, held, or will hold from its date on."""
        return not self.is_editable


class Audience(models.TextChoices):
    """Whom a step of the ladder tells (SLA-44)."""

    ASSIGNEE = "assignee", _("Person responsible")
    TEAM = "team", _("Whole team")
    TEAM_LEAD = "team_lead", _("Team lead")
    MANAGER = "manager", _("Managers")
    QUALITY_OFFICER = "quality_officer", _("Quality officers")


class Cause(models.TextChoices):
    """What a stretch of a clock's life was spent on (SLA-41)."""

    UNASSIGNED = "unassigned", _("Waiting for assignment")
    IN_WORK = "in_work", _("With the first person")
    HANDED_OVER = "handed_over", _("After a hand-over")
    OUTSIDE = "outside", _("Outside working hours")
    HOLIDAY = "holiday", _("Holidays")
    WAIT_CLIENT = "wait_client", _("Waiting for the client")
    WAIT_THIRD_PARTY = "wait_third_party", _("Waiting for a third party")
    WAIT_DATE = "wait_date", _("Waiting for a date")
    DECIDING = "deciding", _("Client deciding, or closed")

    @property
    def is_counted(self) -> bool:
        """Whether it used up the target."""
        return self in (Cause.UNASSIGNED, Cause.IN_WORK, Cause.HANDED_OVER)
