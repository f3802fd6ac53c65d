"""Ladders: at each point an event, notices, a raised priority, other hands; once, in working time (SLA-43, SLA-44)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from notifications.models import Notice
from sla.models import Audience, Clock, ClockState
from sla.services.points import is_after, is_before, step_of, threshold_of
from sla.services.sweep import sweep
from sla.services.terms import Rung
from tests.cast import MONDAY, Cast
from tests.sla.kit import DAYS, HOURS, MINUTES, agreement, calendar, promise
from tickets import services
from tickets.models import Ticket
from tickets.states import EventKind, Priority, Wait

SECOND = timedelta(seconds=1)
ON_THE_LADDER = (EventKind.CLOCK_WARNED, EventKind.CLOCK_BREACHED, EventKind.ESCALATED)


def climbs(ticket: Ticket) -> list[tuple[str, str, datetime]]:
    """What the ladder put on record: kind, step, instant."""
    found = ticket.events.filter(kind__in=ON_THE_LADDER).order_by("seq")
    return [(event.kind, event.data["step"], event.at) for event in found]


def told(ticket: Ticket, kind: str) -> set[str]:
    found = Notice.objects.filter(kind=kind, data__number=ticket.number)
    return {notice.recipient.email.split("@")[0] for notice in found}


def with_ladder(cast: Cast, *rungs: Rung, minutes: float = 60, kind: str = "first_response", **more: object) -> Ticket:
    """A request of Huaxin whose only clock has this ladder; it belongs to no person yet."""
    agreement(promise(kind, minutes, ladder=rungs, **more), client=cast.huaxin)
    return cast.submit(service=cast.reset)


def sweep_through(hours: float, *, every: timedelta = MINUTES, since: datetime = MONDAY) -> None:
    """A sweep a minute, each a second late, and each done twice."""
    at = since
    while at <= since + hours * HOURS:
        sweep(at + SECOND)
        sweep(at + SECOND)
        at += every


# --- points -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("point", "step"),
    [("1%", "warn:1%"), ("80%", "warn:80%"), ("100%", "warn:100%"), ("-10m", "warn:-10m"), ("-90s", "warn:-90s"),
     ("breach", "breach"), ("+30m", "late:+30m"), ("+45s", "late:+45s")],
)  # fmt: skip
def test_a_point_names_one_step(point: str, step: str) -> None:
    assert step_of(point) == step


@pytest.mark.parametrize(
    "point", ["", "0%", "101%", "080%", "80", "-0m", "+0m", "10m", "+1h", "-10", "breach ", "８０%"]
)
def test_what_is_no_point_is_refused(point: str) -> None:
    assert not is_before(point)
    assert not is_after(point)
    if point != "breach":
        with pytest.raises(ValueError, match="A point is like"):
            threshold_of(point)


@given(st.integers(1, 999_999), st.sampled_from("ms"), st.sampled_from("+-"))
def test_every_length_is_a_point_before_or_after(amount: int, unit: str, sign: str) -> None:
    point = f"{sign}{amount}{unit}"
    assert (is_before(point), is_after(point)) == (sign == "-", sign == "+")
    threshold = threshold_of(point)
    length = threshold.before or threshold.after
    assert length == timedelta(**{"minutes" if unit == "m" else "seconds": amount})


# --- what happens -----------------------------------------------------------------------------------


def test_every_rung_is_an_event_with_the_instant_it_was_reached(cast: Cast) -> None:
    """SLA-42…SLA-44: 50 %, 80 %, 10 minutes before, the breach, half an hour after."""
    ticket = with_ladder(cast, *(Rung(point) for point in ("50%", "80%", "-10m", "breach", "+30m")))
    sweep_through(2)
    assert climbs(ticket) == [
        (EventKind.CLOCK_WARNED, "warn:50%", MONDAY + 30 * MINUTES),
        (EventKind.CLOCK_WARNED, "warn:80%", MONDAY + 48 * MINUTES),
        (EventKind.CLOCK_WARNED, "warn:-10m", MONDAY + 50 * MINUTES),
        (EventKind.CLOCK_BREACHED, "breach", MONDAY + 60 * MINUTES),
        (EventKind.ESCALATED, "late:+30m", MONDAY + 90 * MINUTES),
    ]
    assert not ticket.events.filter(kind__in=ON_THE_LADDER, visibility="public").exists()


@pytest.mark.parametrize(
    ("audience", "people"),
    [
        (Audience.ASSIGNEE, {"zhao"}),
        (Audience.TEAM, {"zhou", "zhao", "li"}),
        (Audience.TEAM_LEAD, {"li"}),
        (Audience.MANAGER, {"ma"}),
        (Audience.QUALITY_OFFICER, {"qin"}),
    ],
)
@pytest.mark.parametrize(
    ("point", "kind"), [("50%", "clock_warned"), ("breach", "clock_breached"), ("+30m", "clock_escalated")]
)
def test_each_rung_tells_its_audience(cast: Cast, audience: str, people: set[str], point: str, kind: str) -> None:
    """SLA-44: the person responsible, the team, its lead, managers, quality officers; at any point."""
    ticket = with_ladder(cast, Rung(point, (audience,)))
    services.assign(ticket, by=cast.li, at=MONDAY, assignee=cast.zhao)
    sweep_through(2)
    assert told(ticket, kind) == people


def test_somebody_of_several_audiences_is_told_once(cast: Cast) -> None:
    ticket = with_ladder(cast, Rung("50%", (Audience.ASSIGNEE, Audience.TEAM, Audience.TEAM_LEAD)))
    services.assign(ticket, by=cast.li, at=MONDAY, assignee=cast.li)
    sweep_through(1)
    assert Notice.objects.filter(kind="clock_warned", recipient=cast.li).count() == 1


def test_without_a_person_responsible_the_team_is_told(cast: Cast) -> None:
    ticket = with_ladder(cast, Rung("50%", (Audience.ASSIGNEE,)))
    sweep_through(1)
    assert told(ticket, "clock_warned") == {"zhou", "zhao", "li"}


def test_a_rung_that_tells_nobody_is_on_record_all_the_same(cast: Cast) -> None:
    ticket = with_ladder(cast, Rung("50%"))
    sweep_through(0.6)
    assert [step for _, step, _ in climbs(ticket)] == ["warn:50%"]
    assert not Notice.objects.filter(kind="clock_warned").exists()


def test_the_breach_is_on_record_without_a_rung(cast: Cast) -> None:
    ticket = with_ladder(cast)
    sweep_through(1.1)
    assert climbs(ticket) == [(EventKind.CLOCK_BREACHED, "breach", MONDAY + 60 * MINUTES)]


def test_a_rung_raises_the_priority(cast: Cast) -> None:
    ticket = with_ladder(cast, Rung("breach", raise_to=Priority.CRITICAL))
    before = ticket.priority
    sweep_through(2)
    assert cast.fresh(ticket).priority == Priority.CRITICAL
    event = ticket.events.get(kind=EventKind.PRIORITY_CHANGED)
    assert event.actor is None
    assert event.data == {"from": before, "to": Priority.CRITICAL, "why": "breach"}


def test_a_rung_never_lowers_a_priority(cast: Cast) -> None:
    ticket = with_ladder(cast, Rung("50%", raise_to=Priority.NORMAL), Rung("breach", raise_to=Priority.HIGH))
    services.set_priority(ticket, by=cast.li, at=MONDAY, priority=Priority.CRITICAL, reason="电话确认")
    sweep_through(2)
    assert cast.fresh(ticket).priority == Priority.CRITICAL
    assert ticket.events.filter(kind=EventKind.PRIORITY_CHANGED).count() == 1


def test_a_raised_priority_brings_the_target_of_that_priority(cast: Cast) -> None:
    """SLA-32: from the same start, and what was told stays told."""
    agreement(
        promise("resolution", 100, ladder=(Rung("50%", raise_to=Priority.CRITICAL),)),
        promise("resolution", 80, priority=Priority.CRITICAL, ladder=(Rung("50%"),)),
        client=cast.huaxin,
    )
    ticket = cast.submit(service=cast.reset)
    sweep_through(1)
    parts = list(ticket.clocks.filter(kind="resolution").order_by("part"))
    assert [part.state for part in parts] == [ClockState.SUPERSEDED, ClockState.RUNNING]
    assert parts[1].due_at == MONDAY + 80 * MINUTES
    assert [step for _, step, _ in climbs(ticket)] == ["warn:50%"]


def test_a_rung_hands_the_request_over(cast: Cast) -> None:
    ticket = with_ladder(cast, Rung("+30m", (Audience.TEAM,), give_to=cast.data.pk))
    services.assign(ticket, by=cast.li, at=MONDAY, assignee=cast.zhou)
    sweep_through(2)
    ticket = cast.fresh(ticket)
    assert (ticket.team, ticket.assignee) == (cast.data, None)
    event = ticket.events.filter(kind=EventKind.ASSIGNED).latest("seq")
    assert event.actor is None
    assert event.data["why"] == "late:+30m"
    assert Ticket.objects.visible_to(cast.sun).filter(pk=ticket.pk).exists()


def test_a_rung_that_would_hand_over_to_the_same_team_leaves_the_person(cast: Cast) -> None:
    ticket = with_ladder(cast, Rung("50%", give_to=cast.apps.pk))
    services.assign(ticket, by=cast.li, at=MONDAY, assignee=cast.zhou)
    sweep_through(1)
    assert cast.fresh(ticket).assignee == cast.zhou


# --- once, and only when it is time -----------------------------------------------------------------


def test_each_rung_fires_once_however_often_it_is_looked_at(cast: Cast) -> None:
    """SLA-52: also when the row of the clock is asked to be looked at again and again."""
    rungs = [Rung(point, (Audience.MANAGER,), raise_to=Priority.HIGH) for point in ("50%", "-10m", "breach", "+30m")]
    ticket = with_ladder(cast, *rungs)
    for minute in range(0, 180, 7):
        at = MONDAY + minute * MINUTES
        for _ in range(3):
            Clock.objects.filter(ticket=ticket).update(next_check_at=at)
            sweep(at)
    steps = [step for _, step, _ in climbs(ticket)]
    assert sorted(set(steps)) == ["breach", "late:+30m", "warn:-10m", "warn:50%"]
    assert [steps.count(step) for step in ("warn:50%", "warn:-10m", "late:+30m")] == [1, 1, 1]
    assert steps.count("breach") == 2  # missed, and to whom that was taken up
    assert ticket.events.filter(kind=EventKind.PRIORITY_CHANGED).count() <= 1
    assert Notice.objects.filter(recipient=cast.ma, kind="clock_warned").count() == 2


def test_after_a_silence_every_rung_is_on_record_and_the_last_one_is_told(cast: Cast) -> None:
    """SLA-52: nothing missing; SLA-51: of each clock the latest news."""
    ticket = with_ladder(cast, *(Rung(point, (Audience.MANAGER,)) for point in ("50%", "80%", "breach", "+30m")))
    sweep(MONDAY + 2 * DAYS)
    assert [step for _, step, _ in climbs(ticket)] == ["warn:50%", "warn:80%", "breach", "late:+30m"]
    assert told(ticket, "clock_escalated") == {"ma"}
    assert told(ticket, "clock_warned") == told(ticket, "clock_breached") == set()


def test_a_clock_that_stopped_climbs_no_further(cast: Cast) -> None:
    ticket = with_ladder(cast, *(Rung(point) for point in ("50%", "80%", "breach", "+30m")))
    services.reply(ticket, by=cast.zhou, at=MONDAY + 40 * MINUTES, body="已处理。")
    sweep_through(3, every=10 * MINUTES)
    assert [step for _, step, _ in climbs(ticket)] == ["warn:50%"]


def test_a_missed_target_that_is_answered_climbs_no_further(cast: Cast) -> None:
    ticket = with_ladder(cast, Rung("+30m"), Rung("+60m"))
    services.reply(ticket, by=cast.zhou, at=MONDAY + 100 * MINUTES, body="抱歉。")
    sweep_through(4, every=10 * MINUTES)
    assert [step for _, step, _ in climbs(ticket)] == ["breach", "late:+30m"]


def test_nothing_is_climbed_while_the_clock_is_paused(cast: Cast) -> None:
    """SLA-17, SLA-18: the points move with the pause."""
    agreement(promise("resolution", 60, pauses=(Wait.CLIENT,), ladder=(Rung("50%"), Rung("-10m"))), client=cast.huaxin)
    ticket = cast.in_execution(service=cast.support)
    services.wait(ticket, by=cast.zhou, at=MONDAY + 20 * MINUTES, wait_for=Wait.CLIENT)
    sweep_through(10, every=10 * MINUTES, since=MONDAY + 20 * MINUTES)
    assert climbs(ticket) == []
    resumed = MONDAY + 10 * HOURS
    services.reply(cast.fresh(ticket), by=cast.chen, at=resumed, body="确认。")
    sweep_through(2, since=resumed)
    assert climbs(ticket) == [
        (EventKind.CLOCK_WARNED, "warn:50%", resumed + 10 * MINUTES),
        (EventKind.CLOCK_WARNED, "warn:-10m", resumed + 30 * MINUTES),
        (EventKind.CLOCK_BREACHED, "breach", resumed + 40 * MINUTES),
    ]


def test_time_after_the_breach_is_working_time_and_time_before_it_wall_time(cast: Cast) -> None:
    """Received at 17:00, an hour to answer, office hours 9–12 and 13:30–18: missed at closing, "+30m" at 9:30."""
    office = calendar("Office hours").pk
    agreement(promise("first_response", 60, calendar=office, ladder=(Rung("-90m"), Rung("+30m"))), client=cast.huaxin)
    five = MONDAY + 7 * HOURS
    ticket = cast.submit(service=cast.reset, at=five)
    sweep_through(20, every=15 * MINUTES, since=five)
    assert climbs(ticket) == [
        (EventKind.CLOCK_WARNED, "warn:-90m", five),  # already behind when it began
        (EventKind.CLOCK_BREACHED, "breach", five + HOURS),
        (EventKind.ESCALATED, "late:+30m", MONDAY + 23 * HOURS + 30 * MINUTES),
    ]


def test_more_requests_on_the_same_rung_cost_no_more_queries_each(cast: Cast) -> None:
    """SLA-53: a sweep over ten requests is not ten sweeps."""
    agreement(promise("first_response", 60, ladder=(Rung("50%", (Audience.MANAGER,)),)), client=cast.huaxin)

    def cost(requests: int, at: datetime) -> int:
        for _ in range(requests):
            cast.submit(service=cast.reset, at=at)
        with CaptureQueriesContext(connection) as captured:
            assert sweep(at + 31 * MINUTES) == requests
        return len(captured)

    few = cost(2, MONDAY)
    Clock.objects.update(next_check_at=None)
    assert cost(20, MONDAY + 5 * HOURS) <= few + 3
