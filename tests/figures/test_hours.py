"""Weekdays and hours at which requests come in, and at which those came in that were missed (R-057, SLA-60, SLA-61)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sla.figures import Outcome, Tally, at_hour, compliance, cycles_behind, missed_by_hour, received_by_hour
from sla.models import ClockKind
from tests.cast import MONDAY
from tickets import services
from tickets.figures import Period, received
from tickets.models import Ticket

AT = MONDAY + timedelta(days=1)
FIRST = ClockKind.FIRST_RESPONSE
M = timedelta(minutes=1)


def week(zone: str = "Asia/Shanghai") -> Period:
    return Period.ending_today(7, at=AT, zone=ZoneInfo(zone))


def test_hours_are_those_of_the_readers_zone(cast: Any) -> None:
    """Monday 10:00 in Shanghai is Monday 02:00 in London and still Sunday in New York."""
    cast.submit(service=cast.reset)
    cast.submit(service=cast.reset, at=MONDAY + 59 * M)
    everything = Ticket.objects.all()
    assert received_by_hour(everything, week()) == {(1, 10): 2}
    assert received_by_hour(everything, week("Europe/London")) == {(1, 2): 2}
    assert received_by_hour(everything, week("America/New_York")) == {(7, 21): 2}


def test_the_requests_of_an_hour_are_as_many_as_it_says(cast: Any) -> None:
    """SLA-61."""
    for hours in (0, 0, 1, 5, 24 * 6):
        cast.submit(service=cast.reset, at=MONDAY - timedelta(hours=hours))
    for place, count in received_by_hour(Ticket.objects.all(), week()).items():
        found = received(Ticket.objects.all(), week())
        assert at_hour(found, "received_at", week(), place).count() == count


def test_missed_cycles_stand_at_the_hour_their_request_came_in(cast: Any) -> None:
    """SLA-60: counted by due date, shown by receipt; a complaint of Sunday night is due on Monday."""
    late = cast.submit(service=cast.reset)
    services.reply(late, by=cast.zhou, at=MONDAY + 60 * M, body="…")
    met = cast.submit(service=cast.reset)
    services.reply(met, by=cast.zhou, at=MONDAY + M, body="…")
    cast.submit(service=cast.complaint, at=MONDAY - timedelta(hours=12))
    found = missed_by_hour(Ticket.objects.all(), week(), FIRST, at=AT)
    assert found == {(1, 10): Tally(met=1, missed=1), (7, 22): Tally(missed=1)}
    assert sum(found.values(), Tally()) == compliance(Ticket.objects.all(), week(), at=AT)[FIRST].now
    cycles = cycles_behind(Ticket.objects.all(), week(), FIRST, Outcome.MISSED, at=AT)
    assert at_hour(cycles, "ticket__received_at", week(), (1, 10)).get().ticket == late
