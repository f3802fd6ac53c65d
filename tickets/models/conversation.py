"""What people write on a request, and the files they attach (R-095)."""

from __future__ import annotations

import uuid

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from tickets.models.ticket import Ticket
from tickets.states import Channel, MessageKind, Visibility


class MessageQuerySet(models.QuerySet["Message"]):
    """Messages, by who may read them."""

    def visible_to(self, user: User) -> MessageQuerySet:
        """Those on requests the person may see; clients only the public ones."""
        found = self.filter(ticket__in=Ticket.objects.visible_to(user))
        return found.filter(visibility=Visibility.PUBLIC) if user.is_client else found

    def on(self, ticket: Ticket, user: User) -> MessageQuerySet:
        """Those on one request: as `visible_to`, without asking the database for the request again."""
        return self.of(ticket.pk, public=user.is_client) if ticket.is_visible_to(user) else self.none()

    def of(self, ticket: int, *, public: bool) -> MessageQuerySet:
        """Those of a request by its id: only the public ones, or all. Whoever asks has seen to it that the person may
        see the request."""
        found = self.filter(ticket=ticket)
        return found.filter(visibility=Visibility.PUBLIC) if public else found


class Message(models.Model):
    """One message. Every free text on a request is one, so that the event chain holds digests only."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="messages")
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=10, choices=MessageKind.choices)
    visibility = models.CharField(max_length=10, choices=Visibility.choices)
    channel = models.CharField(max_length=10, choices=Channel.choices, default=Channel.PORTAL)
    body = models.TextField()
    at = models.DateTimeField()

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["id"]
        indexes = [models.Index(fields=["ticket", "id"], name="messages_of_ticket")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.kind} {self.pk}"


def file_path(attachment: Attachment, filename: str) -> str:
    """Where a file is stored: under a random name that says nothing of its content or owner."""
    return f"{attachment.at:%Y/%m}/{attachment.key}"


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """Files, by who may read them."""

    def visible_to(self, user: User) -> AttachmentQuerySet:
        """Those on requests the person may see; clients only the public ones."""
        found = self.filter(ticket__in=Ticket.objects.visible_to(user))
        return found.filter(visibility=Visibility.PUBLIC) if user.is_client else found

    def on(self, ticket: Ticket, user: User) -> AttachmentQuerySet:
        """Those on one request: as `visible_to`, without asking the database for the request again."""
        return self.of(ticket.pk, public=user.is_client) if ticket.is_visible_to(user) else self.none()

    def of(self, ticket: int, *, public: bool) -> AttachmentQuerySet:
        """Those of a request by its id: only the public ones, or all. Whoever asks has seen to it that the person may
        see the request."""
        found = self.filter(ticket=ticket)
        return found.filter(visibility=Visibility.PUBLIC) if public else found


class Attachment(models.Model):
    """A file on a request; read only through a page that asks `visible_to`."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="attachments")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, null=True, blank=True, related_name="attachments")
    visibility = models.CharField(max_length=10, choices=Visibility.choices)
    file = models.FileField(upload_to=file_path, max_length=200)
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    content_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name


class SearchEntry(models.Model):
    """The index words of a request, kept by `tickets.services` with each message."""

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, primary_key=True, related_name="search")
    public = SearchVectorField()
    internal = SearchVectorField()

    class Meta:
        indexes = [
            GinIndex(fields=["public"], name="search_public"),
            GinIndex(fields=["internal"], name="search_internal"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
