"""When requests come in, by weekday and hour of the reader's zone, and when those came in whose targets were missed."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Count, QuerySet
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay

from sla.figures.compliance import Tally, due_in, tally_counts
from sla.models import ClockKind
from tickets.figures import Period
from tickets.figures import received as received_in
from tickets.models import TicketQuerySet

Hour = tuple[int, int]
"""A weekday, 1 (Monday) to 7, and an hour, 0 to 23."""

Rows = TypeVar("Rows", bound="QuerySet[Any]")


def _with_place(rows: Rows, field: str, period: Period) -> Any:
    zone = period.zone
    return rows.annotate(weekday=ExtractIsoWeekDay(field, tzinfo=zone), hour=ExtractHour(field, tzinfo=zone))


def received_by_hour(tickets: TicketQuerySet, period: Period) -> dict[Hour, int]:
    """How many requests were received in the period, by weekday and hour; hours without any are left out."""
    placed = _with_place(received_in(tickets, period).order_by(), "received_at", period)
    found = placed.values_list("weekday", "hour").annotate(count=Count("pk"))
    return {(weekday, hour): count for weekday, hour, count in found}


def missed_by_hour(tickets: TicketQuerySet, period: Period, kind: ClockKind, *, at: datetime) -> dict[Hour, Tally]:
    """The cycles due in the period (SLA-60) by weekday and hour at which their request was received."""
    placed = _with_place(due_in(tickets, period, kind).order_by(), "ticket__received_at", period)
    found = placed.values_list("weekday", "hour").annotate(**tally_counts(at))
    tallies = {(weekday, hour): Tally(*counts) for weekday, hour, *counts in found}
    return {place: tally for place, tally in tallies.items() if tally.counted}


def at_hour(rows: Rows, field: str, period: Period, place: Hour) -> Rows:
    """Of some rows those whose moment lies in that hour of that weekday (SLA-61)."""
    weekday, hour = place
    found: Rows = _with_place(rows, field, period).filter(weekday=weekday, hour=hour)
    return found
