"""Survey questions in the back office (R-050)."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from accounts.backoffice import DeskAdmin
from quality.models import SurveyQuestion


@admin.register(SurveyQuestion)
class SurveyQuestionAdmin(DeskAdmin):
    """The question about each dimension; every dimension is asked about, so none is added or taken away."""

    list_display = ("__str__", "dimension", "position")
    fields = ("dimension", "text", "position")
    readonly_fields = ("dimension",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never; see the class."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never; see the class."""
        return False
