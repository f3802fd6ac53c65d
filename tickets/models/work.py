"""Carrying out: tasks, and the deliveries the client looks at (R-020, R-030…R-032)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tickets.models.conversation import Message
from tickets.models.ticket import Ticket
from tickets.states import DeliveryOutcome


class Task(models.Model):
    """A piece of the work, or a checkpoint; a delivery waits until all are done."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="tasks")
    title = models.CharField(_("task"), max_length=200)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="tasks")
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    created_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        ordering = ["ticket", "id"]

    def __str__(self) -> str:
        return self.title


class Delivery(models.Model):
    """One handing-over for acceptance, and what the client said to it."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="deliveries")
    number = models.PositiveSmallIntegerField()
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="+")
    delivered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    delivered_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=DeliveryOutcome.choices, default=DeliveryOutcome.PENDING)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["ticket", "number"]
        constraints = [models.UniqueConstraint(fields=["ticket", "number"], name="one_delivery_per_number")]

    def __str__(self) -> str:
        return f"{self.ticket_id} #{self.number}"
