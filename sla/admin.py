"""Calendars and agreements in the back office (R-045, SLA-30).

What was published or put in force is shown and never changed: it is copied, the copy is edited, and that one is
published or put in force, by the functions of `sla.services`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from accounts.backoffice import DeskAdmin, DeskInline, DeskTable, LookOnly
from sla.engine.calendar import Calendar
from sla.engine.errors import CalendarError
from sla.models import (
    Agreement,
    AgreementState,
    AgreementVersion,
    CalendarVersion,
    ClockKind,
    Target,
    VersionState,
    WorkingCalendar,
)
from sla.services import agreements, calendars
from sla.services.clocks import warning_of
from tickets.errors import ActError
from tickets.states import Wait

HOUR, MINUTE = 3600, 60


class TargetForm(forms.ModelForm[Target]):
    """A promise, with its duration as hours, minutes and seconds, and its waits as tick boxes."""

    duration = forms.DurationField(
        label=gettext_lazy("Duration"),
        help_text=gettext_lazy("Hours, minutes, seconds: 48:00:00"),
        widget=UnfoldAdminTextInputWidget,
    )
    pauses = forms.MultipleChoiceField(
        label=gettext_lazy("Pauses while waiting for"),
        choices=[choice for choice in Wait.choices if choice[0]],
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    class Meta:
        model = Target
        fields = (
            "kind",
            "duration",
            "calendar",
            "type",
            "service",
            "technical_only",
            "priority",
            "tier",
            "complexity",
            "pauses",
            "warnings",
            "position",
        )
        widgets = {"warnings": UnfoldAdminTextInputWidget}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Progress reports can't be published yet, so a promise of one could only be missed.
        kind = cast("forms.ChoiceField", self.fields["kind"])
        kind.choices = [choice for choice in ClockKind.choices if choice[0] != ClockKind.PROGRESS_REPORT]
        if self.instance.pk:
            self.fields["duration"].initial = _as_clock(self.instance.seconds)

    def clean_duration(self) -> timedelta:
        """At least a second, and no more than the database keeps."""
        found: timedelta = self.cleaned_data["duration"]
        if not timedelta(seconds=1) <= found <= timedelta(days=3650):
            raise forms.ValidationError(_("Please give a duration between a second and ten years."))
        return found

    def clean_warnings(self) -> list[str]:
        """Warnings as the clocks read them."""
        found: list[str] = self.cleaned_data["warnings"] or []
        for text in found:
            try:
                warning_of(text)
            except ValueError:
                raise forms.ValidationError(
                    _("“%(text)s” is no warning. Write 80%% of the target, or -10m before it is due."),
                    params={"text": text},
                ) from None
        return found

    def save(self, commit: bool = True) -> Target:
        """Keep the duration in seconds."""
        self.instance.seconds = int(self.cleaned_data["duration"].total_seconds())
        return super().save(commit)


def _as_clock(seconds: int) -> str:
    return f"{seconds // HOUR:02d}:{seconds % HOUR // MINUTE:02d}:{seconds % MINUTE:02d}"


class TargetInline(DeskInline):
    """The promises of a version that may still be changed."""

    model = Target
    form = TargetForm
    fieldsets = (
        (None, {"fields": (("kind", "duration"), ("calendar", "position"))}),
        (
            gettext_lazy("Applies to (empty: to any)"),
            {"fields": (("type", "service"), ("priority", "tier"), ("complexity", "technical_only"))},
        ),
        (gettext_lazy("Meanwhile"), {"fields": (("pauses", "warnings"),)}),
    )


class PromiseInline(LookOnly, DeskTable):
    """The promises of a version that is settled: one line each."""

    model = Target
    verbose_name_plural = gettext_lazy("targets")
    fields = readonly_fields = ("kind", "lasts", "calendar", "applies_to", "pauses_for", "warned_at")

    @admin.display(description=gettext_lazy("duration"))
    def lasts(self, target: Target) -> str:
        """Hours, minutes, seconds."""
        return _as_clock(target.seconds)

    @admin.display(description=gettext_lazy("applies to"))
    def applies_to(self, target: Target) -> str:
        """The criteria in words."""
        named = [
            target.get_type_display() if target.type else "",
            str(target.service) if target.service else "",
            _("technical services") if target.technical_only else "",
            target.get_priority_display() if target.priority else "",
            target.get_tier_display() if target.tier else "",
            target.get_complexity_display() if target.complexity else "",
        ]
        return ", ".join(str(word) for word in named if word) or _("everything")

    @admin.display(description=gettext_lazy("pauses while waiting for"))
    def pauses_for(self, target: Target) -> str:
        """The waits in words."""
        return ", ".join(str(Wait(wait).label) for wait in target.pauses) or "–"

    @admin.display(description=gettext_lazy("warnings"))
    def warned_at(self, target: Target) -> str:
        """As they are written."""
        return ", ".join(target.warnings) or "–"


class AgreementVersionInline(LookOnly, DeskTable):
    """The versions of an agreement."""

    model = AgreementVersion
    fields = ("number", "state", "effective_from", "effective_to")
    show_change_link = True
    ordering = ("-number",)


@admin.register(Agreement)
class AgreementAdmin(DeskAdmin):
    """Agreements. A new one begins with a draft that says what the default agreement says."""

    list_display = ("name", "organisation")
    list_select_related = ("organisation",)
    search_fields = ("name", "organisation__name")
    autocomplete_fields = ("organisation",)
    inlines = (AgreementVersionInline,)

    def save_model(self, request: HttpRequest, obj: Agreement, form: Any, change: bool) -> None:
        """Give a new agreement its first draft."""
        super().save_model(request, obj, form, change)
        if not change:
            usual = AgreementVersion.objects.filter(
                agreement__organisation__isnull=True, state=AgreementState.IN_FORCE
            ).first()
            agreements.draft_for(obj, like=usual)

    def get_inlines(self, request: HttpRequest, obj: Model | None) -> tuple[Any, ...]:
        """Versions, once there is an agreement."""
        return self.inlines if obj else ()

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        """Whose agreement it is stays as it was made."""
        return ("organisation",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never; results were measured under it."""
        return False


