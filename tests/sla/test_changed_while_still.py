"""SLA-31: a target changed while a clock stands still counts from when it goes on; the rows say so too."""

from __future__ import annotations

from sla.models import ClockState
from sla.services.rebuild import verify
from tests.cast import MONDAY, Cast
from tests.sla.kit import MINUTES, agreement, promise
from tickets import services
from tickets.models import Ticket
from tickets.states import Priority


def test_a_delivered_request_that_was_made_urgent_goes_on_under_the_new_target(cast: Cast) -> None:
    targets = [promise("resolution", 600 - 100 * rank, priority=rank) for rank in Priority.values]
    agreement(*targets, client=cast.huaxin)
    ticket = cast.in_execution()
    services.deliver(ticket, by=cast.zhou, at=MONDAY + 100 * MINUTES, summary="x", self_checked=True)
    urgent, at = Priority.CRITICAL, MONDAY + 110 * MINUTES
    services.set_priority(cast.fresh(ticket), by=cast.zhou, at=at, priority=urgent, reason="x")
    services.reject(cast.fresh(ticket), by=cast.chen, at=MONDAY + 120 * MINUTES, delivery=1, reason="x")
    first, second = ticket.clocks.filter(kind="resolution").order_by("part")
    assert (first.state, first.stopped_at) == (ClockState.SUPERSEDED, MONDAY + 120 * MINUTES)
    assert (second.state, second.due_at) == (ClockState.RUNNING, MONDAY + (200 + 20) * MINUTES)
    assert list(verify(Ticket.objects.all())) == []


def test_a_row_that_missed_the_change_is_found(cast: Cast) -> None:
    """SLA-40: a stopped row is held against everything that happened since."""
    test_a_delivered_request_that_was_made_urgent_goes_on_under_the_new_target(cast)
    first = Ticket.objects.get().clocks.get(kind="resolution", part=1)
    first.state, first.stopped_at = ClockState.MET, MONDAY + 100 * MINUTES
    first.read_at = first.stopped_at
    first.save()
    assert "state" in {difference.what for difference in verify(Ticket.objects.all())}
