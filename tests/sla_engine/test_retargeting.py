"""Changes of priority, type, service or client, and recalculations: SLA-30, SLA-31, SLA-32."""

from dataclasses import replace

from sla.engine.clock import BREACH, ClockState, Kind, Step, Threshold
from tests.sla_engine.desk import Desk, june, minutes, target, told

CHANGED = told("10 09:00 submitted", "10 12:00 retargeted")


def test_the_running_cycle_is_superseded_and_a_new_one_runs_from_the_same_start():
    """SLA-32"""
    desk = Desk(resolution=target(960)).changed(2, resolution=target(240))
    old, new = desk.read(CHANGED, "10 12:30")
    assert (old.state, old.stopped_at, old.stopped_by) == (ClockState.SUPERSEDED, june("10 12:00"), 2)
    assert minutes(old.counted) == 180
    assert (new.state, new.start, new.due_at) == (ClockState.RUNNING, june("10 09:00"), june("10 13:00"))
    assert [(r.cycle, r.part) for r in (old, new)] == [(1, 1), (1, 2)]


def test_a_tighter_target_may_have_run_out_already():
    """SLA-32, SLA-42: breached at the instant the new target ran out, not at the change."""
    desk = Desk(first_response=target(240)).changed(2, first_response=target(60))
    _, new = desk.read(CHANGED, "10 12:00")
    assert (new.state, new.breached_at, minutes(new.counted)) == (ClockState.BREACHED, june("10 10:00"), 180)


def test_a_breach_already_recorded_stays_on_record():
    """SLA-32: the longer target is in time, the shorter one was not."""
    desk = Desk(first_response=target(60)).changed(2, first_response=target(240))
    old, new = desk.read(CHANGED, "10 12:30")
    assert (old.state, old.breached_at) == (ClockState.SUPERSEDED, june("10 10:00"))
    assert (new.state, new.breached_at) == (ClockState.RUNNING, None)


def test_warnings_of_the_new_target_fire_at_their_own_instants():
    """SLA-32: half of eight hours lies ahead again."""
    half = Threshold(percent=50)
    desk = Desk(resolution=target(240, half)).changed(2, resolution=target(480, half))
    old, new = desk.read(CHANGED, "10 12:30")
    assert old.steps == (Step("warn:50%", june("10 11:00")),)
    assert (new.steps, new.next_check_at) == ((), june("10 13:00"))


def test_the_new_part_has_the_same_pauses():
    """SLA-32"""
    desk = Desk(resolution=target(960, pauses="client")).changed(4, resolution=target(240, pauses="client"))
    facts = told("10 09:00 submitted", "10 10:00 wait client", "10 11:00 resume", "10 12:00 retargeted")
    _, new = desk.read(facts, "10 12:00")
    assert (minutes(new.paused), new.due_at) == (60, june("10 14:00"))


def test_an_equal_target_supersedes_nothing_and_another_version_does():
    """SLA-32: equality includes the reference to the version."""
    same = Desk(resolution=target(240, ref=1)).changed(2, resolution=target(240, ref=1))
    assert [reading.part for reading in same.read(CHANGED, "10 12:30")] == [1]
    other = Desk(resolution=target(240, ref=1)).changed(2, resolution=target(240, ref=2))
    assert [reading.part for reading in other.read(CHANGED, "10 12:30")] == [1, 2]


def test_finished_cycles_are_not_touched():
    """SLA-31"""
    desk = Desk(first_response=target(60)).changed(3, first_response=target(1))
    facts = told("10 09:00 submitted", "10 09:30 staff_message", "10 12:00 retargeted")
    assert desk.one(facts, "10 12:30").state is ClockState.MET


def test_a_clock_that_is_promised_later_runs_from_receipt():
    """SLA-32"""
    reading = Desk().changed(2, resolution=target(240)).one(CHANGED, "10 12:30")
    assert (reading.part, reading.start, reading.due_at) == (1, june("10 09:00"), june("10 13:00"))


def test_a_clock_that_is_promised_no_longer_ends_superseded_and_may_come_back():
    """SLA-32"""
    desk = Desk(resolution=target(240)).changed(2, resolution=None).changed(3, resolution=target(480))
    facts = [*CHANGED, *told("10 00:00 other", "10 00:00 other", "10 14:00 retargeted")[2:]]
    assert [r.state for r in desk.read(facts[:2], "10 12:30")] == [ClockState.SUPERSEDED]
    parts = [(r.part, r.state.value, r.start) for r in desk.read(facts, "10 14:30")]
    assert parts == [(1, "superseded", june("10 09:00")), (2, "running", june("10 09:00"))]


def test_a_change_while_the_client_decides_counts_only_if_the_clock_goes_on():
    """SLA-31, SLA-32: a stopped resolution keeps its target; a rejected one takes the new."""
    desk = Desk(resolution=target(240)).changed(3, resolution=target(30))
    facts = told("10 09:00 submitted", "10 10:00 delivered", "10 11:00 retargeted", "10 12:00 rejected")
    assert desk.one(facts[:3], "10 11:30").state is ClockState.MET
    old, new = desk.read(facts, "10 12:30")
    assert (old.state, old.stopped_at, old.stopped_by) == (ClockState.SUPERSEDED, june("10 12:00"), 3)
    assert new.steps == (Step(BREACH, june("10 09:30")),)


def test_later_rounds_take_the_target_of_their_own_start():
    """SLA-30"""
    desk = Desk(next_response=target(60)).changed(4, next_response=target(30))
    facts = told(
        "10 09:00 submitted",
        "10 09:00 staff_message",
        "10 10:00 other",
        "10 11:00 retargeted",
        "10 12:00 client_message",
    )
    assert desk.one(facts, "10 12:10").due_at == june("10 12:30")


class Asked(Desk):
    """Remembers of the resolution which fact's versions it was asked for, by fact."""

    def choose(self, kind, fact, since):
        if kind is Kind.RESOLUTION:
            self.since = getattr(self, "since", {}) | {fact.key: since.key}
        return super().choose(kind, fact, since)


def test_a_change_of_priority_keeps_the_versions_of_the_start():
    """SLA-30, SLA-31, SLA-33: only a recalculation moves a running cycle to newer versions."""
    desk = Asked(resolution=target(960))
    facts = told("10 09:00 submitted", "10 10:00 retargeted", "10 11:00 recalculated", "10 12:00 retargeted")
    desk.read(facts, "10 13:00")
    assert desk.since == {1: 1, 2: 1, 3: 3, 4: 3}


def test_a_recalculation_supersedes_only_the_clocks_it_names():
    """SLA-31"""
    desk = Desk(first_response=target(480), resolution=target(960)).changed(
        2, first_response=target(60), resolution=target(240)
    )
    facts = told("10 09:00 submitted", "10 12:00 recalculated")
    facts[1] = replace(facts[1], clocks=frozenset({"resolution"}))
    parts = [(reading.kind.value, reading.part, reading.state.value) for reading in desk.read(facts, "10 12:30")]
    assert parts == [("first_response", 1, "running"), ("resolution", 1, "superseded"), ("resolution", 2, "running")]


def test_a_recalculation_while_the_client_decides_counts_only_if_the_clock_goes_on():
    """SLA-31: and the change of priority after it uses the versions it moved to."""
    desk = Asked(resolution=target(240))
    facts = told(
        "10 09:00 submitted", "10 10:00 delivered", "10 11:00 recalculated", "10 11:30 retargeted", "10 12:00 rejected"
    )
    assert desk.one(facts, "10 12:30").part == 1
    assert desk.since == {1: 1, 4: 3}
