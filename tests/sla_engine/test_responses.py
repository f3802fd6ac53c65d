"""First, technical and next response: SLA-12, SLA-13, SLA-14."""

import pytest

from sla.engine.clock import ClockState, FactKind, Kind
from tests.sla_engine.desk import Desk, june, minutes, target, told

FIRST = Desk(first_response=target(60))
TECHNICAL = Desk(technical_response=target(120))
NEXT = Desk(next_response=target(120))


@pytest.mark.parametrize("answer", ["staff_message", "call_logged", "plan_proposed", "delivered", "declined"])
def test_a_word_from_a_person_on_our_side_meets_the_first_response(answer):
    """SLA-12"""
    reading = FIRST.one(told("10 09:00 submitted", f"10 09:20 {answer}"), "10 12:00")
    assert reading.state is ClockState.MET
    assert (reading.stopped_at, reading.stopped_by) == (june("10 09:20"), 2)
    assert (reading.due_at, minutes(reading.counted)) == (june("10 10:00"), 20)
    assert reading.next_check_at is None


@pytest.mark.parametrize(
    "silence", sorted(kind for kind in FactKind if not kind.is_answer and not kind.ends_request and kind != "submitted")
)
def test_nothing_else_meets_the_first_response(silence):
    """SLA-12: not an automatic receipt, an internal note, a message of the client…"""
    reading = FIRST.one(told("10 09:00 submitted", f"10 09:20 {silence}"), "10 09:30")
    assert reading.state is ClockState.RUNNING
    assert minutes(reading.counted) == 30


def test_a_response_at_the_due_instant_is_met_and_one_later_is_not():
    """SLA-05"""
    for answered, state in [("10:00", ClockState.MET), ("10:00:00.000001", ClockState.BREACHED)]:
        reading = FIRST.one(told("10 09:00 submitted", f"10 {answered} staff_message"), "10 12:00")
        assert reading.state is state


def test_a_response_after_closing_misses_a_target_that_was_used_up_at_closing():
    """SLA-05: due 17:00, answered at 20:00; no working time passed between, but the promise did."""
    reading = FIRST.one(told("10 16:00 submitted", "10 20:00 staff_message"), "11 12:00")
    assert (reading.state, reading.breached_at) == (ClockState.BREACHED, june("10 17:00"))
    assert minutes(reading.counted) == 60


def test_a_zero_target_is_due_at_the_start():
    """SLA-05"""
    desk = Desk(first_response=target(0))
    assert desk.one(told("10 09:00 submitted"), "10 09:00").state is ClockState.RUNNING
    assert desk.one(told("10 09:00 submitted"), "10 09:01").breached_at == june("10 09:00")
    assert desk.one(told("10 09:00 submitted", "10 09:00 staff_message"), "10 09:01").state is ClockState.MET


def test_only_a_specialist_meets_the_technical_response():
    """SLA-13"""
    facts = told("10 09:00 submitted", "10 09:20 staff_message", "10 10:00 call_logged specialist")
    assert TECHNICAL.one(facts, "10 09:30").state is ClockState.RUNNING
    reading = TECHNICAL.one(facts, "10 12:00")
    assert (reading.state, reading.stopped_by, reading.start) == (ClockState.MET, 3, june("10 09:00"))


def test_the_next_response_starts_with_the_oldest_unanswered_message():
    """SLA-14: the messages at 10:30 and 11:00 do not restart it."""
    facts = told(
        "10 09:00 submitted",
        "10 09:20 staff_message",
        "10 10:00 client_message",
        "10 10:30 client_message",
        "10 11:00 client_message",
        "10 12:30 staff_message",
    )
    reading = NEXT.one(facts, "10 12:30")
    assert (reading.start, reading.started_by, reading.cycle) == (june("10 10:00"), 3, 1)
    assert (reading.state, reading.breached_at) == (ClockState.BREACHED, june("10 12:00"))
    assert minutes(reading.counted) == 150


def test_neither_the_submission_nor_a_message_before_the_first_response_starts_a_round():
    """SLA-14"""
    facts = told("10 09:00 submitted", "10 09:10 client_message", "10 09:20 staff_message")
    assert NEXT.read(facts, "10 12:00") == []


def test_each_round_of_answers_is_a_cycle_of_its_own():
    """SLA-14"""
    facts = told(
        "10 09:00 submitted",
        "10 09:20 staff_message",
        "10 10:00 client_message",
        "10 10:30 call_logged",
        "10 11:00 staff_message",
        "10 14:00 client_message",
    )
    rounds = [(reading.cycle, reading.state.value) for reading in NEXT.read(facts, "10 15:00")]
    assert rounds == [(1, "met"), (2, "running")]


def test_readings_come_by_start_then_by_kind():
    """SLA-10"""
    spec = target(60)
    desk = Desk(**{kind.value: spec for kind in Kind})
    facts = told(
        "10 09:00 submitted",
        "10 09:00 staff_message specialist",
        "10 09:00 client_message",
        "10 09:00 execution_started",
    )
    assert [reading.kind for reading in desk.read(facts, "10 09:30")] == list(Kind)


def test_a_kind_without_a_target_has_no_clock():
    """SLA-10"""
    assert Desk().read(told("10 09:00 submitted"), "10 12:00") == []


def test_nothing_runs_before_the_submission_and_a_second_one_changes_nothing():
    """SLA-12"""
    facts = told("10 08:00 staff_message", "10 09:00 submitted", "10 09:30 submitted")
    reading = FIRST.one(facts, "10 09:45")
    assert (reading.state, minutes(reading.counted)) == (ClockState.RUNNING, 45)
