"""Why an act did not happen: exceptions with a sentence for the person, shown by pages and returned by the API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from tickets.checks import Blocker

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from tickets.models import Ticket

Invalid = ValidationError  # bad input: messages by field; pages show them there, the API answers 400


class ActError(Exception):
    """An act that can't be done; nothing was changed."""

    code = "refused"

    def __init__(self, sentence: StrOrPromise) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotAllowed(ActError):
    """This person may not do this (403)."""

    code = "not_allowed"

    def __init__(self) -> None:
        super().__init__(_("You may not do this."))


class Blocked(ActError):
    """Something is missing first (409)."""

    code = "blocked"

    def __init__(self, blockers: Sequence[Blocker]) -> None:
        super().__init__(blockers[0].sentence)
        self.blockers = list(blockers)


class MovedOn(ActError):
    """The request is no longer where the page showed it: somebody was faster (409)."""

    code = "moved_on"


class AlreadyDone(Exception):
    """The same form was sent before; its result stands and nothing was done twice."""

    def __init__(self, ticket: Ticket) -> None:
        super().__init__(ticket.number)
        self.ticket = ticket
