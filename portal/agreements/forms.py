"""What the client's manager writes: a comment, a signature."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation
from web.acts import ActForm


class CommentForm(ActForm):
    """Something for us to read."""

    body = forms.CharField(label=gettext_lazy("Comment"), widget=forms.Textarea, required=False)


class SignForm(ActForm):
    """A signature: a name as it is written, and that the terms were read. `revision` says which terms."""

    revision = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(
        label=gettext_lazy("Your full name"),
        max_length=120,
        error_messages={"required": gettext_lazy("Please write your name; it stands for your signature.")},
    )
    read = forms.BooleanField(
        error_messages={"required": gettext_lazy("Please read the terms and tick this before you sign.")}
    )

    def __init__(self, *args: Any, client: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["read"].label = _("I have read it and may sign for %(client)s.") % {"client": client.name}
