"""Widgets of the kit, and the person's own settings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class DateInput(forms.DateInput):
    """A day, picked with the browser's own calendar."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DateTimeInput(forms.DateTimeInput):
    """A day and a time in the reader's zone."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class FilesInput(forms.ClearableFileInput):
    """Several files at once."""

    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class FilesField(forms.FileField):
    """A list of uploaded files, each within the size limit; `cleaned_data` holds a list, empty when there are none."""

    widget = FilesInput
    default_error_messages = {"too_big": _("“%(name)s” is too big.")}

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Each file by itself."""
        files = data if isinstance(data, Iterable) and not isinstance(data, str) else [data]
        kept = [super(FilesField, self).clean(file, initial) for file in files if file]
        if self.required and not kept:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        for file in kept:
            if file.size > settings.MAX_UPLOAD_BYTES:
                raise forms.ValidationError(self.error_messages["too_big"], code="too_big", params={"name": file.name})
        return kept


def zone_choices() -> list[tuple[str, Any]]:
    """Every zone by region; the installation's own first, as the empty choice."""
    regions: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(available_timezones()):
        region, slash, place = name.partition("/")
        if slash and region not in {"Etc", "SystemV", "posix", "right"}:
            regions.setdefault(region, []).append((name, place.replace("_", " ")))
    usual = _("As this service desk: %(zone)s") % {"zone": settings.DEFAULT_TIME_ZONE}
    return [("", usual), *regions.items(), ("UTC", [("UTC", "UTC")])]


class ProfileForm(forms.ModelForm[User]):
    """What people set about themselves."""

    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices, required=False)

    class Meta:
        model = User
        fields = ["name", "language", "time_zone"]
        labels = {"name": _("Name"), "language": _("Language")}
