"""Compliance by hand: SLA-60, SLA-61."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from sla.figures import (
    COMPLIANCE_TARGETS,
    Group,
    Outcome,
    Tally,
    compliance,
    cycles_behind,
    goal_of,
    repairs,
    requests_behind,
)
from sla.models import Clock, ClockKind, ClockState
from tests.cast import MONDAY
from tests.sla.kit import agreement, promise
from tickets import services
from tickets.figures import Period
from tickets.models import Ticket
from tickets.states import TicketType, Wait

SHANGHAI = ZoneInfo("Asia/Shanghai")
TUESDAY = MONDAY + timedelta(days=1)  # 10:00 in Shanghai
FIRST = ClockKind.FIRST_RESPONSE
M = timedelta(minutes=1)


def week() -> Period:
    return Period.ending_today(7, at=TUESDAY, zone=SHANGHAI)


def first_responses(at: datetime = TUESDAY, period: Period | None = None) -> Any:
    return compliance(Ticket.objects.all(), period or week(), at=at)[FIRST]


@pytest.fixture
def five(cast: Any) -> dict[str, Ticket]:
    """Monday 10:00, due 10:30: answered in time, late, never, withdrawn; and one due Tuesday 10:15."""
    asked = {name: cast.submit(service=cast.reset) for name in ("met", "missed", "silent", "withdrawn")}
    asked["running"] = cast.submit(service=cast.reset, at=TUESDAY - 15 * M)
    services.reply(asked["met"], by=cast.zhou, at=MONDAY + 10 * M, body="…")
    services.reply(asked["missed"], by=cast.zhou, at=MONDAY + 60 * M, body="…")
    services.withdraw(asked["withdrawn"], by=cast.chen, at=MONDAY + 5 * M)
    return asked


def test_met_over_met_and_missed_with_void_apart(five: dict[str, Ticket]) -> None:
    """SLA-60: one met, two missed (one of them still running and not swept), one void, one in time and not counted."""
    level = first_responses()
    assert (level.now.met, level.now.missed, level.now.void) == (1, 2, 1)
    assert level.now.counted == 3
    assert level.now.share == pytest.approx(1 / 3)
    assert Clock.objects.get(ticket=five["silent"]).state == ClockState.RUNNING


def test_hand_written_sql_gives_the_same(five: dict[str, Ticket]) -> None:
    """SLA-60, in other words."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*) FILTER (WHERE stopped_at <= due_at AND state = 'met'),
                   count(*) FILTER (WHERE state <> 'void' AND (stopped_at > due_at OR stopped_at IS NULL)
                                    AND due_at < %(now)s)
            FROM sla_clock
            WHERE kind = 'first_response' AND due_at >= '2026-11-11 00:00+08' AND due_at < '2026-11-18 00:00+08'
            """,
            {"now": TUESDAY},
        )
        assert cursor.fetchone() == (first_responses().now.met, first_responses().now.missed)


def test_a_cycle_is_missed_only_after_its_due_instant(cast: Any) -> None:
    """SLA-60, SLA-05: at the due instant itself it is still in time."""
    ticket = cast.submit(service=cast.reset)
    due = Clock.objects.get(ticket=ticket).due_at
    assert due == MONDAY + 30 * M
    assert first_responses(at=due).now.counted == 0
    assert first_responses(at=due + timedelta(microseconds=1)).now.missed == 1


def test_without_cycles_there_is_no_data_rather_than_a_hundred_per_cent(cast: Any) -> None:
    """SLA-60."""
    level = first_responses()
    assert level.now.share is None
    assert level.change is None
    cast.submit(service=cast.reset, at=TUESDAY - 5 * M)
    assert first_responses().now.share is None


def test_the_period_before_is_compared(cast: Any, five: dict[str, Ticket]) -> None:
    """The week before had one request, answered in time: 1 ÷ 1 then, 1 ÷ 3 now."""
    earlier = cast.submit(service=cast.reset, at=MONDAY - timedelta(days=7))
    services.reply(earlier, by=cast.zhou, at=MONDAY - timedelta(days=7) + M, body="…")
    level = first_responses()
    assert level.before.share == 1
    assert level.change == pytest.approx(1 / 3 - 1)
    assert [point.counted for point in level.trend] == [0, 0, 0, 0, 0, 3, 0]
    assert [point.counted for point in level.trend_before] == [0, 0, 0, 0, 0, 1, 0]


def test_superseded_cycles_are_ignored(cast: Any) -> None:
    """SLA-60, SLA-32: a request that becomes a complaint counts once, under its new target."""
    ticket = cast.submit(service=cast.reset)
    services.classify(ticket, by=cast.zhou, at=MONDAY + M, type=TicketType.COMPLAINT)
    services.reply(ticket, by=cast.zhou, at=MONDAY + 2 * M, body="…")
    assert Clock.objects.filter(ticket=ticket, kind=FIRST).count() == 2
    level = first_responses(at=TUESDAY)
    assert (level.now.met, level.now.missed, level.now.void) == (1, 0, 0)


def test_a_paused_cycle_is_not_counted(cast: Any) -> None:
    """SLA-60, SLA-18: a resolution that waits for the client has no due instant."""
    ticket = cast.in_assessment()
    services.wait(ticket, by=cast.zhou, at=MONDAY + M, wait_for=Wait.CLIENT)
    later = MONDAY + timedelta(days=5)
    period = Period.ending_today(7, at=later, zone=SHANGHAI)
    levels = compliance(Ticket.objects.all(), period, at=later)
    assert levels[ClockKind.RESOLUTION].now.counted == 0


def test_days_are_those_of_the_readers_zone(cast: Any) -> None:
    """A complaint of Tuesday 01:00 in Shanghai is due on Wednesday there, on Tuesday in London."""
    cast.submit(service=cast.complaint, at=datetime(2026, 11, 16, 17, tzinfo=UTC))
    at = datetime(2026, 11, 20, tzinfo=UTC)
    for zone, due in ((SHANGHAI, date(2026, 11, 18)), (ZoneInfo("Europe/London"), date(2026, 11, 17))):
        period = Period.ending_today(7, at=at, zone=zone)
        trend = first_responses(at=at, period=period).trend
        assert [day for day, point in zip(period.points, trend, strict=True) if point.missed] == [due]


@pytest.mark.parametrize("outcome", list(Outcome))
def test_the_requests_behind_a_figure_are_as_many_as_it_says(five: dict[str, Ticket], outcome: Outcome) -> None:
    """SLA-61."""
    tally = first_responses().now
    about = (Ticket.objects.all(), week(), FIRST, outcome)
    assert cycles_behind(*about, at=TUESDAY).count() == tally.of(outcome)
    assert requests_behind(*about, at=TUESDAY).count() == tally.of(outcome)


def test_the_requests_behind_a_figure_are_the_right_ones(five: dict[str, Ticket]) -> None:
    """SLA-61."""
    missed = requests_behind(Ticket.objects.all(), week(), FIRST, Outcome.MISSED, at=TUESDAY)
    assert set(missed) == {five["missed"], five["silent"]}


def test_figures_are_made_of_what_the_person_may_see(cast: Any, five: dict[str, Ticket]) -> None:
    """An agent of another team counts nothing of it."""
    theirs = Ticket.objects.visible_to(cast.sun)
    assert compliance(theirs, week(), at=TUESDAY)[FIRST].now.counted == 0
    assert requests_behind(theirs, week(), FIRST, Outcome.COUNTED, at=TUESDAY).count() == 0


def test_every_kind_has_a_target() -> None:
    """A figure without a target would have nothing to be measured against."""
    assert set(COMPLIANCE_TARGETS) == set(ClockKind)


# --- repairs ----------------------------------------------------------------------------------------


@pytest.fixture
def repaired(cast: Any) -> dict[str, Ticket]:
    """Incidents due within two hours: one solved in time, one late, one not at all; and a consultation in time."""
    agreement(promise("resolution", 120), client=cast.huaxin)
    found = {"met": cast.in_execution(), "late": cast.in_execution(), "open": cast.in_execution()}
    for name, after in (("met", 30 * M), ("late", 150 * M)):
        services.deliver(found[name], by=cast.zhou, at=MONDAY + after, summary="…", self_checked=True)
    found["other"] = cast.submit(service=cast.reset)
    services.take_up(found["other"], by=cast.zhou, at=MONDAY)
    services.deliver(found["other"], by=cast.zhou, at=MONDAY + M, summary="…", self_checked=True)
    return found


def test_repairs_are_the_resolution_of_incidents_alone(repaired: dict[str, Ticket]) -> None:
    """R-044, R-061: of three one was repaired within its time; by hand, too."""
    level = repairs(Ticket.objects.all(), week(), at=TUESDAY)
    assert level.now == Tally(met=1, missed=2)
    assert (level.target, level.kind) == (0.999, ClockKind.RESOLUTION)
    assert compliance(Ticket.objects.all(), week(), at=TUESDAY)[ClockKind.RESOLUTION].now == Tally(met=2, missed=2)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*) FILTER (WHERE c.stopped_at <= c.due_at), count(*)
            FROM sla_clock c JOIN tickets_ticket t ON t.id = c.ticket_id
            WHERE c.kind = 'resolution' AND t.type = 'incident' AND c.due_at < %(now)s
            """,
            {"now": TUESDAY},
        )
        assert cursor.fetchone() == (level.now.met, level.now.counted)


def test_only_repairs_have_a_goal_of_their_own() -> None:
    """R-044."""
    incident, complaint = TicketType.INCIDENT, TicketType.COMPLAINT
    assert goal_of(ClockKind.RESOLUTION, Group.TYPE, incident) == 0.999
    assert goal_of(ClockKind.RESOLUTION, Group.TYPE, complaint) == COMPLIANCE_TARGETS[ClockKind.RESOLUTION]
    assert goal_of(FIRST, Group.TYPE, incident) == COMPLIANCE_TARGETS[FIRST]
