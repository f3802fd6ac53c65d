"""SLA-40: whatever happens in whatever order, the kept row equals the fold."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sla.engine.clock import Reading, ledger, read
from sla.models import Clock, ClockStep
from sla.services.clocks import row_of
from sla.services.facts import facts_of
from sla.services.pins import Pins
from sla.services.sweep import sweep
from tests.cast import MONDAY, Cast
from tickets import services
from tickets.errors import ActError, Invalid
from tickets.models import Ticket
from tickets.states import Priority, State, Wait

ACTS = st.sampled_from(
    [
        "staff",
        "specialist",
        "client",
        "note",
        "call",
        "take_up",
        "wait_client",
        "wait_third_party",
        "resume",
        "classify",
        "priority",
        "complex",
        "deliver",
        "reject",
        "accept",
        "reopen",
        "withdraw",
        "sweep",
    ]
)
STORIES = st.lists(st.tuples(st.integers(0, 40 * 60), ACTS, st.integers(1, 3)), max_size=12)


def _do(cast: Cast, ticket: Ticket, act: str, at: datetime, number: int) -> Any:
    last = ticket.deliveries.count()
    acts: dict[str, Any] = {
        "staff": lambda: services.reply(ticket, by=cast.zhou, at=at, body="x"),
        "specialist": lambda: services.reply(ticket, by=cast.zhao, at=at, body="x"),
        "client": lambda: services.reply(ticket, by=cast.chen, at=at, body="x"),
        "note": lambda: services.note(ticket, by=cast.zhou, at=at, body="x"),
        "call": lambda: services.log_call(ticket, by=cast.zhou, at=at, body="x"),
        "take_up": lambda: services.take_up(ticket, by=cast.zhou, at=at),
        "wait_client": lambda: services.wait(ticket, by=cast.zhou, at=at, wait_for=Wait.CLIENT),
        "wait_third_party": lambda: services.wait(ticket, by=cast.zhou, at=at, wait_for=Wait.THIRD_PARTY),
        "resume": lambda: services.resume(ticket, by=cast.zhou, at=at),
        "classify": lambda: services.classify(ticket, by=cast.zhou, at=at, impact=number, urgency=number),
        "priority": lambda: services.set_priority(ticket, by=cast.zhou, at=at, priority=Priority(number), reason="x"),
        "complex": lambda: services.classify(
            ticket, by=cast.zhou, at=at, complexity="complex" if number > 1 else "simple"
        ),
        "deliver": lambda: services.deliver(ticket, by=cast.zhou, at=at, summary="x", self_checked=True),
        "reject": lambda: services.reject(ticket, by=cast.chen, at=at, delivery=last, reason="x"),
        "accept": lambda: services.accept(ticket, by=cast.chen, at=at, delivery=last),
        "reopen": lambda: services.reopen(ticket, by=cast.chen, at=at, reason="x"),
        "withdraw": lambda: services.withdraw(ticket, by=cast.chen, at=at),
        "sweep": lambda: sweep(at),
    }
    return acts[act]()


COMPARED = ("kind", "cycle", "part", "state", "started_at", "due_at", "stopped_at", "breached_at", "next_check_at")
COMPARED_WHEN_OVER = ("counted", "paused", "target_seconds")


def _same(row: Clock, reading: Reading, pin: Any, now: datetime) -> None:
    fresh = row_of(row.ticket, reading, pin, now)
    names = COMPARED if reading.stopped_at is None else COMPARED + COMPARED_WHEN_OVER
    assert {n: getattr(row, n) for n in names} == {n: getattr(fresh, n) for n in names}


@pytest.fixture
def ground(cast: Cast) -> Cast:
    return cast


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=STORIES)
def test_rows_equal_the_fold_after_any_story(ground: Cast, story: list[tuple[int, str, int]]) -> None:
    ticket = ground.submit()
    at = MONDAY
    for minutes, act, number in story:
        at += timedelta(minutes=minutes)
        with suppress(ActError, Invalid):
            _do(ground, ground.fresh(ticket), act, at, number)
    sweep(at)
    ticket = ground.fresh(ticket)
    pins = Pins.of([ticket], frozen=True)
    readings = read(facts_of([ticket])[ticket.pk], pins.chooser(ticket), at)
    rows = {(row.kind, row.cycle, row.part): row for row in ticket.clocks.select_related("pin", "ticket")}
    assert len(rows) == len(readings)
    assert all(pin.pk for pin in pins.known.values()), "a rebuild must find every choice stored"
    for reading in readings:
        row = rows[reading.kind, reading.cycle, reading.part]
        _same(row, reading, row.pin, at)
        recorded = set(ClockStep.objects.filter(clock=row).values_list("step", "at"))
        assert recorded == set(reading.steps)
        counted = [entry for entry in ledger(reading) if entry.what == "counted"]
        assert sum((entry.end - entry.start for entry in counted), timedelta()) == reading.counted  # SLA-41
    live = [r.due_at for r in readings if r.stopped_at is None and r.due_at and r.state in ("running", "breached")]
    assert ticket.due_at == (min(live, default=None) if State(ticket.state).is_open else None)
