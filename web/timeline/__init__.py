"""What happened to a request, as one list in order: messages, events, and what the clocks say (R-026, R-095).

Rows hold data; the words are made here, in the reader's language and with the reader's eyes: clients get their own
words for waits and never anything internal, staff also see how each clock began and ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.people import People
from accounts.prepared import prepared
from sla.models import Clock
from tickets.models import Attachment, Message, Ticket, TicketEvent
from tickets.states import Channel, EventKind, MessageKind, Visibility
from web.timeline.clocks import clock_entries
from web.timeline.entries import SPOKEN, Entry, Fact, Side
from web.timeline.names import names_of
from web.timeline.sentences import Reading, line_of
from web.timeline.submission import submission_facts

__all__ = ["SPOKEN", "Entry", "Fact", "Side", "timeline"]


def timeline(
    ticket: Ticket, user: User, *, now: datetime, clocks: Iterable[Clock] | None = None, people: People | None = None
) -> list[Entry]:
    """Everything this person may know of a request, oldest first. At most five queries, however long it is.

    Args:
        now: decides how late an unanswered clock is.
        clocks: the current ones of the request, where they are known already; staff see how each began and ended.
        people: who is known already; they arrive where they are expected.
    """
    if not ticket.is_visible_to(user):
        return []
    people = people or People(user)
    people.expect([ticket], "requester", "assignee")
    events = _events(ticket.pk, public=user.is_client)
    people.expect(events, "actor")
    people.expect([event.message for event in events if event.message is not None], "author")
    names = names_of(ticket, events, people)
    reader = _Reader(ticket, user, now)
    reader.files = _by_message(_attachments(ticket.pk, public=user.is_client))
    reader.names = names
    if not user.is_client:
        found = Clock.objects.on(ticket, user).current() if clocks is None else clocks
        reader.clocks = sorted(found, key=lambda clock: (clock.started_at, clock.pk))
    entries = [entry for event in events for entry in reader.entries_of(event)]
    entries += [entry for clock in reader.clocks for entry in clock_entries(clock)]
    return sorted(entries, key=lambda entry: (entry.at, not entry.seq, entry.seq))


@prepared
def _events(ticket: int, *, public: bool) -> QuerySet[TicketEvent]:
    return TicketEvent.objects.of(ticket, public=public).select_related("message").order_by("seq")


@prepared
def _attachments(ticket: int, *, public: bool) -> QuerySet[Attachment]:
    return Attachment.objects.of(ticket, public=public).order_by("pk")


def _by_message(files: Iterable[Attachment]) -> dict[int | None, tuple[Attachment, ...]]:
    """The files by message; those of the submission under None."""
    found: dict[int | None, tuple[Attachment, ...]] = {}
    for file in files:
        found[file.message_id] = (*found.get(file.message_id, ()), file)
    return found


@dataclass
class _Reader(Reading):
    """Turns events into entries for one person."""

    files: dict[int | None, tuple[Attachment, ...]] = field(default_factory=dict)

    def entries_of(self, event: TicketEvent) -> Iterator[Entry]:
        """The line of an event, and the card of the message that goes with it; either may be missing."""
        if event.kind == EventKind.SUBMITTED:
            yield self._submission(event)
            return
        if event.kind not in SPOKEN:
            yield self._line(event)
        if event.message is not None:
            yield self._message(event, event.message)

    def _submission(self, event: TicketEvent) -> Entry:
        ticket = self.ticket
        by_staff = event.actor is not None and event.actor_id != ticket.requester_id
        meta = _("taken down by %(name)s") % {"name": event.actor} if by_staff else ""
        if ticket.channel != Channel.PORTAL:
            channel = str(Channel(ticket.channel).label)
            meta = _("%(channel)s, %(how)s") % {"channel": channel, "how": meta} if meta else channel
        return Entry(
            at=event.at,
            seq=event.seq,
            kind="message",
            what=event.kind,
            author=ticket.requester,
            side=Side.CLIENT,
            body=ticket.description,
            attachments=self.files.get(None, ()),
            facts=tuple(submission_facts(ticket, self.names, self.now)),
            sentence=meta,
        )

    def _message(self, event: TicketEvent, message: Message) -> Entry:
        return Entry(
            at=event.at,
            seq=event.seq,
            kind="message",
            what=event.kind,
            author=message.author,
            side=_side(message.author),
            is_note=message.kind == MessageKind.NOTE,
            body=message.body,
            attachments=self.files.get(message.pk, ()),
            sentence=_("Progress report") if event.kind == EventKind.PROGRESS_REPORTED else _how_it_came(message),
            is_internal=message.visibility == Visibility.INTERNAL,
        )

    def _line(self, event: TicketEvent) -> Entry:
        said = line_of(self, event)
        return Entry(
            at=event.at,
            seq=event.seq,
            kind="event",
            what=event.kind,
            author=event.actor,
            side=_side(event.actor),
            icon=said.icon,
            tone=said.tone,
            sentence=said.sentence,
            is_internal=event.visibility == Visibility.INTERNAL,
        )


def _side(person: User | None) -> Side:
    if person is None:
        return Side.SYSTEM
    return Side.CLIENT if person.is_client else Side.STAFF


def _how_it_came(message: Message) -> str:
    if message.kind == MessageKind.CALL:
        return _("Phone call")
    if message.kind == MessageKind.AUTO:
        return _("Automatic message")
    return "" if message.channel == Channel.PORTAL else str(Channel(message.channel).label)
