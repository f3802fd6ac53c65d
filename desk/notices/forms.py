"""The wording of a notice: subject and text in each language."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from notifications import texts
from notifications.kinds import Kind
from notifications.models import NoticeText
from notifications.texts import SUBJECT_LIMIT, TEXT_LIMIT
from notifications.wording import Words, in_language

PARTS = ("subject", "text")


LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


def field_name(part: str, language: str) -> str:
    """The field of a part in a language, such as `text_zh-hans`."""
    return f"{part}_{language}"


def _instant(text: str) -> datetime | None:
    try:
        return parse_datetime(text)
    except ValueError:
        return None


class WordingForm(forms.Form):
    """One field per part and language. `seen` is when what the person began with was saved; empty for the standard."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for language, name in settings.LANGUAGES:
            words = {"language": name}
            self.fields[field_name("subject", language)] = forms.CharField(
                label=_("Subject, %(language)s") % words, max_length=SUBJECT_LIMIT, required=False
            )
            self.fields[field_name("text", language)] = forms.CharField(
                label=_("Text, %(language)s") % words,
                max_length=TEXT_LIMIT,
                required=False,
                widget=forms.Textarea(attrs={"rows": 5}),
            )

    def wording(self, part: str) -> dict[str, str]:
        """What was written for a part, by language; of a valid form."""
        return {language: self.cleaned_data[field_name(part, language)] for language, _name in settings.LANGUAGES}

    @property
    def seen_at(self) -> datetime | None:
        """When what the person began with was saved; an instant of long ago for what can't be read."""
        text = self.cleaned_data["seen"]
        return (_instant(text) or LONG_AGO) if text else None

    def refuse(self, error: ValidationError) -> None:
        """Put the messages at the fields; what is about no language at all goes on top."""
        for place, messages in error.message_dict.items():
            name = place.replace(".", "_")
            self.add_error(name if name in self.fields else None, messages)


def initial_of(kind: Kind, own: NoticeText | None) -> dict[str, str]:
    """What the form begins with: a manager's wording, or the standard one with its placeholders."""
    found = {"seen": own.edited_at.isoformat() if own else ""}
    for language, _name in settings.LANGUAGES:
        words = _words(kind, own, language)
        found |= {field_name("subject", language): words.subject, field_name("text", language): words.text}
    return found


def _words(kind: Kind, own: NoticeText | None, language: str) -> Words:
    subject, text = in_language(own, language) if own else ("", "")
    return Words(subject, text) if subject else texts.standard(kind, language=language)


def save(kind: Kind, form: WordingForm, **how: Any) -> NoticeText:
    """Keep what a valid form says. What is the standard wording word for word is not kept as somebody's own.

    Raises:
        ValidationError, texts.Overtaken: as `texts.save`.
    """
    subject, text = (form.wording(part) for part in PARTS)
    for language in subject:
        usual = texts.standard(kind, language=language)
        if (subject[language].strip(), _plain(text[language])) == (usual.subject, usual.text):
            subject[language] = text[language] = ""
    return texts.save(kind, subject, text, seen=form.seen_at, **how)


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def typed(form: WordingForm) -> dict[str, tuple[str, str]]:
    """Subject and text by language, as they stand in the fields now."""
    return {
        language: tuple(str(form[field_name(part, language)].value() or "") for part in PARTS)  # type: ignore[misc]
        for language, _name in settings.LANGUAGES
    }
