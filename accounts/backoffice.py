"""What every page of the back office (Django's admin) is made with."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db.models import Model
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from i18nfield.fields import I18nCharField, I18nTextField
from i18nfield.forms import I18nWidget
from unfold.admin import ModelAdmin, StackedInline, TabularInline
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget


class _InEveryLanguage(I18nWidget):  # type: ignore[misc]  # i18nfield ships no types
    """One input per language below one another, each with the language's own name."""

    def format_output(self, rendered_widgets: list[str], id_: str) -> str:
        """The inputs with their names."""
        names = [dict(settings.LANGUAGES).get(code, code) for code in self.enabled_locales]
        lines = format_html_join(
            "",
            '<label class="flex flex-col gap-1"><span class="text-xs">{}</span>{}</label>',
            zip(names, rendered_widgets, strict=True),
        )
        return format_html('<div class="flex flex-col gap-2 max-w-2xl" id="{}">{}</div>', id_ or "", lines)


class LineInEveryLanguage(_InEveryLanguage):
    """For names and labels."""

    widget = UnfoldAdminTextInputWidget


class TextInEveryLanguage(_InEveryLanguage):
    """For descriptions."""

    widget = UnfoldAdminTextareaWidget

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> str:
        """Low to begin with; they grow by hand."""
        return str(super().render(name, value, {"rows": 3, **(attrs or {})}, renderer))


LANGUAGE_WIDGETS: dict[Any, dict[str, Any]] = {
    I18nCharField: {"widget": LineInEveryLanguage},
    I18nTextField: {"widget": TextInEveryLanguage},
}


class DeskAdmin(ModelAdmin):  # type: ignore[misc]  # unfold ships no types
    """Base data that administrators edit."""

    formfield_overrides = LANGUAGE_WIDGETS
    compressed_fields = True
    warn_unsaved_form = True
    list_filter_submit = False
    list_per_page = 50


class LookOnly:
    """For pages, and lines within pages, that show and never change."""

    can_delete = False
    extra = 0
    max_num = 0

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never."""
        return False


class DeskInline(StackedInline):  # type: ignore[misc]
    """Parts of something, one below the other."""

    formfield_overrides = LANGUAGE_WIDGETS
    extra = 0


class DeskTable(TabularInline):  # type: ignore[misc]
    """Parts of something, one per line."""

    hide_title = True

    formfield_overrides: ClassVar[dict[Any, dict[str, Any]]] = {**TabularInline.formfield_overrides, **LANGUAGE_WIDGETS}
    extra = 0
