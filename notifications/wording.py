"""Turning a notice into words, in its reader's language and time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime

from accounts.models import User
from notifications import kinds
from notifications.models import Notice


@dataclass(frozen=True)
class Words:
    """A notice as its recipient reads it."""

    subject: str
    text: str


def language_of(user: User) -> str:
    """The language to write to somebody in: their own, else the installation's."""
    return user.language or settings.LANGUAGE_CODE


def zone_of(user: User) -> ZoneInfo:
    """The time zone to write to somebody in: their own, else the installation's."""
    return ZoneInfo(user.time_zone or settings.DEFAULT_TIME_ZONE)


def words(notice: Notice, *, language: str | None = None) -> Words:
    """Subject and text of a notice; `language` defaults to the recipient's."""
    user = notice.recipient
    with translation.override(language or language_of(user)), timezone.override(zone_of(user)):
        return _split(render_to_string(kinds.get(notice.kind).template, _context(notice)))


def _context(notice: Notice) -> dict[str, object]:
    """What a template may use: the notice's data, with instants (keys that end in `_at`) as aware datetimes."""
    return {
        **{key: _instant(value) if key.endswith("_at") else value for key, value in notice.data.items()},
        "recipient": notice.recipient,
        "link": settings.SITE_URL + notice.path if notice.path else "",
    }


def _instant(value: object) -> datetime | None:
    return parse_datetime(value) if isinstance(value, str) and value else None


def _split(rendered: str) -> Words:
    subject, _, text = rendered.strip().partition("\n")
    return Words(subject=" ".join(subject.split()), text=text.strip())
