"""One entry of the time line, as pages show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext as _

from accounts.models import User
from tickets.models import Attachment
from tickets.states import EventKind

# Events that are nothing but their message.
SPOKEN = frozenset({EventKind.MESSAGE, EventKind.NOTE, EventKind.CALL_LOGGED, EventKind.PROGRESS_REPORTED})


class Side(StrEnum):
    """Who speaks or acts."""

    CLIENT = "client"
    STAFF = "staff"
    SYSTEM = "system"


@dataclass(frozen=True)
class Fact:
    """A question of the form and its answer, in words."""

    label: str
    value: str


@dataclass(frozen=True)
class Entry:
    """One entry of the time line.

    Attributes:
        at: when it became true.
        seq: its place on the record; 0 for what is derived from the clocks.
        kind: "message" (a card) or "event" (one line).
        what: the kind of the event it comes from (`EventKind`); empty for what is derived from the clocks.
        author: who did it; nobody for what the system did.
        is_note: a message that clients never see.
        body: what was written; Markdown.
        facts: for the submission, what else was answered.
        icon, tone: for the line; tone is "", soon, late, met or paused.
        sentence: of an event what happened, of a message how it came in ("Phone call"), mostly empty.
        is_internal: not for clients.
    """

    at: datetime
    seq: int
    kind: str
    what: str = ""
    author: User | None = None
    side: Side = Side.SYSTEM
    is_note: bool = False
    body: str = ""
    attachments: tuple[Attachment, ...] = ()
    facts: tuple[Fact, ...] = ()
    icon: str = ""
    tone: str = ""
    sentence: str = ""
    is_internal: bool = False

    @property
    def is_message(self) -> bool:
        """Whether it is shown as a card."""
        return self.kind == "message"

    @property
    def anchor(self) -> str:
        """The id that an address can point at: that of its event; what was written with an act has one beside it."""
        if not self.seq:
            return ""  # derived from the clocks
        is_beside = self.is_message and self.what not in (*SPOKEN, EventKind.SUBMITTED)
        return f"m{self.seq}-text" if is_beside else f"m{self.seq}"

    @property
    def card(self) -> str:
        """The kind of the message component that shows it."""
        if self.is_note:
            return "note"
        return "client" if self.side == Side.CLIENT else "staff"

    @property
    def line(self) -> str:
        """The sentence with the name of who did it."""
        if self.author is None:
            return self.sentence
        return _("%(sentence)s · %(name)s") % {"sentence": self.sentence, "name": self.author.name}
