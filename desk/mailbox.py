"""The mails that the file back end has written, for installations that send none yet.

Nothing of an address names a file: a page is a stretch of everything that lies in the folder.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.utils.html import strip_tags

FILE_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
BETWEEN = b"\n" + b"-" * 79 + b"\n"
MOST_BYTES = 5 * 1024 * 1024  # of one file; more than that is no mail of ours


@dataclass(frozen=True)
class Mail:
    """One mail; `at` is None where its date can't be read."""

    subject: str
    to: str
    at: datetime | None
    text: str


def is_in_use() -> bool:
    """Whether mails are written to files instead of sent."""
    return settings.EMAIL_BACKEND == FILE_BACKEND


def newest_mails(*, start: int, size: int) -> tuple[list[Mail], bool]:
    """A stretch of the mails, newest first, and whether there are older ones."""
    found = list(islice(_mails(), start, start + size + 1))
    return found[:size], len(found) > size


def _mails() -> Iterator[Mail]:
    for file in _files():
        with file.open("rb") as stream:
            parts = stream.read(MOST_BYTES).split(BETWEEN)
        for part in reversed(parts):
            if part.strip():
                yield _read(part)


def _files() -> list[Path]:
    """The files of the folder itself, newest first; links are no mails."""
    folder = Path(getattr(settings, "EMAIL_FILE_PATH", None) or settings.MAIL_DIR)
    if not folder.is_dir():
        return []
    files = [file for file in folder.iterdir() if file.suffix == ".log" and file.is_file() and not file.is_symlink()]
    return sorted(files, key=lambda file: (file.stat().st_mtime, file.name), reverse=True)


def _read(raw: bytes) -> Mail:
    message = message_from_bytes(raw.lstrip(b"\n"), policy=policy.default)
    return Mail(
        subject=str(message["Subject"] or ""),
        to=str(message["To"] or ""),
        at=_date(str(message["Date"] or "")),
        text=_text(message),
    )


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _text(message: EmailMessage) -> str:
    body = message.get_body(("plain", "html"))
    if body is None:
        return ""
    try:
        content = str(body.get_content())
    except (KeyError, LookupError, MessageError, ValueError):
        content = str(body.get_payload())
    return (strip_tags(content) if body.get_content_subtype() == "html" else content).strip()
