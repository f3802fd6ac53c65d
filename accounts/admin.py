"""People, client organisations and teams in the back office (R-070)."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework.authtoken.admin import TokenAdmin as DjangoTokenAdmin
from rest_framework.authtoken.models import TokenProxy
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminSelectMultipleWidget

from accounts.backoffice import DeskAdmin
from accounts.models import Organisation, Team, User
from accounts.roles import CLIENT_ROLES

admin.site.unregister(Group)  # what somebody may do follows from the role
admin.site.unregister(EmailAddress)  # the address of a person is a field of the person
admin.site.unregister(TokenProxy)


@admin.register(TokenProxy)
class TokenAdmin(DjangoTokenAdmin, DeskAdmin):  # type: ignore[misc]
    """Keys for programs that use the API as a person."""

    list_select_related = ("user",)
    autocomplete_fields = ("user",)


class _TeamsMixin(forms.ModelForm[User]):
    """The teams of a member of staff, beside the fields of the person."""

    teams = forms.ModelMultipleChoiceField(
        label=_("Teams"),
        queryset=Team.objects.all(),
        required=False,
        widget=UnfoldAdminSelectMultipleWidget,
        help_text=_("Only for staff."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["teams"].initial = self.instance.teams.all()

    def clean(self) -> dict[str, Any]:
        """A client works in no team."""
        found = super().clean() or self.cleaned_data
        if found.get("role") in CLIENT_ROLES and found.get("teams"):
            self.add_error("teams", _("Clients don't belong to teams."))
        return found

    def _save_m2m(self) -> None:
        super()._save_m2m()  # type: ignore[misc]  # Django's own hook, which its stubs leave out
        self.instance.teams.set(self.cleaned_data["teams"])


class PersonChangeForm(_TeamsMixin, UserChangeForm):  # type: ignore[misc]
    """A person; the model's constraints keep role and organisation together."""

    class Meta:
        model = User
        fields = (
            "email",
            "password",
            "name",
            "role",
            "organisation",
            "job_title",
            "phone",
            "language",
            "time_zone",
            "is_active",
        )
        field_classes: dict[str, type[forms.Field]] = {}


class PersonCreationForm(_TeamsMixin, UserCreationForm):  # type: ignore[misc]
    """A new person, with a first password or none (then the reset mail makes one)."""

    class Meta:
        model = User
        fields = ("email", "name", "role", "organisation")
        field_classes: dict[str, type[forms.Field]] = {}

    def clean_email(self) -> str:
        """Addresses are kept in lower case."""
        return str(self.cleaned_data["email"]).lower()


@admin.register(User)
class PersonAdmin(DjangoUserAdmin, DeskAdmin):  # type: ignore[misc,type-arg]
    """People. Nobody is deleted: what they did stays on the record; a person who leaves is made inactive."""

    form = PersonChangeForm
    add_form = PersonCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ("name", "email", "role", "organisation", "is_active")
    list_filter = ("role", "is_active", "organisation")
    list_select_related = ("organisation",)
    search_fields = ("name", "email")
    ordering = ("name", "id")
    filter_horizontal = ()
    readonly_fields = ("created_at", "last_login")
    autocomplete_fields = ("organisation",)
    fieldsets = (
        (None, {"fields": ("name", "email", "password", "is_active")}),
        (_("Role"), {"fields": ("role", "organisation", "teams")}),
        (_("About"), {"fields": ("job_title", "phone", "language", "time_zone", "created_at", "last_login")}),
    )
    add_fieldsets = (
        (None, {"fields": ("name", "email", "role", "organisation", "teams")}),
        (_("Password"), {"fields": ("usable_password", "password1", "password2")}),
    )

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never; see the class."""
        return False


@admin.register(Organisation)
class OrganisationAdmin(DeskAdmin):
    """Client organisations; one that leaves is made inactive."""

    list_display = ("name", "tier", "accent", "is_active")
    list_filter = ("tier", "is_active")
    search_fields = ("name",)
    readonly_fields = ("created_at",)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never; requests point to it."""
        return False


class TeamForm(forms.ModelForm[Team]):
    """A team of staff."""

    class Meta:
        model = Team
        fields = ("name", "lead", "members", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        staff = User.objects.active().staff().order_by("name")
        for name in ("lead", "members"):
            self.fields[name].queryset = staff  # type: ignore[attr-defined]


@admin.register(Team)
class TeamAdmin(DeskAdmin):
    """Teams; only members of staff can be chosen."""

    form = TeamForm
    list_display = ("__str__", "lead", "is_active")
    list_filter = ("is_active",)
    list_select_related = ("lead",)
    filter_horizontal = ("members",)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Never; requests and services point to it."""
        return False
