"""The record of a request: append-only, chained events (R-026, R-093)."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tickets.models.conversation import Message
from tickets.models.ticket import Ticket
from tickets.states import EventKind, Visibility


class EventQuerySet(models.QuerySet["TicketEvent"]):
    """Events, by who may read them."""

    def visible_to(self, user: User) -> EventQuerySet:
        """Those on requests the person may see; clients only the public ones."""
        found = self.filter(ticket__in=Ticket.objects.visible_to(user))
        return found.filter(visibility=Visibility.PUBLIC) if user.is_client else found

    def on(self, ticket: Ticket, user: User) -> EventQuerySet:
        """Those on one request: as `visible_to`, without asking the database for the request again."""
        return self.of(ticket.pk, public=user.is_client) if ticket.is_visible_to(user) else self.none()

    def of(self, ticket: int, *, public: bool) -> EventQuerySet:
        """Those of a request by its id: only the public ones, or all. Whoever asks has seen to it that the person may
        see the request."""
        found = self.filter(ticket=ticket)
        return found.filter(visibility=Visibility.PUBLIC) if public else found


class TicketEvent(models.Model):
    """One thing that happened. Written by `tickets.events.record` alone; the database refuses changes.

    `at` is when it became true, `recorded_at` when the system wrote it down (SLA-42). `hash` covers every column and
    the event before; texts enter by digest only, through `data`.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=30, choices=EventKind.choices)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    visibility = models.CharField(max_length=10, choices=Visibility.choices)
    message = models.ForeignKey(Message, on_delete=models.PROTECT, null=True, related_name="events")
    data = models.JSONField(default=dict)
    hash = models.CharField(max_length=64)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["ticket", "seq"]
        constraints = [models.UniqueConstraint(fields=["ticket", "seq"], name="one_event_per_place_in_the_chain")]
        indexes = [models.Index(fields=["kind", "at"], name="events_by_kind")]
        triggers: ClassVar[list[pgtrigger.Trigger]] = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="never_truncated",
                operation=pgtrigger.Truncate,
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                func="RAISE EXCEPTION 'Events are append-only; tickets_ticketevent is not truncated.';",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id}#{self.seq} {self.kind}"
