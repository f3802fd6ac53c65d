"""Messages and files: writing them onto a request and into its search index."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from tickets.errors import Invalid
from tickets.models import Attachment, Message, Ticket
from tickets.search import tokens
from tickets.states import Channel, MessageKind, Visibility

MAX_TEXT = 20_000
MAX_FILES = 10
LINE = 160
# Beyond these an instant is a slip of the keys; and at the ends of the calendar another zone's year does not exist, so
# that a row which holds one could not be read any more.
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
# fmt: off
FORBIDDEN = frozenset({
    ".exe", ".com", ".bat", ".cmd", ".msi", ".scr", ".pif", ".cpl", ".jar", ".vbs", ".vbe", ".js", ".jse", ".wsf",
    ".wsh", ".ps1", ".psm1", ".hta", ".lnk", ".reg", ".dll", ".sys", ".apk", ".app", ".dmg", ".iso", ".sh",
})
# fmt: on


def clean_text(text: str, field: str, *, required: bool = True, limit: int = MAX_TEXT) -> str:
    """A text as it is kept: without NULs, outer space, and foreign line ends.

    Raises:
        Invalid: empty though required, or too long; at `field`.
    """
    clean = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if required and not clean:
        raise Invalid({field: [_("Please write something here.")]})
    if len(clean) > limit:
        raise Invalid(
            {
                field: [
                    _("This is too long: %(count)s characters, at most %(limit)s are possible.")
                    % {"count": len(clean), "limit": limit}
                ]
            }
        )
    return clean


def instant_problem(at: datetime | None) -> str:
    """What is wrong with an instant that somebody wrote; empty when nothing is."""
    return "" if at is None or EARLIEST <= at < LATEST else _("Please write a date.")


def check_instant(at: datetime | None, field: str) -> None:
    """Refuse an instant that can't be meant.

    Raises:
        Invalid: at `field`.
    """
    if problem := instant_problem(at):
        raise Invalid({field: [problem]})


def check_files(files: Sequence[UploadedFile[Any]]) -> None:
    """Refuse files that are too many, too large, empty or of a dangerous kind.

    Raises:
        Invalid: at the field `files`, one sentence per file.
    """
    problems = [problem for file in files if (problem := _file_problem(file))]
    if len(files) > MAX_FILES:
        problems.append(ngettext("At most %d file at a time.", "At most %d files at a time.", MAX_FILES) % MAX_FILES)
    if problems:
        raise Invalid({"files": problems})


def _file_problem(file: UploadedFile[Any]) -> str:
    name, size = file.name or "", file.size or 0
    if PurePath(name.strip().rstrip(".").lower()).suffix in FORBIDDEN:
        return _("“%(name)s”: files of this kind are not accepted. Put it into a ZIP archive if you must.") % {
            "name": name
        }
    if size > settings.MAX_UPLOAD_BYTES:
        return _("“%(name)s” is too large: %(size)s MB, at most %(limit)s MB are possible.") % {
            "name": name,
            "size": round(size / 1024 / 1024, 1),
            "limit": settings.MAX_UPLOAD_BYTES // 1024 // 1024,
        }
    if size == 0:
        return _("“%(name)s” is empty.") % {"name": name}
    return ""


def add_message(
    ticket: Ticket,
    body: str,
    *,
    kind: MessageKind,
    at: datetime,
    author: User | None,
    channel: Channel = Channel.PORTAL,
    files: Sequence[UploadedFile[Any]] = (),
) -> Message:
    """Write a message with its files; the caller records the event it belongs to."""
    visibility = Visibility.INTERNAL if kind == MessageKind.NOTE else Visibility.PUBLIC
    message = Message.objects.create(
        ticket=ticket, author=author, kind=kind, visibility=visibility, channel=channel, body=body, at=at
    )
    attach(ticket, files, at=at, by=author, visibility=visibility, message=message)
    index(ticket, [body, *(file.name or "" for file in files)], visibility)
    _keep_last_line(ticket, body, visibility)
    return message


def attach(
    ticket: Ticket,
    files: Sequence[UploadedFile[Any]],
    *,
    at: datetime,
    by: User | None,
    visibility: Visibility,
    message: Message | None = None,
) -> list[Attachment]:
    """Store files; they have been checked."""
    return [
        Attachment.objects.create(
            ticket=ticket, message=message, visibility=visibility, uploaded_by=by, at=at, **kept_of(file)
        )
        for file in files
    ]


def kept_of(file: UploadedFile[Any]) -> dict[str, Any]:
    """What a row about an uploaded file keeps of it."""
    return {
        "file": file,
        "name": PurePath(file.name or "file").name[-200:],
        "size": file.size or 0,
        "content_type": (file.content_type or "application/octet-stream").replace("\x00", "")[:100],
        "sha256": _sha256(file),
    }


def _sha256(file: UploadedFile[Any]) -> str:
    found = hashlib.sha256()
    for chunk in file.chunks():
        found.update(chunk)
    file.seek(0)
    return found.hexdigest()


def index(ticket: Ticket, texts: Iterable[str], visibility: Visibility) -> None:
    """Add words to a request's search index; internal words only to the staff's."""
    words = tokens(" ".join(texts))
    public = [] if visibility == Visibility.INTERNAL else words
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tickets_searchentry (ticket_id, public, internal)"
            " VALUES (%s, array_to_tsvector(%s::text[]), array_to_tsvector(%s::text[]))"
            " ON CONFLICT (ticket_id) DO UPDATE SET public = tickets_searchentry.public || EXCLUDED.public,"
            " internal = tickets_searchentry.internal || EXCLUDED.internal",
            [ticket.pk, public, words],
        )


def one_line(text: str) -> str:
    """The beginning of a text, for lists."""
    line = " ".join(text.split())
    return line if len(line) <= LINE else line[: LINE - 1] + "…"


def _keep_last_line(ticket: Ticket, body: str, visibility: Visibility) -> None:
    ticket.last_line = one_line(body)
    if visibility == Visibility.PUBLIC:
        ticket.last_line_public = ticket.last_line
