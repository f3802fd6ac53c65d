"""Merged, declined and withdrawn requests: SLA-20."""

import pytest

from sla.engine.clock import ClockState
from tests.sla_engine.desk import Desk, june, minutes, target, told

DESK = Desk(first_response=target(60), resolution=target(240), progress_report=target(60), next_response=target(60))


def states(*lines: str) -> dict[str, str]:
    return {reading.kind.value: reading.state.value for reading in DESK.read(told(*lines), "12 12:00")}


@pytest.mark.parametrize("end", ["withdrawn", "merged"])
def test_unfinished_clocks_become_void(end):
    """SLA-20"""
    assert states("10 09:00 submitted", f"10 09:30 {end}") == {"first_response": "void", "resolution": "void"}


def test_a_decline_is_a_first_response_and_then_the_end():
    """SLA-12, SLA-20"""
    assert states("10 09:00 submitted", "10 09:30 declined") == {"first_response": "met", "resolution": "void"}


def test_finished_clocks_keep_what_they_were():
    """SLA-20"""
    found = states(
        "10 09:00 submitted",
        "10 11:00 staff_message",
        "10 11:00 execution_started",
        "10 11:10 client_message",
        "10 11:20 withdrawn",
    )
    assert found == {
        "first_response": "breached",
        "resolution": "void",
        "progress_report": "void",
        "next_response": "void",
    }


def test_a_breach_before_the_end_stays_on_record_but_the_clock_is_void():
    """SLA-20, SLA-42"""
    facts = told("10 09:00 submitted", "10 10:30 merged")
    reading = Desk(first_response=target(60)).one(facts, "12 12:00")
    assert (reading.state, reading.breached_at) == (ClockState.VOID, june("10 10:00"))
    assert (reading.stopped_at, reading.stopped_by) == (june("10 10:30"), 2)


def test_a_delivered_but_not_accepted_resolution_of_a_withdrawn_request_is_void():
    """SLA-20: the time of deciding is still not counted."""
    facts = told("10 09:00 submitted", "10 10:00 delivered", "10 12:00 withdrawn")
    reading = Desk(resolution=target(240)).one(facts, "12 12:00")
    assert (reading.state, reading.stopped_at) == (ClockState.VOID, june("10 12:00"))
    assert minutes(reading.counted) == 60


def test_nothing_starts_after_the_end():
    """SLA-20"""
    ended = ("10 09:00 submitted", "10 09:10 staff_message", "10 09:30 withdrawn")
    later = ("10 10:00 client_message", "10 10:00 execution_started", "10 11:00 reopened")
    assert states(*ended, *later) == states(*ended)


TECHNICAL = Desk(technical_response=target(120))


def test_acceptance_ends_a_technical_response_that_nobody_gave():
    """SLA-13: what the client accepted needs no specialist any more; it is neither met nor missed later."""
    facts = told("10 09:00 submitted", "10 09:30 delivered", "10 10:00 accepted")
    reading = TECHNICAL.one(facts, "12 12:00")
    assert (reading.state, reading.stopped_at, reading.breached_at) == (ClockState.VOID, june("10 10:00"), None)


def test_a_technical_response_missed_before_acceptance_stays_missed():
    """SLA-18"""
    facts = told("10 09:00 submitted", "10 12:00 delivered", "10 13:00 accepted")
    reading = TECHNICAL.one(facts, "12 12:00")
    assert (reading.state, reading.breached_at) == (ClockState.BREACHED, june("10 11:00"))


def test_a_rejected_delivery_leaves_the_technical_response_running():
    """SLA-13"""
    facts = told("10 09:00 submitted", "10 09:30 delivered", "10 10:00 rejected", "10 10:30 staff_message specialist")
    assert TECHNICAL.one(facts, "12 12:00").state is ClockState.MET
