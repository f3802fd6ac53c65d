"""The sweep: each step once, at its exact instant, whatever happened to workers (SLA-42…SLA-44, SLA-50…SLA-53)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from notifications.models import Delivery, Notice
from sla.models import Clock, ClockStep
from sla.services import clocks
from sla.services.sweep import sweep
from tests.cast import MONDAY, Cast
from tickets import services
from tickets.models import Ticket
from tickets.states import EventKind

MINUTES = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


def steps(ticket: Ticket) -> list[tuple[str, object]]:
    found = ticket.events.filter(kind__in=[EventKind.CLOCK_WARNED, EventKind.CLOCK_BREACHED]).order_by("seq")
    return [(event.data["step"], event.at) for event in found]


def test_warnings_and_the_breach_come_at_their_instants(cast: Cast) -> None:
    """SLA-42, SLA-43: half an hour, warned at half and at four fifths."""
    ticket = cast.submit(service=cast.reset)
    for minute in range(40):
        sweep(MONDAY + minute * MINUTES + SECOND)
    assert steps(ticket) == [
        ("warn:50%", MONDAY + 15 * MINUTES),
        ("warn:80%", MONDAY + 24 * MINUTES),
        ("breach", MONDAY + 30 * MINUTES),
    ]
    clock = ticket.clocks.get()
    assert clock.breached_at == MONDAY + 30 * MINUTES
    assert clock.noticed_at == MONDAY + 30 * MINUTES + SECOND
    assert clock.next_check_at is None


def test_nothing_is_missing_or_double_after_a_long_silence(cast: Cast) -> None:
    """SLA-52: the sweep finds whatever was missed, with the instants at which it became true."""
    ticket = cast.submit(service=cast.reset)
    for _ in range(3):
        sweep(MONDAY + timedelta(days=2))
    assert [at for _, at in steps(ticket)] == [MONDAY + 15 * MINUTES, MONDAY + 24 * MINUTES, MONDAY + 30 * MINUTES]


def test_a_late_reply_records_the_breach_before_any_sweep_saw_it(cast: Cast) -> None:
    ticket = cast.submit(service=cast.reset)
    services.reply(ticket, by=cast.zhou, at=MONDAY + 45 * MINUTES, body="Sorry.")
    sweep(MONDAY + 50 * MINUTES)
    assert [step for step, _ in steps(ticket)] == ["warn:50%", "warn:80%", "breach"]


def test_a_met_clock_warns_no_more(cast: Cast) -> None:
    ticket = cast.submit(service=cast.reset)
    services.reply(ticket, by=cast.zhou, at=MONDAY + 20 * MINUTES, body="Hello.")
    sweep(MONDAY + timedelta(days=2))
    assert [step for step, _ in steps(ticket)] == ["warn:50%"]


def test_the_database_refuses_a_step_twice(cast: Cast) -> None:
    """SLA-52: by a unique constraint, not by hope."""
    ticket = cast.submit(service=cast.reset)
    sweep(MONDAY + 16 * MINUTES)
    step = ClockStep.objects.get(clock__ticket=ticket)
    with pytest.raises(IntegrityError), transaction.atomic():
        ClockStep.objects.create(clock=step.clock, step=step.step, at=step.at, event=step.event)


def told(kind: str) -> set[str]:
    return {notice.recipient.email.split("@")[0] for notice in Notice.objects.filter(kind=kind)}


def test_a_warning_goes_to_the_person_and_a_breach_up_the_line(cast: Cast) -> None:
    """R-046, SLA-44, SLA-51: assignee; then assignee, team lead and manager, in the outbox with the event."""
    ticket = cast.submit(service=cast.reset)
    services.assign(ticket, by=cast.li, at=MONDAY, assignee=cast.zhou)
    sweep(MONDAY + 25 * MINUTES)
    assert told("clock_warned") == {"zhou"}
    sweep(MONDAY + 31 * MINUTES)
    assert told("clock_breached") == {"zhou", "li", "ma"}
    assert Delivery.objects.filter(notice__kind="clock_breached").count() == 3
    escalated = ticket.events.get(kind=EventKind.ESCALATED)
    assert set(escalated.data["to"]) == {cast.zhou.pk, cast.li.pk, cast.ma.pk}
    sweep(MONDAY + 40 * MINUTES)
    assert ticket.events.filter(kind=EventKind.ESCALATED).count() == 1


def test_without_an_assignee_the_team_is_warned(cast: Cast) -> None:
    cast.submit(service=cast.reset)
    sweep(MONDAY + 16 * MINUTES)
    assert told("clock_warned") == {"zhou", "zhao", "li"}


def test_after_a_silence_only_the_worst_news_is_told(cast: Cast) -> None:
    cast.submit(service=cast.reset)
    sweep(MONDAY + timedelta(days=2))
    assert told("clock_warned") == set()
    assert "ma" in told("clock_breached")


def test_one_failing_clock_is_parked_and_stops_nobody(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """SLA-50."""
    bad, good = cast.submit(service=cast.reset), cast.submit(service=cast.reset)
    real = clocks.refresh

    def failing(tickets: list[Ticket], **how: object) -> object:
        if bad in tickets:
            raise ZeroDivisionError("a poisoned row")
        return real(tickets, **how)  # type: ignore[arg-type]

    monkeypatch.setattr("sla.services.sweep.refresh", failing)
    sweep(MONDAY + 16 * MINUTES)
    parked = Clock.objects.get(ticket=bad)
    assert parked.parked_at == MONDAY + 16 * MINUTES
    assert "a poisoned row" in parked.problem
    assert len(steps(good)) == 1
    assert sweep(MONDAY + 17 * MINUTES) == 0


@pytest.mark.django_db(transaction=True)
def test_a_request_that_somebody_holds_is_passed_over_and_left_to_the_next_sweep(cast: Cast) -> None:
    """SLA-50, SLA-52."""
    held, free = cast.submit(service=cast.reset), cast.submit(service=cast.reset)
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT 1 FROM tickets_ticket WHERE id = %s FOR UPDATE", [held.pk])
        assert sweep(MONDAY + 16 * MINUTES) == 1
        assert (len(steps(held)), len(steps(free))) == (0, 1)
    finally:
        other.rollback()
        other.close()
    assert sweep(MONDAY + 17 * MINUTES) == 1
    assert steps(held) == steps(free) == [("warn:50%", MONDAY + 15 * MINUTES)]


def test_with_nothing_due_a_sweep_is_one_query(cast: Cast) -> None:
    """SLA-53: cost follows what is due, not what is open."""
    for _ in range(5):
        cast.submit(service=cast.reset)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        sweep(MONDAY + MINUTES)
    assert len(queries) == 1


def test_the_sweep_looks_at_a_limited_number_at_a_time(cast: Cast) -> None:
    for _ in range(3):
        cast.submit(service=cast.reset)
    at = MONDAY + 16 * MINUTES
    assert [sweep(at, limit=2), sweep(at, limit=1), sweep(at)] == [2, 1, 0]