class VersionForm(forms.ModelForm[AgreementVersion]):
    """How far the talks are; putting in force is an act of its own."""

    class Meta:
        model = AgreementVersion
        fields = ("state",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "state" in self.fields:
            before = [choice for choice in AgreementState.choices if choice[0] in agreements.BEFORE_FORCE]
            self.fields["state"].choices = before  # type: ignore[attr-defined]


@admin.register(AgreementVersion)
class AgreementVersionAdmin(DeskAdmin):
    """Versions of agreements; the targets of drafts are edited here."""

    form = VersionForm
    list_display = ("__str__", "client", "state", "effective_from", "effective_to")
    list_filter = ("state", "agreement")
    list_select_related = ("agreement__organisation",)
    ordering = ("agreement", "-number")
    fields = ("agreement", "number", "state", "effective_from", "effective_to")
    actions = ("copy_as_draft", "put_in_force")
    actions_submit_line = ("copy_this", "put_this_in_force")

    @admin.display(description=gettext_lazy("client"))
    def client(self, version: AgreementVersion) -> str:
        """Whose it is."""
        return str(version.agreement.organisation or _("everybody else"))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Only how far the talks are can be edited, and only until it is in force."""
        fixed = ("agreement", "number", "effective_from", "effective_to")
        return fixed if obj and obj.state in agreements.BEFORE_FORCE else (*fixed, "state")

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        """Targets to edit, or to read."""
        return [TargetInline if obj and agreements.is_editable(obj) else PromiseInline]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Versions are made by copying."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never the version; the targets of a draft can be taken out of it."""
        return False

    @admin.action(description=gettext_lazy("Copy as new version"))
    def copy_as_draft(self, request: HttpRequest, queryset: QuerySet[AgreementVersion]) -> None:
        """A draft like each chosen version."""
        for version in queryset:
            self._copy(request, version)

    @admin.action(description=gettext_lazy("Put in force now"))
    def put_in_force(self, request: HttpRequest, queryset: QuerySet[AgreementVersion]) -> None:
        """The chosen versions hold from now on, those before them end."""
        for version in queryset:
            self._put_in_force(request, version)

    @action(description=gettext_lazy("Copy as new version"), permissions=["view"])  # type: ignore[untyped-decorator]
    def copy_this(self, request: HttpRequest, obj: AgreementVersion) -> None:
        """The same from the version's own page."""
        self._copy(request, obj)

    @action(description=gettext_lazy("Put in force now"), permissions=["put_this_in_force"])  # type: ignore[untyped-decorator]
    def put_this_in_force(self, request: HttpRequest, obj: AgreementVersion) -> None:
        """The same from the version's own page, with what was just edited there."""
        self._put_in_force(request, obj)

    def has_put_this_in_force_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """Where it was not in force yet. Pressed, it is asked without an id, and the act itself checks."""
        return (
            object_id is None
            or AgreementVersion.objects.filter(pk=object_id, state__in=agreements.BEFORE_FORCE).exists()
        )

    def save_model(self, request: HttpRequest, obj: AgreementVersion, form: Any, change: bool) -> None:
        """Only save: the theme would run the buttons here, before the targets are saved."""
        obj.save()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the targets, then do what a button beside Save asks for; all in one transaction."""
        super().save_related(request, form, formsets, change)
        for button in self.get_actions_submit_line(request, form.instance.pk):
            if button.action_name in request.POST:
                button.method(request, form.instance)

    def _copy(self, request: HttpRequest, version: AgreementVersion) -> None:
        draft = agreements.copy_as_draft(version)
        self.message_user(request, _("%(version)s was made, a draft.") % {"version": draft}, messages.SUCCESS)

    def _put_in_force(self, request: HttpRequest, version: AgreementVersion) -> None:
        try:
            agreements.put_in_force(version, at=timezone.now())
        except ActError as error:
            self.message_user(request, str(error.sentence), messages.ERROR)
        else:
            self.message_user(request, _("%(version)s is in force.") % {"version": version}, messages.SUCCESS)


class CalendarVersionInline(LookOnly, DeskTable):
    """The versions of a calendar."""

    model = CalendarVersion
    fields = ("number", "state", "country", "provisional_years", "effective_from")
    show_change_link = True
    ordering = ("-number",)


@admin.register(WorkingCalendar)
class WorkingCalendarAdmin(DeskAdmin):
    """Working calendars."""

    list_display = ("name",)
    search_fields = ("name",)
    inlines = (CalendarVersionInline,)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never; results were measured under it."""
        return False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Calendars are made with their first version."""
        return False


class _Indented(DjangoJSONEncoder):
    """JSON over several lines, as people can read it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "indent": 1, "ensure_ascii": False})


