"""Writing on a request: replies, notes, calls (R-095)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q

from accounts.models import Team, User
from accounts.roles import Capability
from tickets import telling
from tickets.acts import Act
from tickets.events import record
from tickets.models import Message, Ticket
from tickets.services import texts
from tickets.services.door import enter
from tickets.services.waiting import end_wait
from tickets.states import Channel, EventKind, MessageKind, Turn, Visibility, Wait


def reply(
    ticket: Ticket,
    *,
    by: User,
    at: datetime,
    body: str,
    files: Sequence[UploadedFile[Any]] = (),
    channel: Channel = Channel.PORTAL,
    once: UUID | None = None,
) -> Message:
    """Write to the other side. A client's message ends a wait for the client.

    Raises:
        Invalid: at `body` or `files`.
        And what `door.enter` raises.
    """
    body = texts.clean_text(body, "body")
    texts.check_files(files)
    with enter(ticket, Act.REPLY, by=by, at=at, once=once) as held:
        return write_public(held, body, by=by, at=at, files=files, channel=channel)


def write_public(
    ticket: Ticket,
    body: str,
    *,
    by: User,
    at: datetime,
    files: Sequence[UploadedFile[Any]] = (),
    channel: Channel = Channel.PORTAL,
) -> Message:
    """Put a client-visible message on a locked request, record it and tell the other side."""
    message = texts.add_message(ticket, body, kind=MessageKind.REPLY, at=at, author=by, channel=channel, files=files)
    event = record(ticket, EventKind.MESSAGE, at=at, actor=by, message=message, data=authorship(ticket, by))
    if by.is_client:
        _client_wrote(ticket, by=by, at=at)
        telling.tell_staff(ticket, "client_replied", event, at=at, data={"line": texts.one_line(body)})
    else:
        telling.tell_client(ticket, "request_answered", event, at=at, data={"line": texts.one_line(body)})
    return message


def _client_wrote(ticket: Ticket, *, by: User, at: datetime) -> None:
    if ticket.wait == Wait.CLIENT:
        end_wait(ticket, by=by, at=at)
    if ticket.is_open and ticket.turn == Turn.NOBODY:
        ticket.turn = Turn.STAFF


def authorship(ticket: Ticket, by: User) -> dict[str, object]:
    """What an event keeps of a message's author, since roles may change later: the side, and whether they count as a
    specialist for the service (SLA-13)."""
    return {"side": "client" if by.is_client else "staff", "specialist": is_specialist_for(ticket, by)}


def is_specialist_for(ticket: Ticket, user: User) -> bool:
    """Whether a person counts as a specialist for a request: by role, in the service's team (if it has one)."""
    if not user.may(Capability.SPECIALISE):
        return False
    if ticket.service.team_id is None:
        return True
    hers = Q(lead=user) | Q(members=user)
    return Team.objects.filter(hers, pk=ticket.service.team_id).exists()


def note(
    ticket: Ticket,
    *,
    by: User,
    at: datetime,
    body: str,
    files: Sequence[UploadedFile[Any]] = (),
    once: UUID | None = None,
) -> Message:
    """Leave a note that clients never see."""
    body = texts.clean_text(body, "body")
    texts.check_files(files)
    with enter(ticket, Act.NOTE, by=by, at=at, once=once) as held:
        return write_note(held, body, by=by, at=at, files=files)


def write_note(
    ticket: Ticket, body: str, *, by: User, at: datetime, files: Sequence[UploadedFile[Any]] = ()
) -> Message:
    """Put a note on a locked request and record it."""
    message = texts.add_message(ticket, body, kind=MessageKind.NOTE, at=at, author=by, files=files)
    record(ticket, EventKind.NOTE, at=at, actor=by, message=message, visibility=Visibility.INTERNAL)
    return message


def log_call(ticket: Ticket, *, by: User, at: datetime, body: str, once: UUID | None = None) -> Message:
    """Write down a call with the client; counts as a response (SLA-12)."""
    body = texts.clean_text(body, "body")
    with enter(ticket, Act.LOG_CALL, by=by, at=at, once=once) as held:
        message = texts.add_message(held, body, kind=MessageKind.CALL, at=at, author=by, channel=Channel.PHONE)
        record(held, EventKind.CALL_LOGGED, at=at, actor=by, message=message, data=authorship(held, by))
        return message
