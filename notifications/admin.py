"""Notices and deliveries in the back office: to look at. They are tried again on the outbox page."""

from __future__ import annotations

from django.contrib import admin

from accounts.backoffice import DeskAdmin, DeskTable, LookOnly
from notifications.models import Delivery, Notice


class DeliveryInline(LookOnly, DeskTable):
    """The deliveries of a notice."""

    model = Delivery
    fields = ("channel", "state", "attempts", "next_try_at", "sent_at", "error")


@admin.register(Notice)
class NoticeAdmin(LookOnly, DeskAdmin):
    """What people were told."""

    list_display = ("kind", "recipient", "created_at", "read_at")
    list_filter = ("kind",)
    list_select_related = ("recipient",)
    search_fields = ("recipient__name", "recipient__email", "dedupe_key")
    date_hierarchy = None
    show_full_result_count = False
    inlines = (DeliveryInline,)


@admin.register(Delivery)
class DeliveryAdmin(LookOnly, DeskAdmin):
    """What became of it."""

    list_display = ("notice", "channel", "state", "attempts", "next_try_at", "sent_at")
    list_filter = ("state", "channel")
    list_select_related = ("notice",)
    search_fields = ("notice__recipient__name", "error")
    show_full_result_count = False
