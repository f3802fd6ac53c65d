"""What missed cycles were spent on, kept when they stop, by cause and by team (SLA-41)."""

from __future__ import annotations

import pytest

from sla.models import Cause, Clock, ClockKind, ClockShare
from sla.services.rebuild import rebuild, verify
from tests.cast import MONDAY, Cast
from tests.sla.kit import HOURS, MINUTES, agreement, promise
from tickets import services
from tickets.models import Ticket
from tickets.states import Wait


@pytest.fixture(autouse=True)
def _promised(cast: Cast) -> None:
    """A quarter of an hour for the first answer, an hour for all of it; waiting for the client pauses the latter."""
    agreement(promise(minutes=15), promise("resolution", 60, pauses=("client",)), client=cast.huaxin)


def minutes_of(ticket: Ticket, kind: str = ClockKind.RESOLUTION) -> dict[tuple[str, object], float]:
    """Minutes by cause and team."""
    shares = ClockShare.objects.filter(clock__ticket=ticket, clock__kind=kind)
    return {(share.cause, share.team_id): share.seconds / 60 for share in shares}


def deliver(cast: Cast, ticket: Ticket, minute: float) -> Ticket:
    services.deliver(cast.fresh(ticket), by=cast.zhou, at=MONDAY + minute * MINUTES, summary="x", self_checked=True)
    return cast.fresh(ticket)


def test_waiting_for_assignment_work_and_what_comes_after_a_hand_over_are_told_apart(cast: Cast) -> None:
    ticket = cast.submit(service=cast.reset)
    services.take_up(ticket, by=cast.zhou, at=MONDAY + 20 * MINUTES)
    services.assign(cast.fresh(ticket), by=cast.li, at=MONDAY + 50 * MINUTES, assignee=cast.zhao)
    services.deliver(cast.fresh(ticket), by=cast.zhao, at=MONDAY + 90 * MINUTES, summary="x", self_checked=True)
    assert minutes_of(ticket) == {
        (Cause.UNASSIGNED, cast.apps.pk): 20,
        (Cause.IN_WORK, cast.apps.pk): 30,
        (Cause.HANDED_OVER, cast.apps.pk): 40,
    }


def test_a_wait_that_pauses_is_named_by_whom_it_waits_for_and_one_that_does_not_counts(cast: Cast) -> None:
    ticket = cast.in_execution(service=cast.reset)
    for minute, wait in ((10, Wait.CLIENT), (40, Wait.THIRD_PARTY)):
        services.wait(cast.fresh(ticket), by=cast.zhou, at=MONDAY + minute * MINUTES, wait_for=wait)
        services.resume(cast.fresh(ticket), by=cast.zhou, at=MONDAY + (minute + 20) * MINUTES)
    deliver(cast, ticket, 120)
    assert minutes_of(ticket) == {(Cause.IN_WORK, cast.apps.pk): 100, (Cause.WAIT_CLIENT, None): 20}


def test_a_cycle_that_was_met_has_none(cast: Cast) -> None:
    ticket = cast.in_execution(service=cast.reset)
    deliver(cast, ticket, 30)
    assert minutes_of(ticket) == {}
    assert minutes_of(ticket, ClockKind.FIRST_RESPONSE) == {(Cause.IN_WORK, cast.apps.pk): 30}


def test_a_cycle_that_goes_on_and_stops_again_gets_new_shares_with_the_clients_time_in_them(cast: Cast) -> None:
    """SLA-15: delivered late, rejected, delivered again."""
    ticket = deliver(cast, cast.in_execution(service=cast.reset), 90)
    assert minutes_of(ticket) == {(Cause.IN_WORK, cast.apps.pk): 90}
    services.reject(ticket, by=cast.chen, at=MONDAY + 2 * HOURS, delivery=1, reason="x")
    deliver(cast, ticket, 150)
    assert minutes_of(ticket) == {(Cause.IN_WORK, cast.apps.pk): 120, (Cause.DECIDING, None): 30}


def test_the_shares_of_a_clock_sum_to_its_life_and_the_counted_ones_to_what_it_counted(cast: Cast) -> None:
    ticket = cast.submit(service=cast.reset)
    services.take_up(ticket, by=cast.zhou, at=MONDAY + 7 * MINUTES)
    services.wait(cast.fresh(ticket), by=cast.zhou, at=MONDAY + 11 * MINUTES, wait_for=Wait.CLIENT)
    services.resume(cast.fresh(ticket), by=cast.zhou, at=MONDAY + 55 * MINUTES)
    deliver(cast, ticket, 200)
    clock = Clock.objects.get(ticket=ticket, kind=ClockKind.RESOLUTION)
    shares = list(clock.shares.all())
    assert clock.stopped_at is not None
    assert sum(share.seconds for share in shares) == (clock.stopped_at - clock.started_at).total_seconds()
    counted = sum(share.seconds for share in shares if Cause(share.cause).is_counted)
    assert counted == clock.counted.total_seconds()


def test_they_are_part_of_the_cache_and_can_be_made_anew(cast: Cast) -> None:
    """SLA-40."""
    ticket = deliver(cast, cast.in_execution(service=cast.reset), 90)
    before = minutes_of(ticket)
    share = ClockShare.objects.get(clock__ticket=ticket, clock__kind=ClockKind.RESOLUTION)
    share.seconds = 1
    share.save()
    assert [each.what for each in verify(Ticket.objects.all())] == ["shares"]
    rebuild(Ticket.objects.all(), at=MONDAY + 3 * HOURS)
    assert minutes_of(ticket) == before
    assert list(verify(Ticket.objects.all())) == []
