"""What holds for every life of a request: SLA-18, SLA-40…43."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from sla.engine.clock import BREACH, ClockState, Fact, FactKind, Kind, Reading, TargetSpec, ledger, read
from tests.sla_engine.strategies import choices, lives

some = settings(max_examples=150, deadline=None)
RETARGETS = (FactKind.RETARGETED, FactKind.RECALCULATED)
MICROSECOND = timedelta(microseconds=1)
Specs = dict[tuple[Kind, int], TargetSpec | None]
times = st.one_of(st.just(timedelta()), st.timedeltas(timedelta(), timedelta(days=3)))


def chooser(facts: list[Fact], specs: Specs):
    """Targets by the number of retargetings so far."""
    version = {}
    for fact in facts:
        version[fact.key] = (max(version.values(), default=0) + (fact.kind in RETARGETS)) if version else 0
    return lambda kind, fact, since: specs.get((kind, version[fact.key] % 4))


def readings(facts: list[Fact], specs: Specs, now) -> list[Reading]:
    return read(facts, chooser(facts, specs), now)


def name(reading: Reading) -> tuple[Kind, int, int]:
    return reading.kind, reading.cycle, reading.part


def told_by(reading: Reading) -> tuple[object, ...]:
    """What `next_check_at` promises to stay the same until then."""
    return reading.state, reading.steps, reading.breached_at


@some
@given(lives(), choices, times)
def test_the_ledger_is_contiguous_and_its_parts_sum_to_the_figures(facts, specs, later):
    """SLA-41"""
    now = facts[-1].at + later
    for reading in readings(facts, specs, now):
        entries = ledger(reading)
        end = reading.stopped_at or now
        marks = [reading.start, *(entry.end for entry in entries)]
        assert [entry.start for entry in entries] == marks[:-1]
        assert marks[-1] == end
        for what, figure in [("counted", reading.counted), ("paused", reading.paused)]:
            assert sum((e.end - e.start for e in entries if e.what == what), timedelta()) == figure


@some
@given(lives(), choices, times, times)
def test_a_stopped_cycle_does_not_change_as_time_passes(facts, specs, later, still_later):
    """SLA-40"""
    now = facts[-1].at + later
    before = [reading for reading in readings(facts, specs, now) if reading.stopped_at]
    after = [reading for reading in readings(facts, specs, now + still_later) if reading.stopped_at]
    assert before == after


@some
@given(lives(), choices, st.integers(1, 15))
def test_facts_of_the_future_are_not_read(facts, specs, kept):
    """SLA-40: the reading of an instant is the same before and after later facts are known."""
    now = facts[min(kept, len(facts)) - 1].at
    known = [fact for fact in facts if fact.at <= now]
    assert readings(facts, specs, now) == readings(known, specs, now)


@some
@given(lives(), choices, times)
def test_figures_are_consistent(facts, specs, later):
    """SLA-05, SLA-18, SLA-42, SLA-43"""
    now = facts[-1].at + later
    found = readings(facts, specs, now)
    assert len({name(reading) for reading in found}) == len(found)
    for reading in found:
        end = reading.stopped_at or now
        steps = [step.step for step in reading.steps]
        assert len(set(steps)) == len(steps)
        assert all(reading.start <= step.at <= end for step in reading.steps)
        assert (BREACH in steps) == (reading.breached_at is not None)
        assert reading.remaining == max(timedelta(), reading.target.duration - reading.counted)
        assert (reading.due_at is None) == (reading.state is ClockState.PAUSED)
        assert (reading.stopped_at is None) == (
            reading.state in (ClockState.RUNNING, ClockState.PAUSED)
            or (reading.state is ClockState.BREACHED and reading.stopped_by is None)
        )


@some
@given(lives(), choices, times)
def test_breached_means_stopped_or_running_after_the_due_instant(facts, specs, later):
    """SLA-05, SLA-20, SLA-42"""
    now = facts[-1].at + later
    for reading in readings(facts, specs, now):
        if reading.breached_at:
            assert reading.breached_at == reading.due_at < (reading.stopped_at or now)
            assert reading.state not in (ClockState.MET, ClockState.RUNNING, ClockState.PAUSED)
            assert reading.counted >= reading.target.duration
        else:
            assert reading.state is not ClockState.BREACHED
            assert reading.counted <= reading.target.duration
            assert reading.due_at is None or reading.due_at >= (reading.stopped_at or now)


@some
@given(lives(), choices, times)
def test_nothing_happens_before_the_next_check_and_something_does_then(facts, specs, later):
    """SLA-43: a sweep that looks only at `next_check_at` misses nothing and never looks in vain."""
    now = facts[-1].at + later
    for reading in readings(facts, specs, now):
        look = reading.next_check_at
        if look is None:
            later_on = readings(facts, specs, now + timedelta(days=30))
            assert told_by(reading) in [told_by(other) for other in later_on if name(other) == name(reading)]
            continue
        assert look > now
        (just_before,) = [r for r in readings(facts, specs, look - MICROSECOND) if name(r) == name(reading)]
        (then,) = [r for r in readings(facts, specs, look) if name(r) == name(reading)]
        assert told_by(just_before) == told_by(reading)
        assert told_by(then) != told_by(reading)


@some
@given(lives(), choices, times)
def test_steps_once_reached_stay_reached_while_the_part_lives(facts, specs, later):
    """SLA-43: as facts come in, a part only gains steps, and they keep their instants."""
    reached: dict[tuple[Kind, int, int, str], object] = {}
    for fact in facts:
        for reading in readings(facts, specs, fact.at):
            for step in reading.steps:
                key = (*name(reading), step.step)
                assert reached.setdefault(key, step.at) == step.at
    final = readings(facts, specs, facts[-1].at)
    kept = {(*name(reading), step.step) for reading in final for step in reading.steps}
    gone = {key[:3] for key in reached.keys() - kept}
    assert not gone
