"""Services and the priority matrix in the back office (R-003, R-060).

Requests, their messages and events are not here: they are changed through `tickets.services` alone.
"""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.backoffice import DeskAdmin, DeskInline, DeskTable
from tickets.models import PriorityRule, Service, ServiceField, ServiceFieldChoice


class QuestionInline(DeskInline):
    """The questions a service asks; given answers are edited on the question's own page."""

    model = ServiceField
    fields = (("key", "kind"), ("required", "position"), "label", "help")
    show_change_link = True


@admin.register(Service)
class ServiceAdmin(DeskAdmin):
    """The service catalogue. A service that was used is retired, not deleted."""

    list_display = ("__str__", "slug", "service_class", "type", "team", "status", "position")
    list_editable = ("position",)
    list_filter = ("status", "service_class", "type", "team")
    list_select_related = ("team",)
    search_fields = ("slug",)
    autocomplete_fields = ("only_for",)
    inlines = (QuestionInline,)
    fieldsets = (
        (None, {"fields": ("name", "description", "slug", "icon")}),
        (_("In the catalogue"), {"fields": ("status", "service_class", "position", "only_for")}),
        (
            _("A request for it"),
            {"fields": ("team", "type", "complexity", "default_impact", "default_urgency", "is_technical")},
        ),
        (
            _("What is asked"),
            {"fields": ("asks_object", "asks_began", "asks_impact", "asks_background", "asks_wanted_by")},
        ),
        (
            _("How it is carried out"),
            {"fields": ("needs_plan", "needs_deliverable", "needs_verification", "reopen_days")},
        ),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never; requests point to it."""
        return False


class AnswerInline(DeskTable):
    """The answers to choose from."""

    model = ServiceFieldChoice
    fields = ("value", "label", "position")


@admin.register(ServiceField)
class QuestionAdmin(DeskAdmin):
    """One question of a service, with its answers."""

    list_display = ("__str__", "service", "kind", "required", "position")
    list_filter = ("service", "kind")
    list_select_related = ("service",)
    fields = ("service", "key", "kind", "label", "help", "required", "position")
    inlines = (AnswerInline,)


@admin.register(PriorityRule)
class PriorityRuleAdmin(DeskAdmin):
    """The priority matrix, edited in its list; it has all its cells from the start."""

    list_display = ("tier", "impact", "urgency", "priority")
    list_display_links = None
    list_editable = ("priority",)
    list_filter = ("tier",)
    ordering = ("tier", "-impact", "-urgency")
    list_per_page = 100

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never; see the class."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never; see the class."""
        return False
