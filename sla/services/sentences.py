"""What the engine refuses, as a sentence in the reader's language; the engine itself knows no Django."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from sla.engine.errors import CalendarError

_SENTENCES: dict[str, Callable[[], str]] = {
    "missing_key": lambda: _("Something is missing: %(field)s."),
    "unknown_key": lambda: _("“%(field)s” is not a part of a calendar."),
    "wrong_type": lambda: _("This is not written as it should be."),
    "unknown_timezone": lambda: _("“%(value)s” is not a known time zone."),
    "unknown_weekday": lambda: _("“%(value)s” is not a weekday."),
    "bad_time": lambda: _("“%(value)s” is not a time of day from 00:00 to 24:00."),
    "zero_length": lambda: _("The interval %(value)s has no length."),
    "overlap": lambda: _("The intervals %(first)s and %(second)s overlap."),
    "bad_date": lambda: _("“%(value)s” is not a date such as 2026-10-01."),
    "no_working_time": lambda: _("There is no working time in the %(days)s days from %(since)s."),
    "negative_duration": lambda: _("A duration can't be negative."),
    "naive_time": lambda: _("A time needs its time zone."),
    "too_far": lambda: _("This reaches over more than 200 years."),
    "out_of_range": lambda: _("This leaves the years that a calendar knows."),
}


def sentence_of(error: CalendarError) -> str:
    """The sentence."""
    return _SENTENCES[error.code]() % {"field": error.field, **error.params}
