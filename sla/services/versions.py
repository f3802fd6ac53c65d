"""Drafts that several people may open: nobody overwrites what somebody else saved without knowing it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from django.utils.translation import gettext as _

from accounts.models import User
from tickets.errors import ActError


class Draft(Protocol):
    """What counts its savings."""

    revision: int
    edited_by: User | None
    edited_at: datetime | None


class EditedMeanwhile(ActError):
    """Somebody saved the draft since this person opened it (409). `revision` is the one to save over, knowingly."""

    code = "edited_meanwhile"

    def __init__(self, draft: Draft) -> None:
        who = draft.edited_by.name if draft.edited_by else _("Somebody")
        super().__init__(
            _("%(name)s saved this draft meanwhile. What you wrote is still here; save again to replace theirs.")
            % {"name": who}
        )
        self.revision = draft.revision


def check_revision(draft: Draft, revision: int) -> None:
    """Refuse to save over what the person has not seen.

    Raises:
        EditedMeanwhile: the locked draft has another revision.
    """
    if draft.revision != revision:
        raise EditedMeanwhile(draft)
