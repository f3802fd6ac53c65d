"""Thresholds before and after the breach, and the next instant to look: SLA-42, SLA-43, SLA-44."""

from datetime import timedelta

import pytest

from sla.engine.clock import BREACH, Step, TargetSpec, Threshold
from tests.sla_engine.desk import OFFICE, Desk, june, target, told

HALF = Threshold(percent=50)
TEN_BEFORE = Threshold(before=timedelta(minutes=10))
MICROSECOND = timedelta(microseconds=1)
SUBMITTED = told("10 09:00 submitted")


def test_each_step_bears_the_instant_it_became_true():
    """SLA-42, SLA-43"""
    reading = Desk(first_response=target(60, TEN_BEFORE, HALF)).one(SUBMITTED, "12 12:00")
    assert reading.steps == (
        Step("warn:50%", june("10 09:30")),
        Step("warn:-10m", june("10 09:50")),
        Step(BREACH, june("10 10:00")),
    )
    assert reading.next_check_at is None


def test_the_next_instant_to_look_is_the_nearest_step_ahead():
    """SLA-43: a step reached now is behind; the breach comes just after the due instant."""
    desk = Desk(first_response=target(60, HALF, TEN_BEFORE))
    looks = [desk.one(SUBMITTED, f"10 {now}").next_check_at for now in ("09:00", "09:30", "09:50", "10:00")]
    after_due = june("10 10:00") + MICROSECOND
    assert looks == [june("10 09:30"), june("10 09:50"), after_due, after_due]


def test_a_share_of_the_target_is_counted_in_working_time_and_time_before_due_on_the_wall():
    """SLA-43: due 09:10 next morning; half is 16:50, an hour before due is 08:10, before the desk opens."""
    desk = Desk(first_response=target(40, Threshold(percent=50), Threshold(before=timedelta(hours=1))))
    reading = desk.one(told("10 16:30 submitted"), "11 09:00")
    assert reading.due_at == june("11 09:10")
    assert reading.steps == (Step("warn:50%", june("10 16:50")), Step("warn:-60m", june("11 08:10")))


def test_a_warning_longer_than_the_target_is_due_at_the_start():
    """SLA-43"""
    desk = Desk(first_response=target(5, TEN_BEFORE))
    assert desk.one(SUBMITTED, "10 09:00").steps == (Step("warn:-10m", june("10 09:00")),)


def test_a_pause_holds_warnings_back():
    """SLA-18, SLA-43: 20 minutes counted before the wait, 10 after it make half of the target."""
    desk = Desk(resolution=target(60, HALF, TEN_BEFORE, pauses="client"))
    facts = told("10 09:00 submitted", "10 09:20 wait client", "10 12:00 resume")
    assert desk.one(facts, "10 11:59").steps == ()
    assert desk.one(facts, "10 12:35").steps == (
        Step("warn:50%", june("10 12:10")),
        Step("warn:-10m", june("10 12:30")),
    )


def test_a_warning_once_reached_stays_reached_when_a_pause_moves_the_due_instant():
    """SLA-43: each fires once per cycle."""
    desk = Desk(resolution=target(60, TEN_BEFORE, pauses="client"))
    facts = told("10 09:00 submitted", "10 09:55 wait client", "10 12:00 resume")
    assert desk.one(facts, "10 12:04").steps == (Step("warn:-10m", june("10 09:50")),)


def test_no_step_is_reached_after_the_stop():
    """SLA-43"""
    desk = Desk(first_response=target(60, HALF, TEN_BEFORE))
    reading = desk.one(told("10 09:00 submitted", "10 09:40 staff_message"), "12 12:00")
    assert [step.step for step in reading.steps] == ["warn:50%"]


def test_an_answer_as_a_wait_ends_reaches_no_warning():
    """SLA-43: ten minutes are left, but the clock did not run on."""
    desk = Desk(resolution=target(65, TEN_BEFORE, pauses="client"))
    facts = told("10 16:00 submitted", "10 16:55 wait client", "11 10:00 delivered")
    assert desk.one(facts, "11 13:00").steps == ()


HALF_HOUR_LATE = Threshold(after=timedelta(minutes=30))
LONG_LATE = Threshold(after=timedelta(hours=9))


def test_the_time_after_the_breach_is_working_time():
    """SLA-44: due 17:00, nine hours of the desk later is 10:00 of the day after next."""
    reading = Desk(first_response=target(60, LONG_LATE, HALF_HOUR_LATE)).one(told("10 16:00 submitted"), "12 12:00")
    assert reading.steps == (
        Step(BREACH, june("10 17:00")),
        Step("late:+30m", june("11 09:30")),
        Step("late:+540m", june("12 10:00")),
    )


def test_the_next_look_after_a_breach_is_for_the_next_step_of_the_ladder():
    """SLA-44, SLA-53: and when the ladder has no more steps, nobody looks."""
    desk = Desk(first_response=target(60, HALF_HOUR_LATE))
    looks = [desk.one(SUBMITTED, f"10 {now}").next_check_at for now in ("10:01", "10:30", "12:00")]
    assert looks == [june("10 10:30"), None, None]


def test_a_pause_holds_the_ladder_back():
    """SLA-17, SLA-44: ten minutes late, then two hours of waiting, then twenty minutes more."""
    desk = Desk(resolution=target(60, HALF_HOUR_LATE, pauses="client"))
    facts = told("10 09:00 submitted", "10 10:10 wait client", "10 12:10 resume")
    assert [step.step for step in desk.one(facts, "10 12:00").steps] == [BREACH]
    assert desk.one(facts, "10 12:00").next_check_at is None
    assert desk.one(facts, "10 13:00").steps[-1] == Step("late:+30m", june("10 12:30"))


def test_an_answer_ends_the_ladder():
    """SLA-44"""
    desk = Desk(first_response=target(60, HALF_HOUR_LATE))
    reading = desk.one(told("10 09:00 submitted", "10 10:29 staff_message"), "12 12:00")
    assert [step.step for step in reading.steps] == [BREACH]


def test_a_share_that_is_no_whole_microsecond_is_rounded_up():
    """SLA-01, SLA-43: at the instant of the warning the share has really been counted."""
    spec = TargetSpec(10 * MICROSECOND, OFFICE, thresholds=(Threshold(percent=33),))
    (step, _) = Desk(first_response=spec).one(SUBMITTED, "10 12:00").steps
    assert step.at == june("10 09:00") + 4 * MICROSECOND


@pytest.mark.parametrize(
    ("warning", "step"),
    [
        (HALF, "warn:50%"),
        (TEN_BEFORE, "warn:-10m"),
        (Threshold(before=timedelta(seconds=90)), "warn:-90s"),
        (Threshold(before=timedelta(milliseconds=1500)), "warn:-1.500000s"),
        (Threshold(after=timedelta(hours=1)), "late:+60m"),
        (Threshold(after=timedelta(seconds=30)), "late:+30s"),
    ],
)
def test_a_threshold_has_a_stable_name(warning, step):
    """SLA-43"""
    assert warning.step == step


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"percent": 50, "before": timedelta(1)},
        {"percent": 0},
        {"percent": 101},
        {"before": timedelta(-1)},
        {"before": timedelta(1), "after": timedelta(1)},
        {"after": timedelta()},
    ],
)
def test_a_senseless_threshold_is_refused(given):
    """SLA-43"""
    with pytest.raises(ValueError, match="threshold"):
        Threshold(**given)


def test_a_negative_target_is_refused():
    """SLA-10"""
    with pytest.raises(ValueError, match="negative"):
        target(-1)
