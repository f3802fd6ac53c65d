"""Calendars, agreements, and the clocks that run under them (SLA-01…SLA-44).

What is agreed is versioned and a published version never changes (SLA-30). What is measured is a cache: a `Clock` row
can be thrown away and computed again from the request's events and its `Pin` rows (SLA-40).
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, Tier, User
from tickets.models import Service, Ticket, TicketEvent
from tickets.states import Complexity, Priority, TicketType, Wait


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


class WorkingCalendar(models.Model):
    """A named working calendar; what it says is in its versions."""

    name = models.CharField(_("name"), max_length=120, unique=True)

    class Meta:
        verbose_name = _("working calendar")
        verbose_name_plural = _("working calendars")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CalendarVersion(models.Model):
    """One version of a calendar.

    `definition` is the whole truth the clocks read: zone, weekly hours and every dated exception, in the notation of
    `sla.engine`. Public holidays are taken over from the library when a version is made, so that an update of the
    library changes nothing that was published (SLA-03, SLA-30).
    """

    calendar = models.ForeignKey(
        WorkingCalendar, verbose_name=_("calendar"), on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=10, choices=VersionState.choices, default=VersionState.DRAFT)
    country = models.CharField(_("country"), max_length=10, blank=True)
    definition = models.JSONField(_("definition"))
    provisional_years = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("provisional years"), default=list
    )
    effective_from = models.DateTimeField(_("effective from"), null=True, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    class Meta:
        verbose_name = _("calendar version")
        verbose_name_plural = _("calendar versions")
        ordering = ["calendar", "number"]
        constraints = [
            models.UniqueConstraint(fields=["calendar", "number"], name="one_calendar_per_version"),
        ]

    def __str__(self) -> str:
        return f"{self.calendar} v{self.number}"


class Agreement(models.Model):
    """What is promised to a client; without one, to everybody else (SLA-11, R-045)."""

    name = models.CharField(_("name"), max_length=200)
    organisation = models.ForeignKey(
        Organisation,
        verbose_name=_("client"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="agreements",
        help_text=_("Empty: the default agreement."),
    )

    class Meta:
        verbose_name = _("service level agreement")
        verbose_name_plural = _("service level agreements")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], name="one_default_agreement", condition=Q(organisation__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.name


class AgreementVersion(models.Model):
    """One version of an agreement, with the period it is in force."""

    agreement = models.ForeignKey(
        Agreement, verbose_name=_("service level agreement"), on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=15, choices=AgreementState.choices, default=AgreementState.DRAFT)
    effective_from = models.DateTimeField(_("in force from"), null=True, blank=True)
    effective_to = models.DateTimeField(_("in force until"), null=True, blank=True)

    class Meta:
        verbose_name = _("agreement version")
        verbose_name_plural = _("agreement versions")
        ordering = ["agreement", "number"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="one_agreement_per_version"),
            models.CheckConstraint(
                name="agreements_in_force_have_a_beginning",
                condition=~Q(state="in_force") | Q(effective_from__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement} v{self.number}"


class Target(models.Model):
    """One promise: a kind of clock, what it applies to, and how long it may take (SLA-10). Empty means any."""

    version = models.ForeignKey(AgreementVersion, on_delete=models.PROTECT, related_name="targets")
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    kind = models.CharField(_("clock"), max_length=30, choices=ClockKind.choices)
    type = models.CharField(_("type"), max_length=20, choices=TicketType.choices, blank=True)
    service = models.ForeignKey(
        Service, verbose_name=_("service"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    technical_only = models.BooleanField(_("technical services only"), default=False)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, null=True, blank=True)
    tier = models.CharField(_("tier"), max_length=20, choices=Tier.choices, blank=True)
    complexity = models.CharField(_("complexity"), max_length=10, choices=Complexity.choices, blank=True)
    seconds = models.PositiveIntegerField(_("duration in seconds"), validators=[MinValueValidator(1)])
    calendar = models.ForeignKey(WorkingCalendar, verbose_name=_("calendar"), on_delete=models.PROTECT)
    pauses = ArrayField(
        models.CharField(max_length=20, choices=[choice for choice in Wait.choices if choice[0]]),
        verbose_name=_("pauses while waiting for"),
        default=list,
        blank=True,
    )
    warnings = ArrayField(
        models.CharField(max_length=10),
        verbose_name=_("warnings"),
        default=list,
        blank=True,
        help_text=_("Such as 50% or 80%."),
    )

    class Meta:
        verbose_name = _("target")
        verbose_name_plural = _("targets")
        ordering = ["version", "position", "id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.seconds} s"


class Pin(models.Model):
    """Which target a cycle was started under, or changed to, and why (SLA-30, SLA-33). Never changed afterwards."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="pins")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=30, choices=ClockKind.choices)
    target = models.ForeignKey(Target, on_delete=models.PROTECT, null=True, related_name="+")
    calendar_version = models.ForeignKey(CalendarVersion, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("pinned target")
        verbose_name_plural = _("pinned targets")
        constraints = [models.UniqueConstraint(fields=["ticket", "kind", "seq"], name="one_pin_per_event_and_kind")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.kind}@{self.seq}"


class ClockQuerySet(models.QuerySet["Clock"]):
    """Clock rows, by what one asks of them."""

    def visible_to(self, user: User) -> ClockQuerySet:
        """Those of requests the person may see."""
        return self.filter(ticket__in=Ticket.objects.visible_to(user))

    def unfinished(self) -> ClockQuerySet:
        """Cycles that have not stopped: running, paused, or missed and still unanswered."""
        return self.filter(stopped_at__isnull=True).exclude(state__in=[ClockState.VOID, ClockState.SUPERSEDED])

    def current(self) -> ClockQuerySet:
        """All but what a later target replaced."""
        return self.exclude(state=ClockState.SUPERSEDED)


class Clock(models.Model):
    """One cycle of a clock of a request: a cache of `sla.engine.clock.read` (SLA-40)."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=30, choices=ClockKind.choices)
    cycle = models.PositiveIntegerField()
    part = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=12, choices=ClockState.choices)
    pin = models.ForeignKey(Pin, on_delete=models.PROTECT, related_name="+")
    target_seconds = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    soon_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    breached_at = models.DateTimeField(null=True)
    noticed_at = models.DateTimeField(null=True)
    counted = models.DurationField()
    paused = models.DurationField()
    read_at = models.DateTimeField()
    next_check_at = models.DateTimeField(null=True)
    parked_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True)

    objects = ClockQuerySet.as_manager()

    class Meta:
        verbose_name = _("clock")
        verbose_name_plural = _("clocks")
        ordering = ["ticket", "started_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["ticket", "kind", "cycle", "part"], name="one_clock_per_cycle"),
        ]
        indexes = [
            models.Index(
                fields=["next_check_at"],
                name="clocks_to_check",
                condition=Q(next_check_at__isnull=False, parked_at__isnull=True),
            ),
            models.Index(fields=["kind", "due_at"], name="clocks_by_due"),
            models.Index(fields=["parked_at"], name="clocks_parked", condition=Q(parked_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.kind} {self.cycle}.{self.part} {self.state}"


class ClockStep(models.Model):
    """A warning or breach that was recorded: at most once per step and cycle, by constraint (SLA-52)."""

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="steps")
    step = models.CharField(max_length=40)
    at = models.DateTimeField()
    event = models.ForeignKey(TicketEvent, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("clock step")
        verbose_name_plural = _("clock steps")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["clock", "step"], name="each_step_once_per_cycle")
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.step}"
