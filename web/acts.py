"""From a form to the one door and back: what a page does with an act's result or refusal.

A page makes an `ActForm`, calls `perform`, and redirects on success; otherwise it shows itself again with the form,
which then holds everything that was typed and the problems where they belong, under the status that `Outcome` names.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS

from tickets.errors import ActError, AlreadyDone, Invalid, NotAllowed
from tickets.models import Ticket


class ActForm(forms.Form):
    """A form that carries an act; `once` makes a second click find the first one's result."""

    once = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["once"].initial = uuid.uuid4

    def refuse(self, error: Invalid) -> None:
        """Put the messages of the domain at the fields they belong to; unknown places go on top."""
        if not hasattr(error, "error_dict"):
            self.add_error(None, error.messages)
            return
        for place, messages in error.message_dict.items():
            self.add_error(self._field_at(place), messages)

    def _field_at(self, place: str) -> str | None:
        for name in (place, place.replace(".", "_"), place.split(".")[0]):
            if name in self.fields and place != NON_FIELD_ERRORS:
                return name
        return None


@dataclass(frozen=True)
class Outcome:
    """What became of an act.

    Attributes:
        result: what the act returned; on a second click the request that the first one made or changed.
        status: the HTTP status to show the form again with.
        again: it was a second click; nothing was done.
    """

    done: bool
    result: Any = None
    status: HTTPStatus = HTTPStatus.OK
    again: bool = False

    @property
    def ticket(self) -> Ticket:
        """The request, where the act returned it or was a second click."""
        assert isinstance(self.result, Ticket)  # noqa: S101 - only asked of acts that return one
        return self.result


def perform(form: ActForm, act: Callable[[dict[str, Any]], Any]) -> Outcome:
    """Check a bound form and run an act with its cleaned data (`once` included).

    `act` calls a function of `tickets.services` or `quality.services`; its refusals land in the form. What one may not
    see raises `Ticket.DoesNotExist`, which a view turns into 404 by having looked the request up before.
    """
    if not form.is_valid():
        return Outcome(done=False, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        return Outcome(done=True, result=act(form.cleaned_data))
    except AlreadyDone as known:
        return Outcome(done=True, result=known.ticket, again=True)
    except Invalid as error:
        form.refuse(error)
        return Outcome(done=False, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except ActError as error:
        form.add_error(None, str(error.sentence))
        is_forbidden = isinstance(error, NotAllowed)
        return Outcome(done=False, status=HTTPStatus.FORBIDDEN if is_forbidden else HTTPStatus.CONFLICT)
