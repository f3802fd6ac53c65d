"""What clients fill in. The forms say what is asked; the rules are those of `tickets.services`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from portal import uploads
from quality.models import Score
from quality.services import surveys
from tickets.errors import Invalid
from tickets.services.texts import check_files
from web.acts import ActForm
from web.forms import FilesField
from web.request_form import PLEASE_CHOOSE, PLEASE_WRITE, RequestFields


class FilesForm(ActForm):
    """A form with files that survive a refusal: `hold` keeps them, the next sending brings them along."""

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.fields["files"] = FilesField(label=_("Files"), required=False)
        references = self.data.getlist("kept") if isinstance(self.data, MultiValueDict) else []
        self.kept = uploads.find(references, by=by)

    def clean(self) -> dict[str, Any]:
        """Kept files and new ones together, each looked at now, so that all problems show at once."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        files = [*(kept.open() for kept in self.kept), *data.get("files", [])]
        try:
            check_files(files)
        except Invalid as error:
            self.add_error(None, error)
        else:
            data["files"] = files
        return data

    def hold(self, at: datetime) -> None:
        """After a refusal: keep what is good of the files that were sent."""
        uploads.clean_up(at)
        sent = self.files.getlist(self.add_prefix("files"))
        self.kept += [uploads.keep(file, by=self.by, at=at) for file in sent if _is_good(file)]

    def done(self) -> None:
        """After success: nothing has to be kept any more."""
        for file in self.cleaned_data.get("files", []):
            file.close()
        uploads.forget(self.kept)


def _is_good(file: UploadedFile[Any]) -> bool:
    try:
        check_files([file])
    except Invalid:
        return False
    return True


class RequestForm(RequestFields, FilesForm):
    """A new request, with files that survive a refusal."""


class ReplyForm(FilesForm):
    """A message to the service desk."""

    body = forms.CharField(label=_("Your message"), widget=forms.Textarea, error_messages=PLEASE_WRITE)


class ConfirmPlanForm(ActForm):
    """One option of the version that was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    option = forms.IntegerField(label=_("Option"), error_messages={"required": _("Please choose one of the options.")})


class ReturnPlanForm(ActForm):
    """Why the plan goes back."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    comment = forms.CharField(
        label=_("What should be different?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=PLEASE_WRITE,
    )


class AcceptForm(ActForm):
    """The delivery that was shown."""

    delivery = forms.IntegerField(widget=forms.HiddenInput)


class RejectForm(ActForm):
    """What is missing in the delivery that was shown."""

    delivery = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("What is missing or not right?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=PLEASE_WRITE,
    )


class WithdrawForm(ActForm):
    """The reason may be left out."""

    reason = forms.CharField(label=_("Reason"), required=False, widget=forms.Textarea(attrs={"rows": 3}))


class ReopenForm(ActForm):
    """What is not right after all."""

    reason = forms.CharField(
        label=_("What is not right?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages=PLEASE_WRITE,
    )


class SurveyForm(ActForm):
    """A question per dimension, and room for a comment (R-050)."""

    comment = forms.CharField(
        label=_("Anything you want to tell us?"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        comment = self.fields.pop("comment")
        self.asked = {f"scores_{question.dimension}": question for question in surveys.questions()}
        for name, question in self.asked.items():
            self.fields[name] = forms.TypedChoiceField(
                label=str(question.text),
                choices=[(score.value, str(score.value)) for score in Score],
                coerce=int,
                widget=forms.RadioSelect,
                error_messages=PLEASE_CHOOSE,
            )
        self.fields["comment"] = comment

    @property
    def scales(self) -> list[forms.BoundField]:
        """The questions with their scales, in order."""
        return [self[name] for name in self.asked]

    def scores(self, data: Mapping[str, Any]) -> dict[str, int]:
        """What `quality.services.surveys.answer` takes."""
        return {question.dimension: data[name] for name, question in self.asked.items()}
