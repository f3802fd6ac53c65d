"""What the acts on agreements ask; what it means is checked by `sla.services.agreements`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation
from sla.models import Agreement, AgreementVersion
from web.acts import ActForm
from web.forms import DateTimeInput, FilesField

DEFAULT, EMPTY = "default", "empty"


class NewForm(ActForm):
    """A new agreement: for whom, called what, like which."""

    organisation = forms.ModelChoiceField(
        label=gettext_lazy("Client"),
        queryset=Organisation.objects.none(),
        required=False,
        empty_label=gettext_lazy("No client: the default agreement for everybody else"),
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    like = forms.ChoiceField(label=gettext_lazy("Begin with the targets of"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        clients, like = self.fields["organisation"], self.fields["like"]
        assert isinstance(clients, forms.ModelChoiceField)  # noqa: S101 - declared above, for the type checker
        assert isinstance(like, forms.ChoiceField)  # noqa: S101
        clients.queryset = Organisation.objects.filter(is_active=True)
        if Agreement.objects.filter(organisation__isnull=True).exists():
            clients.required, clients.empty_label = True, _("Please choose")
        like.choices = self._models()

    def _models(self) -> list[tuple[str, str]]:
        """The newest version of each agreement, the default agreement first; or nothing."""
        newest = AgreementVersion.objects.select_related("agreement").order_by("agreement_id", "-number")
        found = sorted(newest.distinct("agreement_id"), key=lambda one: (one.agreement.organisation_id or 0, one.pk))
        named = [(str(one.pk), str(one)) for one in found]
        return [*named, (EMPTY, _("Nothing: begin empty"))]

    def clean_like(self) -> AgreementVersion | None:
        """The version to begin like."""
        chosen = self.cleaned_data["like"]
        return None if chosen == EMPTY else AgreementVersion.objects.filter(pk=chosen).first()


class QuietForm(ActForm):
    """For acts that ask nothing."""


class RevisionForm(ActForm):
    """For acts on the terms as they were read."""

    revision = forms.IntegerField(widget=forms.HiddenInput)


class NameForm(ActForm):
    """Another name for the agreement."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)


class CommentForm(ActForm):
    """Something for the other side to read."""

    body = forms.CharField(label=gettext_lazy("Comment"), widget=forms.Textarea, required=False)


class SignatureForm(RevisionForm):
    """A signature on paper."""

    name = forms.CharField(label=gettext_lazy("Who signed"), max_length=120)
    files = FilesField(label=gettext_lazy("The signed paper"), required=False)  # type: ignore[assignment] # theirs


class EndForm(ActForm):
    """When it ends."""

    when = forms.DateTimeField(
        label=gettext_lazy("Ends on"),
        widget=DateTimeInput,
        required=False,
        help_text=gettext_lazy("Empty: now."),
    )


class FilesForm(ActForm):
    """Contract files."""

    files = FilesField(label=gettext_lazy("Files"))  # type: ignore[assignment] # Form.files is theirs
