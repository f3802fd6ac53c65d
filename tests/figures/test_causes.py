"""Where the time of missed cycles went: by cause and by team (SLA-41, SLA-61, R-046, R-057)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sla.figures import Causes, causes, spent_by_team, spent_on
from sla.models import Cause, Clock, ClockKind
from tests.cast import MONDAY
from tickets import services
from tickets.figures import Period
from tickets.models import Ticket

AT = MONDAY + timedelta(days=1)
WEEK = Period.ending_today(7, at=AT, zone=ZoneInfo("Asia/Shanghai"))
FIRST = ClockKind.FIRST_RESPONSE
M = timedelta(minutes=1)


def found() -> Causes:
    return causes(Ticket.objects.all(), WEEK, FIRST, at=AT)


@pytest.fixture
def handed_over(cast: Any) -> Ticket:
    """Received 10:00; nobody's until 10:40, Zhou's until 10:50, then Sun's in the data team, who answers at 11:05."""
    ticket = cast.submit(service=cast.reset)
    services.assign(ticket, by=cast.li, at=MONDAY + 40 * M, assignee=cast.zhou)
    services.assign(ticket, by=cast.li, at=MONDAY + 50 * M, team=cast.data, assignee=cast.sun)
    services.reply(ticket, by=cast.sun, at=MONDAY + 65 * M, body="…")
    return ticket


def test_a_missed_cycle_says_what_it_was_spent_on(handed_over: Ticket) -> None:
    """SLA-41: waiting for assignment, with the first person, after a hand-over."""
    assert [(share.cause, share.seconds / 60, share.cycles) for share in found().by_cause] == [
        (Cause.UNASSIGNED, 40, 1),
        (Cause.HANDED_OVER, 15, 1),
        (Cause.IN_WORK, 10, 1),
    ]
    assert found().counted_seconds == found().seconds == 65 * 60


def test_each_team_has_its_share_of_the_counted_minutes(handed_over: Ticket, cast: Any) -> None:
    """The request was the support's for 50 minutes and the data team's for 15."""
    assert [(team.team, team.name, team.seconds / 60) for team in found().by_team] == [
        (cast.apps.pk, "Application support", 50),
        (cast.data.pk, "Data", 15),
    ]


def test_the_night_is_told_apart_and_is_no_teams(cast: Any) -> None:
    """Received at 10:00, answered at 10:30 on the next day: what was outside of the hours used up nothing."""
    ticket = cast.submit(service=cast.reset)
    services.reply(ticket, by=cast.zhou, at=MONDAY + timedelta(days=1, minutes=-30), body="…")
    outside = next(share for share in found().by_cause if share.cause is Cause.OUTSIDE)
    assert outside.seconds > found().counted_seconds
    assert sum(team.seconds for team in found().by_team) == found().counted_seconds


def test_the_shares_of_a_cycle_add_up_to_its_life(handed_over: Ticket) -> None:
    """SLA-41: every second is accounted for."""
    clock = Clock.objects.get(ticket=handed_over, kind=FIRST)
    assert clock.stopped_at is not None
    assert found().seconds == (clock.stopped_at - clock.started_at).total_seconds()


def test_what_still_runs_is_counted_apart(handed_over: Ticket, cast: Any) -> None:
    """Its shares are known when it stops."""
    cast.submit(service=cast.reset)
    assert (found().stopped, found().running) == (1, 1)


def test_what_was_met_was_spent_on_nothing(cast: Any) -> None:
    """Only missed cycles are asked."""
    services.reply(cast.submit(service=cast.reset), by=cast.zhou, at=MONDAY + M, body="…")
    assert found() == Causes(0, 0, (), ())


def test_the_cycles_behind_a_cause_are_the_ones_it_counts(handed_over: Ticket, cast: Any) -> None:
    """SLA-61: as many, with the seconds that add up to the share."""
    late = cast.submit(service=cast.reset)
    services.reply(late, by=cast.zhou, at=MONDAY + 35 * M, body="…")
    for share in found().by_cause:
        rows = list(spent_on(Ticket.objects.all(), WEEK, FIRST, share.cause, at=AT))
        assert (len(rows), sum(row.spent for row in rows)) == (share.cycles, share.seconds)
    for team in found().by_team:
        rows = list(spent_by_team(Ticket.objects.all(), WEEK, FIRST, team.team, at=AT))
        assert (len(rows), sum(row.spent for row in rows)) == (team.cycles, team.seconds)


def test_the_worst_come_first(handed_over: Ticket, cast: Any) -> None:
    """Forty minutes before thirty-five."""
    late = cast.submit(service=cast.reset)
    services.reply(late, by=cast.zhou, at=MONDAY + 35 * M, body="…")
    worst = spent_on(Ticket.objects.all(), WEEK, FIRST, Cause.UNASSIGNED, at=AT)
    assert [clock.ticket_id for clock in worst] == [handed_over.pk, late.pk]
