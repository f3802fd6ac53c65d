"""The trial calculation: when would something be due that was received then, and why (SLA-05, SLA-06)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from sla.engine.calendar import Calendar
from sla.engine.errors import CalendarError
from sla.engine.spans import Span
from sla.services.sentences import sentence_of
from sla.services.terms import LONGEST
from tickets.errors import Invalid
from tickets.services.texts import EARLIEST, LATEST


@dataclass(frozen=True)
class Trial:
    """An answer: the instants, and every piece of time between them."""

    start: datetime
    due: datetime
    duration: timedelta
    pieces: list[Span]


def trial(calendar: Calendar, start: datetime, duration: timedelta) -> Trial:
    """When `duration` of working time has passed since `start`.

    Raises:
        Invalid: at `received` or `duration`, what can't be calculated.
    """
    if not EARLIEST <= start <= LATEST:
        raise Invalid({"received": [_("Please write a date.")]})
    if not timedelta(0) <= duration <= LONGEST:
        raise Invalid({"duration": [_("Please give a duration of at most five years.")]})
    try:
        due = calendar.due(start, duration)
        return Trial(start, due, duration, calendar.spans(start, due) if due > start else [])
    except CalendarError as error:
        raise Invalid({"duration": [sentence_of(error)]}) from None
