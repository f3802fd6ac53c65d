"""SLA-40: the rows are a cache; what was spoiled is found and made anew, and nothing is told twice."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from notifications.models import Notice
from sla.models import Clock, ClockStep
from sla.services.rebuild import rebuild, verify
from sla.services.sweep import sweep
from tests.cast import MONDAY, Cast
from tests.sla.kit import DAYS, HOURS, MINUTES
from tickets import services
from tickets.models import Ticket, TicketEvent

COLUMNS = [
    field.attname
    for field in Clock._meta.concrete_fields
    if field.attname not in ("id", "read_at", "counted", "paused")
]


@pytest.fixture
def tickets(cast: Cast) -> list[Ticket]:
    """One met, one missed and handed over, one running, one reopened."""
    met, missed, running = (cast.submit() for _ in range(3))
    services.reply(met, by=cast.zhao, at=MONDAY + MINUTES, body="x")
    services.assign(missed, by=cast.li, at=MONDAY + 10 * MINUTES, assignee=cast.zhou)
    services.assign(missed, by=cast.li, at=MONDAY + 20 * MINUTES, assignee=cast.zhao)
    services.reply(missed, by=cast.zhao, at=MONDAY + 50 * MINUTES, body="x")
    again = cast.closed()
    services.reopen(again, by=cast.chen, at=MONDAY + HOURS, reason="x")
    sweep(MONDAY + DAYS)
    return [met, missed, running, again]


def rows() -> list[dict[str, Any]]:
    order = ("ticket", "kind", "cycle", "part")
    return list(Clock.objects.order_by(*order).values(*COLUMNS))


def steps() -> list[tuple[Any, ...]]:
    return sorted(ClockStep.objects.values_list("clock__ticket", "clock__kind", "clock__part", "step", "at", "event"))


def shares() -> list[tuple[Any, ...]]:
    fields = ("ticket", "kind", "shares__cause", "shares__team", "shares__seconds")
    return sorted(Clock.objects.filter(shares__isnull=False).values_list(*fields), key=str)


def test_a_sound_installation_has_no_differences(tickets: list[Ticket]) -> None:
    assert list(verify(Ticket.objects.all())) == []
    assert shares()


@pytest.mark.parametrize(
    "spoiled",
    [
        {"due_at": MONDAY},
        {"state": "met"},
        {"breached_at": None},
        {"next_check_at": MONDAY + 9 * DAYS},
        {"stopped_at": MONDAY + 3 * HOURS},
    ],
)
def test_a_spoiled_row_is_found_and_made_anew(tickets: list[Ticket], spoiled: dict[str, Any]) -> None:
    before = rows()
    clock = Clock.objects.get(ticket=tickets[1], kind="first_response")
    Clock.objects.filter(pk=clock.pk).update(**spoiled)
    found = list(verify(Ticket.objects.all()))
    assert {each.number for each in found} == {tickets[1].number}
    assert next(iter(spoiled)) in {each.what for each in found}
    rebuild(Ticket.objects.filter(pk=tickets[1].pk), at=MONDAY + DAYS)
    assert list(verify(Ticket.objects.all())) == []
    assert rows() == before


def test_lost_rows_steps_and_shares_are_found(tickets: list[Ticket]) -> None:
    Clock.objects.filter(ticket=tickets[2], kind="first_response").delete()
    ClockStep.objects.filter(clock__ticket=tickets[1], step="breach").delete()
    clock = Clock.objects.get(ticket=tickets[1], kind="first_response")
    clock.shares.all().delete()
    found = {(each.number, each.what) for each in verify(Ticket.objects.all())}
    assert {(tickets[2].number, "row"), (tickets[1].number, "step"), (tickets[1].number, "shares")} <= found


def test_rebuilding_everything_changes_and_tells_nothing(tickets: list[Ticket]) -> None:
    before = rows(), steps(), shares(), Notice.objects.count(), TicketEvent.objects.count()
    due = list(Ticket.objects.order_by("pk").values_list("due_at", "due_kind"))
    assert rebuild(Ticket.objects.all(), at=MONDAY + DAYS) == len(tickets)
    assert (rows(), steps(), shares(), Notice.objects.count(), TicketEvent.objects.count()) == before
    assert list(Ticket.objects.order_by("pk").values_list("due_at", "due_kind")) == due


def test_the_command_checks_lists_and_repairs(tickets: list[Ticket]) -> None:
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("rebuild_clocks", check=True, stdout=out, stderr=err)
    assert ended.value.code == 0
    Clock.objects.filter(ticket=tickets[1], kind="first_response").update(state="met")
    with pytest.raises(SystemExit) as ended:
        call_command("rebuild_clocks", check=True, stdout=out, stderr=err)
    assert ended.value.code == 1
    assert f"{tickets[1].number} first_response 1.1 state: the row says met, the record breached" in err.getvalue()
    call_command("rebuild_clocks", stdout=out, stderr=err)
    assert "Rebuilt the clocks of 1 requests." in out.getvalue()
    assert list(verify(Ticket.objects.all())) == []