class CalendarVersionForm(forms.ModelForm[CalendarVersion]):
    """A draft of a calendar."""

    class Meta:
        model = CalendarVersion
        fields = ("definition",)
        widgets = {"definition": UnfoldAdminTextareaWidget(attrs={"rows": 24})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "definition" in self.fields:
            field: Any = self.fields["definition"]
            field.encoder = _Indented

    def clean_definition(self) -> Any:
        """Refuse what the clocks could not read, and a calendar without working time (SLA-06)."""
        definition = self.cleaned_data["definition"]
        try:
            Calendar.from_json(definition).check_usable(timezone.localdate())
        except CalendarError as error:
            raise forms.ValidationError(str(error)) from None
        return definition


@admin.register(CalendarVersion)
class CalendarVersionAdmin(DeskAdmin):
    """Versions of calendars; drafts are edited here."""

    form = CalendarVersionForm
    list_display = ("__str__", "state", "country", "provisional_years", "effective_from")
    list_filter = ("state", "calendar")
    list_select_related = ("calendar",)
    ordering = ("calendar", "-number")
    fields = ("calendar", "number", "state", "country", "provisional_years", "effective_from", "definition")
    actions = ("copy_as_draft", "publish")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Only the definition of a draft can be edited (SLA-30)."""
        fixed = ("calendar", "number", "state", "country", "provisional_years", "effective_from")
        return fixed if obj and obj.state == VersionState.DRAFT else (*fixed, "definition")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Versions are made by copying."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never; results were measured under it."""
        return False

    @admin.action(description=gettext_lazy("Copy as new version"))
    def copy_as_draft(self, request: HttpRequest, queryset: QuerySet[CalendarVersion]) -> None:
        """A draft like each chosen version."""
        for version in queryset:
            draft = calendars.copy_as_draft(version)
            self.message_user(request, _("%(version)s was made, a draft.") % {"version": draft}, messages.SUCCESS)

    @admin.action(description=gettext_lazy("Publish now"))
    def publish(self, request: HttpRequest, queryset: QuerySet[CalendarVersion]) -> None:
        """The chosen drafts hold from now on."""
        for version in queryset:
            try:
                calendars.publish_draft(version, at=timezone.now())
            except CalendarError as error:
                self.message_user(request, f"{version}: {error}", messages.ERROR)
            else:
                self.message_user(request, _("%(version)s is published.") % {"version": version}, messages.SUCCESS)
