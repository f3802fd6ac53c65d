"""The outbox: what people are told, through which channel, and what became of it.

A notice is written in the same transaction as what it tells of (SLA-51); delivery follows the commit. Wording is made
from templates when it is read or sent, in the recipient's language, so a notice holds data, never sentences.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from i18nfield.fields import I18nCharField, I18nTextField

from accounts.models import User


class Channel(models.TextChoices):
    """The ways a notice reaches a person."""

    PAGE = "page", _("In the page")
    EMAIL = "email", _("E-mail")


class Notice(models.Model):
    """One thing told to one person."""

    recipient = models.ForeignKey(User, verbose_name=_("recipient"), on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(_("kind"), max_length=50)
    dedupe_key = models.CharField(_("key"), max_length=200, unique=True)
    data = models.JSONField(_("data"), default=dict)
    path = models.CharField(_("page"), max_length=300, blank=True)
    in_page = models.BooleanField(_("shown in the page"), default=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["recipient", "-id"],
                name="notice_unread",
                condition=models.Q(read_at__isnull=True, in_page=True),
            ),
            models.Index(fields=["recipient", "-id"], name="notice_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.recipient_id}"


class DeliveryState(models.TextChoices):
    """Where a delivery stands."""

    PENDING = "pending", _("Waiting")
    SENT = "sent", _("Sent")
    GIVEN_UP = "given_up", _("Given up")


class Delivery(models.Model):
    """One try-until-done delivery of a notice through a channel outside the page."""

    notice = models.ForeignKey(Notice, verbose_name=_("notice"), on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(_("channel"), max_length=20, choices=Channel.choices)
    state = models.CharField(_("state"), max_length=20, choices=DeliveryState.choices, default=DeliveryState.PENDING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_try_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = pgettext_lazy("of a notice", "delivery")
        verbose_name_plural = pgettext_lazy("of a notice", "deliveries")
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel"], name="one_delivery_per_notice_and_channel")
        ]
        indexes = [
            models.Index(fields=["next_try_at"], name="delivery_due", condition=models.Q(state="pending")),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.channel} {self.state}"


class NoticeText(models.Model):
    """A manager's own wording of one kind of notice, in place of the template that comes along.

    Names in braces, such as `{number}`, stand for what the kind's `placeholders` say.
    """

    kind = models.CharField(_("kind"), max_length=50, unique=True)
    subject = I18nCharField(_("subject"))
    text = I18nTextField(_("text"))
    edited_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    edited_at = models.DateTimeField()

    class Meta:
        verbose_name = _("text of a notice")
        verbose_name_plural = _("texts of notices")

    def __str__(self) -> str:
        return self.kind


class Preference(models.Model):
    """A person's choice for one kind and channel; without a row the kind's own default holds."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notice_preferences")
    kind = models.CharField(max_length=50)
    channel = models.CharField(max_length=20, choices=Channel.choices)
    wanted = models.BooleanField()

    class Meta:
        verbose_name = _("notification preference")
        verbose_name_plural = _("notification preferences")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "kind", "channel"], name="one_preference_per_kind_and_channel")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.kind} {self.channel}: {self.wanted}"
