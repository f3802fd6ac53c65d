"""Service plans: versions with one to three options, one of which the client confirms (R-012…R-014)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tickets.models.ticket import Ticket
from tickets.states import PlanState, Risk

MAX_OPTIONS = 3


class Plan(models.Model):
    """One version of the plan of a request."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="plans")
    version = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=PlanState.choices, default=PlanState.DRAFT)
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    proposed_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    chosen = models.ForeignKey("PlanOption", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        ordering = ["ticket", "version"]
        constraints = [models.UniqueConstraint(fields=["ticket", "version"], name="one_plan_per_version")]

    def __str__(self) -> str:
        return f"{self.ticket_id} v{self.version}"

    @property
    def is_confirmed(self) -> bool:
        """Whether the client chose one of its options."""
        return self.state == PlanState.CONFIRMED

    @property
    def is_draft(self) -> bool:
        """Whether the client has not seen it yet."""
        return self.state == PlanState.DRAFT

    @property
    def is_risky(self) -> bool:
        """Whether one of its options has a high risk, so that somebody else has to review it (R-013)."""
        return any(option.risk == Risk.HIGH for option in self.options.all())

    @property
    def is_with_client(self) -> bool:
        """Whether the client has it to decide on."""
        return self.state == PlanState.PROPOSED


class PlanOption(models.Model):
    """One way to do it."""

    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="options")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("title"), max_length=200)
    steps = models.TextField(_("steps"))
    effect = models.CharField(_("expected effect"), max_length=300, blank=True)
    resources = models.CharField(_("resources"), max_length=300, blank=True)
    duration = models.CharField(_("duration"), max_length=100, blank=True)
    risk = models.PositiveSmallIntegerField(_("risk"), choices=Risk.choices, default=Risk.LOW)
    risk_note = models.CharField(_("risk and response"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("option")
        verbose_name_plural = _("options")
        ordering = ["plan", "position"]
        constraints = [models.UniqueConstraint(fields=["plan", "position"], name="one_option_per_position")]

    def __str__(self) -> str:
        return self.title
