"""What the page after a redirect says once: that an act succeeded, and which drafts the browser may forget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from web.requests import PersonRequest

KEY = "portal.done"


@dataclass(frozen=True)
class Done:
    """What was just done, if anything."""

    act: str = ""
    drafts: Sequence[str] = field(default_factory=list)


def tell_done(request: PersonRequest, number: str, act: str, *, drafts: Sequence[str] = ()) -> None:
    """Remember it for the page of that request."""
    request.session[KEY] = {"number": number, "act": act, "drafts": list(drafts)}


def take_done(request: PersonRequest, number: str) -> Done:
    """What was just done to a request; the second time nothing."""
    said = request.session.get(KEY)
    if not said or said["number"] != number:
        return Done()
    del request.session[KEY]
    return Done(said["act"], said["drafts"])
