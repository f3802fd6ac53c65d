"""Pinned targets and the clocks that run under them (SLA-30, SLA-40…SLA-44, SLA-52)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Team, User
from sla.models.agreements import Target
from sla.models.calendars import CalendarVersion
from sla.models.kinds import Cause, ClockKind, ClockState
from tickets.models import Ticket, TicketEvent


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


UNFINISHED = Q(stopped_at__isnull=True)


class ClockQuerySet(models.QuerySet["Clock"]):
    """Clock rows, by what one asks of them."""

    def visible_to(self, user: User) -> ClockQuerySet:
        """Those of requests the person may see."""
        return self.filter(ticket__in=Ticket.objects.visible_to(user))

    def on(self, ticket: Ticket, user: User) -> ClockQuerySet:
        """Those of one request: as `visible_to`, without asking the database for the request again."""
        return self.filter(ticket=ticket) if ticket.is_visible_to(user) else self.none()

    def unfinished(self) -> ClockQuerySet:
        """Cycles that have not stopped: running, paused, or missed and still unanswered."""
        return self.filter(UNFINISHED)

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
            models.Index(fields=["due_at"], name="clocks_unfinished", condition=UNFINISHED),
            models.Index(fields=["parked_at"], name="clocks_parked", condition=Q(parked_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.kind} {self.cycle}.{self.part} {self.state}"


class ClockStep(models.Model):
    """A point of the ladder that was reached: at most once per point and cycle, by constraint (SLA-52)."""

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


class ClockShare(models.Model):
    """What a missed and stopped cycle was spent on, by cause and, for counted time, by team; part of the cache."""

    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="shares")
    cause = models.CharField(max_length=20, choices=Cause.choices)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+")
    seconds = models.FloatField()

    class Meta:
        verbose_name = _("share of a clock")
        verbose_name_plural = _("shares of clocks")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["clock", "cause", "team"], name="one_share_per_cause_and_team")
        ]

    def __str__(self) -> str:
        return f"{self.clock_id} {self.cause} {self.seconds}"
