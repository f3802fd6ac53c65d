"""A manager's own wording of notices: written, checked, previewed, taken back (SLA-44)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from i18nfield.strings import LazyI18nString

from accounts.models import User
from notifications.kinds import Kind, all_kinds
from notifications.models import NoticeText
from notifications.wording import Words, context_of, fill, split, unknown_placeholders, worded

SUBJECT_LIMIT, TEXT_LIMIT = 200, 5000

Wording = Mapping[str, str]
"""A text by language."""


class Overtaken(Exception):
    """Somebody else saved a wording meanwhile; nothing was kept. `text` is theirs, None if they took it back."""

    def __init__(self, text: NoticeText | None) -> None:
        super().__init__("saved meanwhile")
        self.text = text


def wordable() -> list[Kind]:
    """The kinds of notices whose wording can be changed."""
    return [kind for kind in all_kinds() if kind.placeholders]


def own_texts() -> dict[str, NoticeText]:
    """The wordings that managers wrote, by kind; one query."""
    return {text.kind: text for text in NoticeText.objects.select_related("edited_by")}


def save(
    kind: Kind, subject: Wording, text: Wording, *, by: User, at: datetime, seen: datetime | None = None
) -> NoticeText:
    """Keep a wording. A language in which both are empty keeps the standard wording.

    Args:
        subject, text: by language, with names in braces for what changes from notice to notice.
        seen: when the wording that the person began with was saved; None if it was the standard one.

    Raises:
        ValidationError: at `subject.<language>`, `text.<language>`, or at `text` when there is none at all.
        Overtaken: somebody saved since; nothing was kept.
    """
    subject, text = (_cleaned(each) for each in (subject, text))
    _check(kind, subject, text)
    with transaction.atomic():
        there = NoticeText.objects.select_for_update().filter(kind=kind.name).first()
        if (there.edited_at if there else None) != seen:
            raise Overtaken(there)
        return NoticeText.objects.update_or_create(
            kind=kind.name,
            defaults={
                "subject": LazyI18nString(dict(subject)),
                "text": LazyI18nString(dict(text)),
                "edited_by": by,
                "edited_at": at,
            },
        )[0]


def reset(kind: Kind) -> bool:
    """Go back to the wording that came along; whether there was another."""
    return bool(NoticeText.objects.filter(kind=kind.name).delete()[0])


def _cleaned(wording: Wording) -> dict[str, str]:
    found = {language: wording.get(language, "").replace("\x00", "") for language, _name in settings.LANGUAGES}
    return {language: text.replace("\r\n", "\n").strip() for language, text in found.items()}


def _check(kind: Kind, subject: Wording, text: Wording) -> None:
    problems: dict[str, list[str]] = {}
    for language, _name in settings.LANGUAGES:
        for place, said, other, limit in (
            ("subject", subject[language], text[language], SUBJECT_LIMIT),
            ("text", text[language], subject[language], TEXT_LIMIT),
        ):
            if problem := _problem(kind, said, other, limit):
                problems[f"{place}.{language}"] = [problem]
    if not any(subject.values()) and not any(text.values()):
        problems["text"] = [_("Please write it in one language at least, or go back to the standard wording.")]
    if problems:
        raise ValidationError(problems)


def _problem(kind: Kind, said: str, other: str, limit: int) -> str:
    """What is wrong with a subject or a text, of which `other` is the counterpart; empty for nothing."""
    if not said:
        return _("Please write this too, or empty both.") if other else ""
    if len(said) > limit:
        return _("This is too long.")
    if unknown := unknown_placeholders(said, kind):
        names = pgettext("between names", ", ").join(f"{{{name}}}" for name in dict.fromkeys(unknown))
        return _("These placeholders are not known: %(names)s") % {"names": names}
    return ""


# --- showing it -------------------------------------------------------------------------------------


def preview(kind: Kind, subject: str, text: str, *, language: str, zone: ZoneInfo) -> Words:
    """How an example of the kind would read; the standard wording where both are empty."""
    with translation.override(language), timezone.override(zone):
        context = context_of(kind.example, link=f"{settings.SITE_URL}{kind.example_path}")
        if not subject.strip() and not text.strip():
            return split(render_to_string(kind.template, context))
        return worded(subject, text, kind, context)


def standard(kind: Kind, *, language: str) -> Words:
    """The wording that came along, with its placeholders: what somebody begins to change.

    It is rendered with values that occur nowhere else, and these are then read back as the names they stand for.
    """
    marked = {key: f"\ue000{key}\ue001" if _is_plain(key, value) else value for key, value in kind.example.items()}
    with translation.override(language), timezone.override(ZoneInfo("UTC")):
        context = context_of(marked, link="")
        said = split(render_to_string(kind.template, context))
        values = {each.name: fill(f"{{{each.name}}}", kind, context) for each in kind.placeholders}
    subject, text = said.subject, said.text
    for name, value in sorted(values.items(), key=lambda item: -len(item[1])):  # one value may be part of another
        subject, text = (wording.replace(value, f"{{{name}}}") for wording in (subject, text))
    return Words(subject, text)


def _is_plain(key: str, value: object) -> bool:
    return isinstance(value, str) and not key.endswith("_at")
