"""Operations now: late, due next, paused, per team and along the axis (R-046)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from sla.figures import TeamNow, Watch, due_between, marks, teams_now, watched, with_others, with_since
from sla.models import Clock, ClockKind
from sla.services.terms import store_promises
from tests.cast import MONDAY
from tests.sla.kit import default_agreement, promise
from tickets import services
from tickets.models import Ticket
from tickets.states import Wait

M, H = timedelta(minutes=1), timedelta(hours=1)


def all_of(watch: Watch, at: Any) -> list[int]:
    return [clock.ticket_id for clock in watched(Ticket.objects.all(), watch, at=at).order_by("due_at", "pk")]


def test_a_request_is_late_past_its_due_instant_whether_or_not_the_sweep_has_seen_it(cast: Any) -> None:
    """SLA-05, SLA-60: at the instant itself it is still in time."""
    ticket = cast.submit(service=cast.reset)
    assert all_of(Watch.LATE, MONDAY + 30 * M) == []
    assert all_of(Watch.NEXT, MONDAY + 30 * M) == [ticket.pk]
    assert all_of(Watch.LATE, MONDAY + 30 * M + timedelta(microseconds=1)) == [ticket.pk]


def test_a_request_with_several_clocks_is_there_once_by_the_first_of_them(cast: Any) -> None:
    """First response is due before technical response; `others` counts the rest."""
    ticket = cast.submit(service=cast.support)
    clock = with_others(watched(Ticket.objects.all(), Watch.NEXT, at=MONDAY), Watch.NEXT, at=MONDAY).get()
    unfinished = Clock.objects.unfinished().filter(ticket=ticket).count()
    assert (clock.kind, clock.others) == (ClockKind.FIRST_RESPONSE, unfinished - 1)


def test_what_waits_is_paused_since_the_wait_began(cast: Any) -> None:
    """SLA-17: with the instant, for whoever asks how long."""
    ticket = cast.in_assessment()
    services.reply(ticket, by=cast.zhou, at=MONDAY + M, body="…")
    services.wait(ticket, by=cast.zhou, at=MONDAY + 2 * M, wait_for=Wait.THIRD_PARTY)
    services.resume(ticket, by=cast.zhou, at=MONDAY + 5 * M)
    services.wait(ticket, by=cast.zhou, at=MONDAY + 9 * M, wait_for=Wait.CLIENT)
    clock = with_since(watched(Ticket.objects.all(), Watch.PAUSED, at=MONDAY + H)).get()
    assert (clock.ticket, clock.since) == (ticket, MONDAY + 9 * M)


def test_a_clock_on_a_closed_request_is_on_the_wall(cast: Any) -> None:
    """The client wrote after the closing: the next response is promised all the same (SLA-14)."""
    store_promises(default_agreement(), [promise("next_response", 60)])
    ticket = cast.closed()
    services.reply(ticket, by=cast.chen, at=MONDAY + M, body="还有一个问题")
    assert all_of(Watch.NEXT, MONDAY + 2 * M) == [ticket.pk]
    team = teams_now(Ticket.objects.all(), at=MONDAY + 2 * M)[0]
    assert (team.open, team.next, team.ended) == (0, 1, 1)


def test_teams_are_counted_in_requests(cast: Any) -> None:
    """Open, unassigned, late, due within the hour, paused; by name, those without a team last."""
    cast.submit(service=cast.reset)  # unassigned, due in 30 minutes
    cast.in_execution()  # Zhou's; first and technical response
    cast.submit(service=cast.complaint, at=MONDAY - 30 * H)  # the data team's, late
    apps, data = teams_now(Ticket.objects.all(), at=MONDAY + M)
    assert apps == TeamNow(
        cast.apps.pk, "Application support", open=2, unassigned=1, late=0, soon=2, next=2, paused=0, ended=0
    )
    assert data == TeamNow(cast.data.pk, "Data", open=1, unassigned=1, late=1, soon=0, next=1, paused=0, ended=0)


@pytest.mark.parametrize("watch", list(Watch))
def test_a_count_is_that_of_its_list(cast: Any, watch: Watch) -> None:
    """SLA-61."""
    for hours in range(5):
        cast.submit(service=cast.support, at=MONDAY - hours * H)
    waiting = cast.in_assessment()
    services.wait(waiting, by=cast.zhou, at=MONDAY, wait_for=Wait.CLIENT)
    at = MONDAY + M
    counted = sum(getattr(team, watch.value) for team in teams_now(Ticket.objects.all(), at=at))
    assert watched(Ticket.objects.all(), watch, at=at).count() == counted
    assert counted > 0


def test_the_axis_holds_every_clock_that_becomes_due_within_its_span(cast: Any) -> None:
    """One mark per slot and team; together as many as the list between the same instants."""
    for minutes in (0, 1, 50, 119, 130):
        cast.submit(service=cast.reset, at=MONDAY - 30 * M + minutes * M)
    cast.submit(service=cast.complaint, at=MONDAY - 23 * H)
    found = marks(Ticket.objects.all(), at=MONDAY, span=2 * H, slots=12)
    first_response = [(mark.team, mark.slot, mark.count) for mark in found]
    assert first_response == [
        (cast.apps.pk, 0, 2),
        (cast.apps.pk, 5, 1),
        (cast.data.pk, 6, 1),
        (cast.apps.pk, 11, 1),
    ]
    assert sum(mark.count for mark in found) == due_between(Ticket.objects.all(), MONDAY, MONDAY + 2 * H).count()


def test_a_mark_knows_how_many_are_in_their_last_fifth(cast: Any) -> None:
    """The chip turns amber there, and so does the mark."""
    cast.submit(service=cast.reset)
    early, late = (marks(Ticket.objects.all(), at=MONDAY + minutes * M, span=H, slots=6)[0] for minutes in (20, 25))
    assert (early.soon, late.soon) == (0, 1)


def test_figures_are_made_of_what_the_person_may_see(cast: Any) -> None:
    """R-070."""
    cast.submit(service=cast.complaint)
    theirs = Ticket.objects.visible_to(cast.zhou)
    assert teams_now(theirs, at=MONDAY) == []
    assert marks(theirs, at=MONDAY, span=48 * H, slots=12) == []
    assert not watched(theirs, Watch.NEXT, at=MONDAY).exists()


def test_the_lists_are_read_from_the_index_of_unfinished_clocks(cast: Any) -> None:
    """SLA-53's way of thinking: what is closed costs nothing. The planner is told not to scan, as it would with a few
    rows; what counts is that the partial index answers."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        for watch in (Watch.LATE, Watch.NEXT):
            plan = watched(Ticket.objects.all(), watch, at=MONDAY).order_by("due_at")[:8].explain()
            assert "clocks_unfinished" in plan
            assert "Sort" not in plan.split("\n")[1]
