"""Backlog, volume and load by hand (R-046, R-071)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.cast import MONDAY
from tickets import figures, services
from tickets.figures import AgeBand, Period
from tickets.models import Ticket
from tickets.states import State, Wait

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
ALL = Ticket.objects.all


def test_a_period_is_whole_local_days_and_ends_with_today() -> None:
    """[since, until) from local midnight to local midnight, and the same before it."""
    period = Period.ending_today(7, at=MONDAY, zone=SHANGHAI)
    assert period.since.isoformat() == "2026-11-10T00:00:00+08:00"
    assert period.until.isoformat() == "2026-11-17T00:00:00+08:00"
    assert (period.before.since, period.before.until) == (period.since - 7 * DAY, period.since)
    assert [period.point_of(day) for day in (period.first - DAY, period.first, period.first + 6 * DAY)] == [None, 0, 6]


def test_a_period_over_a_change_of_clocks_still_begins_at_midnight() -> None:
    """Berlin, October 2026: the day of the change has 25 hours."""
    period = Period.ending_today(7, at=MONDAY.replace(month=10, day=27), zone=ZoneInfo("Europe/Berlin"))
    assert period.since.isoformat() == "2026-10-21T00:00:00+02:00"
    assert period.until.isoformat() == "2026-10-28T00:00:00+01:00"


def test_a_long_trend_is_drawn_by_week() -> None:
    """90 days are thirteen points, the last of six days."""
    period = Period.ending_today(90, at=MONDAY, zone=SHANGHAI)
    assert (period.step, len(period.points)) == (7, 13)
    assert period.point_of(period.first + 89 * DAY) == 12


def test_backlog_by_state_and_age(cast: Any) -> None:
    """The edges belong to the older band; ended requests are nowhere."""
    at = MONDAY
    for age in (timedelta(0), DAY - timedelta(seconds=1), DAY, 3 * DAY, 7 * DAY, 30 * DAY, 400 * DAY):
        cast.submit(service=cast.reset, at=at - age)
    cast.in_execution(at=at - 2 * DAY)
    services.withdraw(cast.submit(at=at - DAY), by=cast.chen, at=at)
    cells = figures.backlog(ALL(), at=at)
    assert list(cells[State.INTAKE].values()) == [2, 1, 1, 1, 2]
    assert list(cells[State.EXECUTION].values()) == [0, 1, 0, 0, 0]
    for state, bands in cells.items():
        for band, count in bands.items():
            assert figures.in_backlog(ALL(), at=at, state=state, band=band).count() == count
    assert figures.in_backlog(ALL(), at=at, band=AgeBand.OLDER).count() == 2


def test_volume_in_and_out_with_the_level_at_the_end_of_each_day(cast: Any) -> None:
    """Two older ones; on the last three days +2, +1 −1, −1: the backlog was 4, 4, 3."""
    for _ in range(2):
        cast.submit(service=cast.reset, at=MONDAY - 10 * DAY)
    first = [cast.submit(service=cast.reset, at=MONDAY - 2 * DAY) for _ in range(2)]
    cast.submit(service=cast.reset, at=MONDAY - DAY)
    services.withdraw(first[0], by=cast.chen, at=MONDAY - DAY)
    services.withdraw(first[1], by=cast.chen, at=MONDAY)
    period = Period.ending_today(7, at=MONDAY, zone=SHANGHAI)
    flow = figures.volume(ALL(), period, open_now=3)
    assert flow.received == (0, 0, 0, 0, 2, 1, 0)
    assert flow.ended == (0, 0, 0, 0, 0, 1, 1)
    assert flow.open_at_end == (2, 2, 2, 2, 4, 4, 3)
    assert (flow.open_at_start, flow.received_before, flow.ended_before) == (2, 2, 0)
    assert figures.received(ALL(), period).count() == flow.total_received == 3
    assert figures.ended(ALL(), period).count() == flow.total_ended == 2


def test_open_late_and_due_soon_dont_overlap(cast: Any) -> None:
    """Due 10:30: soon at 10:00, late after 10:30."""
    cast.submit(service=cast.reset)
    cast.submit(service=cast.reset, at=MONDAY - timedelta(hours=1))
    now = figures.open_counts(ALL(), at=MONDAY)
    assert (now.open, now.late, now.due_soon, now.unassigned) == (2, 1, 1, 2)
    assert figures.due_soon(ALL(), at=MONDAY).count() == now.due_soon
    assert ALL().late(MONDAY).count() == now.late


def test_load_per_person_with_nobody_last(cast: Any) -> None:
    """Zhou has two, one of them waiting; one has nobody."""
    cast.in_execution()
    waiting = cast.in_execution()
    services.wait(waiting, by=cast.zhou, at=MONDAY, wait_for=Wait.CLIENT)
    cast.submit(service=cast.reset)
    zhou, nobody = figures.load(ALL(), at=MONDAY)
    assert (zhou.person, zhou.name, zhou.open, zhou.late, zhou.waiting) == (cast.zhou.pk, "周敏", 2, 0, 1)
    assert (nobody.person, nobody.open) == (None, 1)
    assert figures.carried_by(ALL(), zhou.person).count() == 2
    assert figures.carried_by(ALL(), None).count() == 1


def test_what_was_open_at_an_instant_of_the_past(cast: Any) -> None:
    """Received before it, not ended by then; a later closing or reopening changes nothing about it."""
    at = MONDAY + timedelta(days=2)
    still_open = cast.submit(service=cast.reset)
    closed_later, closed_before, reopened_later = (cast.delivered() for _ in range(3))
    cast.submit(service=cast.reset, at=at + timedelta(hours=1))
    services.accept(closed_before, by=cast.chen, at=at - timedelta(hours=1), delivery=1)
    services.accept(reopened_later, by=cast.chen, at=at - timedelta(hours=1), delivery=1)
    services.accept(closed_later, by=cast.chen, at=at + timedelta(hours=1), delivery=1)
    services.reopen(reopened_later, by=cast.chen, at=at + timedelta(hours=1), reason="Not yet.")
    assert set(figures.open_at(ALL(), at)) == {still_open, closed_later}
    assert set(figures.open_at(ALL(), at + timedelta(hours=2))) >= {still_open, reopened_later}
