"""Pauses: SLA-17, SLA-18."""

import pytest

from sla.engine.clock import BREACH, ClockState, Step, Threshold
from tests.sla_engine.desk import ALWAYS, Desk, june, minutes, target, told

WAITED = ("10 09:00 submitted", "10 09:20 wait client", "10 11:20 resume")


def test_a_wait_pauses_exactly_the_clocks_that_list_it():
    """SLA-17"""
    desk = Desk(first_response=target(60), resolution=target(240, pauses="client"))
    first, resolution = desk.read(told(*WAITED, "10 11:50 staff_message"), "10 11:50")
    assert (first.state, first.breached_at) == (ClockState.BREACHED, june("10 10:00"))
    assert (resolution.state, minutes(resolution.counted)) == (ClockState.RUNNING, 50)
    assert (resolution.due_at, minutes(resolution.paused)) == (june("10 15:00"), 120)


@pytest.mark.parametrize("reason", ["client", "third_party", "date"])
def test_each_reason_to_wait_pauses_on_its_own(reason):
    """SLA-17"""
    desk = Desk(resolution=target(240, pauses="client third_party"))
    reading = desk.one(told("10 09:00 submitted", f"10 09:20 wait {reason}"), "10 10:00")
    assert (reading.state is ClockState.PAUSED) == (reason != "date")


def test_a_paused_clock_has_time_left_but_no_due_instant():
    """SLA-18"""
    reading = Desk(resolution=target(60, pauses="client")).one(told(*WAITED[:2]), "11 16:00")
    assert (reading.state, reading.due_at, reading.next_check_at) == (ClockState.PAUSED, None, None)
    assert (minutes(reading.remaining), minutes(reading.counted)) == (40, 20)


def test_a_clock_is_paused_from_the_instant_of_the_wait_to_that_of_the_resumption():
    """SLA-17: both ends belong to what begins there."""
    desk = Desk(resolution=target(60, pauses="client"))
    states = [desk.one(told(*WAITED), f"10 {now}").state.value for now in ("09:19", "09:20", "11:19", "11:20")]
    assert states == ["running", "paused", "paused", "running"]


def test_paused_time_is_working_time():
    """SLA-17: from 16:00 over night to 10:00 are two hours of the desk."""
    facts = told("10 09:00 submitted", "10 16:00 wait client", "11 10:00 resume")
    reading = Desk(resolution=target(1000, pauses="client")).one(facts, "11 12:00")
    assert (minutes(reading.paused), minutes(reading.counted)) == (120, 540)


def test_a_wait_that_replaces_another_switches():
    """SLA-17: waiting for the third party does not pause this clock."""
    facts = told("10 09:00 submitted", "10 10:00 wait client", "10 12:00 wait third_party", "10 13:00 resume")
    reading = Desk(resolution=target(480, pauses="client")).one(facts, "10 14:00")
    assert (minutes(reading.counted), minutes(reading.paused)) == (180, 120)


def test_a_message_from_the_client_does_not_end_a_wait_but_a_delivery_does():
    """SLA-17"""
    desk = Desk(resolution=target(480, pauses="client"))
    waiting = ("10 09:00 submitted", "10 10:00 wait client", "10 11:00 client_message")
    assert desk.one(told(*waiting), "10 12:00").state is ClockState.PAUSED
    delivered = desk.one(told(*waiting, "10 12:00 delivered", "10 13:00 rejected"), "10 14:00")
    assert (delivered.state, minutes(delivered.counted)) == (ClockState.RUNNING, 120)


def test_a_wait_ordered_while_the_client_decides_pauses_the_clock_that_goes_on():
    """SLA-17"""
    facts = told("10 09:00 submitted", "10 10:00 delivered", "10 10:30 wait client", "10 11:00 rejected")
    reading = Desk(resolution=target(480, pauses="client")).one(facts, "10 12:00")
    assert (reading.state, minutes(reading.counted), minutes(reading.paused)) == (ClockState.PAUSED, 60, 60)


def test_a_round_that_starts_during_a_wait_starts_paused():
    """SLA-17"""
    facts = told("10 09:00 submitted", "10 09:10 staff_message", "10 09:20 wait client", "10 09:30 client_message")
    reading = Desk(next_response=target(60, pauses="client")).one(facts, "10 12:00")
    assert (reading.state, minutes(reading.counted)) == (ClockState.PAUSED, 0)


def test_a_breached_clock_stays_breached_in_a_pause():
    """SLA-18"""
    facts = told("10 09:00 submitted", "10 10:30 wait client")
    reading = Desk(resolution=target(60, pauses="client")).one(facts, "10 16:00")
    assert (reading.state, reading.breached_at) == (ClockState.BREACHED, june("10 10:00"))
    assert (reading.due_at, minutes(reading.counted)) == (june("10 10:00"), 90)


def test_a_target_used_up_as_a_pause_begins_is_overdue_only_after_the_pause():
    """SLA-18: no clock breaches while paused; the last instant in time is that of the resumption."""
    desk = Desk(resolution=target(60, pauses="client"))
    facts = told("10 09:00 submitted", "10 10:00 wait client", "10 12:00 resume")
    assert desk.one(facts, "10 11:00").state is ClockState.PAUSED
    assert desk.one(facts, "10 12:00").due_at == june("10 12:00")
    late = desk.one(facts, "10 12:01")
    assert (late.state, late.breached_at) == (ClockState.BREACHED, june("10 12:00"))
    assert late.steps == (Step(BREACH, june("10 12:00")),)


def test_a_clock_that_stops_in_a_pause_is_met_and_due_as_if_it_had_gone_on():
    """SLA-18: figures need a due instant (SLA-60)."""
    facts = told("10 09:00 submitted", "10 09:20 wait client", "10 15:00 staff_message")
    reading = Desk(first_response=target(60, pauses="client")).one(facts, "10 16:00")
    assert (reading.state, minutes(reading.counted)) == (ClockState.MET, 20)
    assert reading.due_at == june("10 15:40")


def test_a_wait_for_nothing_changes_nothing():
    """SLA-17: begun and ended at one instant."""
    desk = Desk(resolution=target(60, Threshold(percent=50), pauses="client", calendar=ALWAYS))
    plain = desk.one(told("10 09:00 submitted"), "10 09:40")
    waited = desk.one(told("10 09:00 submitted", "10 09:10 wait client", "10 09:10 resume"), "10 09:40")
    assert waited == plain
