"""Hours as people write them: "09:00–12:00, 13:30–18:00"; also "9-12", "0900-1200", "22:00–06:00", "00:00–24:00".

`static/js/desk-calendars-week.js` reads and writes the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

Intervals = tuple[tuple[str, str], ...]

_BETWEEN = re.compile(r"[,;、\n]")
_TIME = r"(\d{1,2})(?:[:.h]?(\d{2}))?"
_INTERVAL = re.compile(rf"{_TIME}\s*(?:-|–|—|−|~|to|至|到)\s*{_TIME}", re.IGNORECASE)
_NOTHING = {"", "-", "–", "—"}


def read_hours(text: str) -> Intervals:
    """The intervals that somebody wrote, as pairs of "HH:MM"; whether the times exist is the engine's question.

    Raises:
        ValueError: it can't be read.
    """
    plain = unicodedata.normalize("NFKC", text).strip()  # full-width digits and signs of a Chinese keyboard
    if plain in _NOTHING:
        return ()
    return tuple(_interval(part.strip()) for part in _BETWEEN.split(plain) if part.strip())


def _interval(text: str) -> tuple[str, str]:
    found = _INTERVAL.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no interval.")
    opening, closing = (f"{int(hour):02}:{minute or '00'}" for hour, minute in (found.groups()[:2], found.groups()[2:]))
    return opening, closing


def write_hours(intervals: Iterable[Sequence[str]]) -> str:
    """The inverse, as one reads it."""
    return ", ".join(f"{opening}–{closing}" for opening, closing in intervals)


class HoursField(forms.CharField):
    """The intervals of one day as text; cleans to pairs of "HH:MM", none for a closed day."""

    default_error_messages = {"unreadable": _("Please write hours such as 09:00–12:00, 13:30–18:00.")}

    def __init__(self, **options: Any) -> None:
        options.setdefault("required", False)
        options.setdefault("max_length", 200)
        super().__init__(**options)

    def clean(self, value: Any) -> Any:
        """The intervals."""
        try:
            return read_hours(super().clean(value))
        except ValueError:
            raise forms.ValidationError(self.error_messages["unreadable"], code="unreadable") from None

    def prepare_value(self, value: Any) -> Any:
        """Intervals as somebody would write them."""
        return value if isinstance(value, str) or value is None else write_hours(value)
