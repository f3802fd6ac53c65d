"""Durations as people write them, in three languages and to the second: "30 min", "1.5 h", "48:00", "2 小时 30 分"."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from web.words import exact_words

_UNITS: dict[str, int] = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds", "秒", "秒钟", "秒鐘"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "分", "分钟", "分鐘"), 60),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "时", "時", "小时", "小時"), 3600),
    **dict.fromkeys(("d", "day", "days", "天", "日"), 86400),
}
_PIECE = re.compile(r"\s*(\d+(?:[.,]\d+)?)\s*([a-z]+|[\u4e00-\u9fff]+)\.?", re.IGNORECASE)
_CLOCK = re.compile(r"(\d+):([0-5]\d)(?::([0-5]\d))?")


def read_duration(text: str) -> timedelta:
    """The duration that somebody wrote; a day has 24 hours.

    Raises:
        ValueError: it can't be read, has no unit, or is no whole number of seconds.
    """
    clean = text.strip().lower()
    if found := _CLOCK.fullmatch(clean):
        hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return timedelta(seconds=_whole(_seconds(clean)))


def _seconds(text: str) -> Decimal:
    total, at = Decimal(), 0
    while found := _PIECE.match(text, at):
        unit = _UNITS.get(found[2])
        if unit is None:
            raise ValueError(f"{found[2]!r} is no unit of time.")
        total += Decimal(found[1].replace(",", ".")) * unit
        at = found.end()
    if not at or text[at:].strip():
        raise ValueError(f"{text!r} is no duration.")
    return total


def _whole(seconds: Decimal) -> int:
    if seconds != int(seconds):
        raise ValueError("A duration is a whole number of seconds.")
    return int(seconds)


class DurationField(forms.CharField):
    """A duration as text; cleans to a timedelta, or None when it is empty and may be."""

    default_error_messages = {
        "unreadable": _("Please write a duration with its unit, such as 30 min, 2 h or 1 h 30 m."),
        "too_long": _("This is too long."),
    }

    def __init__(self, **options: Any) -> None:
        options.setdefault("max_length", 40)
        super().__init__(**options)

    def clean(self, value: Any) -> Any:
        """The duration."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return read_duration(text)
        except OverflowError:
            raise forms.ValidationError(self.error_messages["too_long"], code="too_long") from None
        except (ValueError, ArithmeticError):
            raise forms.ValidationError(self.error_messages["unreadable"], code="unreadable") from None

    def prepare_value(self, value: Any) -> Any:
        """A timedelta as somebody would write it."""
        return exact_words(value.total_seconds()) if isinstance(value, timedelta) else value
