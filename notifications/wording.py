"""Turning a notice into words, in its reader's language and time zone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.template import Context, Template
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime

from accounts.models import User
from notifications import kinds
from notifications.models import Notice, NoticeText


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
    user, kind = notice.recipient, kinds.get(notice.kind)
    language = language or language_of(user)
    own = NoticeText.objects.filter(kind=kind.name).first() if kind.placeholders else None
    subject, text = in_language(own, language) if own is not None else ("", "")
    with translation.override(language), timezone.override(zone_of(user)):
        link = settings.SITE_URL + notice.path if notice.path else ""
        context = {**context_of(notice.data, link=link), "recipient": notice.recipient}
        return worded(subject, text, kind, context) if subject else split(render_to_string(kind.template, context))


def in_language(own: NoticeText, language: str) -> tuple[str, str]:
    """Subject and text that a manager wrote in a language; empty where there are none, and the standard holds."""
    subject, text = (wording.data for wording in (own.subject, own.text))
    if not isinstance(subject, dict) or not isinstance(text, dict):
        return str(subject or ""), str(text or "")
    return str(subject.get(language) or ""), str(text.get(language) or "")


def worded(subject: str, text: str, kind: kinds.Kind, context: Mapping[str, object]) -> Words:
    """A manager's wording with its placeholders filled in, and the link below it."""
    subject, text = (fill(wording, kind, context) for wording in (subject, text))
    return Words(subject=" ".join(subject.split()), text=f"{text.strip()}\n\n{context['link']}".strip())


def fill(wording: str, kind: kinds.Kind, context: Mapping[str, object]) -> str:
    """A wording with each `{name}` replaced; a name that the kind does not know stays as it is."""
    sources = {placeholder.name: placeholder.source for placeholder in kind.placeholders}

    def said(found: re.Match[str]) -> str:
        source = sources.get(found[1])
        return found[0] if source is None else _said(source, context)

    return _PLACEHOLDER.sub(said, wording)


_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_TAGS = "{% load ui wording %}{% autoescape off %}"


def _said(source: str, context: Mapping[str, object]) -> str:
    return Template(f"{_TAGS}{source}{{% endautoescape %}}").render(Context(dict(context)))


def unknown_placeholders(wording: str, kind: kinds.Kind) -> list[str]:
    """The names in braces that a kind does not know, in the order they come."""
    known = {placeholder.name for placeholder in kind.placeholders}
    return [name for name in _PLACEHOLDER.findall(wording) if name not in known]


def context_of(data: Mapping[str, object], *, link: str) -> dict[str, object]:
    """What a template may use: the notice's data, with instants (keys that end in `_at`) as aware datetimes."""
    return {**{key: _instant(value) if key.endswith("_at") else value for key, value in data.items()}, "link": link}


def _instant(value: object) -> datetime | None:
    return parse_datetime(value) if isinstance(value, str) and value else None


def split(rendered: str) -> Words:
    """A rendered template: its first line is the subject, the rest the text."""
    subject, _, text = rendered.strip().partition("\n")
    return Words(subject=" ".join(subject.split()), text=text.strip())
