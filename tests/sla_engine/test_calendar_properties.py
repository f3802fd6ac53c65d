"""What holds for every calendar, also against an oracle that walks the minutes."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import assume, given, settings

from sla.engine.calendar import Calendar
from tests.sla_engine import oracle
from tests.sla_engine.strategies import durations, instants, notations, opens_weekly

some = settings(max_examples=150, deadline=None)
few = settings(max_examples=60, deadline=None)


@few
@given(notations(), instants(whole_minutes=True), durations(hours=72))
def test_worked_agrees_with_walking_the_minutes(notation, start, length):
    """SLA-02, SLA-04"""
    end = start + timedelta(minutes=length // timedelta(minutes=1))
    expected = timedelta(minutes=oracle.worked_minutes(notation, start, end))
    assert Calendar.from_json(notation).worked(start, end) == expected


@few
@given(notations(), instants(whole_minutes=True), durations(hours=12))
def test_due_agrees_with_walking_the_minutes(notation, start, length):
    """SLA-05"""
    assume(sum(map(len, notation["hours"].values())) > 6)
    minutes = length // timedelta(minutes=1)
    assert Calendar.from_json(notation).due(start, timedelta(minutes=minutes)) == oracle.due_minute(
        notation, start, minutes
    )


@some
@given(notations(), instants(), durations(hours=200))
def test_what_is_worked_until_due_is_the_target(notation, start, target):
    """SLA-01, SLA-05: to the microsecond."""
    assume(opens_weekly(notation))
    calendar = Calendar.from_json(notation)
    assert calendar.worked(start, calendar.due(start, target)) == target


@some
@given(notations(), instants(), durations())
def test_due_is_the_earliest_such_instant(notation, start, target):
    """SLA-05"""
    assume(opens_weekly(notation) and target)
    calendar = Calendar.from_json(notation)
    just_before = calendar.due(start, target) - timedelta(microseconds=1)
    assert calendar.worked(start, just_before) == target - timedelta(microseconds=1)


@some
@given(notations(), instants(), durations(), durations())
def test_worked_time_adds_up(notation, start, first, second):
    """SLA-04: no instant is counted twice or lost between two neighbouring stretches."""
    calendar = Calendar.from_json(notation)
    middle, end = start + first, start + first + second
    assert calendar.worked(start, middle) + calendar.worked(middle, end) == calendar.worked(start, end)


@some
@given(notations(), instants(), durations(), durations())
def test_a_longer_target_is_never_due_earlier(notation, start, target, more):
    """SLA-05"""
    assume(opens_weekly(notation))
    calendar = Calendar.from_json(notation)
    assert start <= calendar.due(start, target) <= calendar.due(start, target + more)


@some
@given(notations(), instants(), durations(), durations())
def test_a_later_start_is_never_due_earlier(notation, start, later, target):
    """SLA-05, for targets longer than nothing: a zero target is due at its start, open or closed."""
    assume(opens_weekly(notation) and target)
    calendar = Calendar.from_json(notation)
    assert calendar.due(start, target) <= calendar.due(start + later, target)


@some
@given(notations(), instants(), durations(hours=200))
def test_worked_time_is_never_longer_than_the_time_that_passed(notation, start, length):
    """SLA-04"""
    worked = Calendar.from_json(notation).worked(start, start + length)
    assert timedelta() <= worked <= length


@some
@given(notations(), instants(), durations(hours=200))
def test_spans_cover_the_time_and_their_open_parts_are_what_is_worked(notation, start, length):
    """SLA-41"""
    calendar = Calendar.from_json(notation)
    end = start + length
    spans = calendar.spans(start, end)
    marks = [start, *(span.end for span in spans)]
    assert [span.start for span in spans] == marks[:-1]
    assert marks[-1] == end
    assert all(a.kind is not b.kind for a, b in pairwise(spans))
    opened = sum((span.end - span.start for span in spans if span.kind.is_open), timedelta())
    assert opened == calendar.worked(start, end)


@some
@given(notations())
def test_the_notation_survives_reading_and_writing(notation):
    """SLA-02"""
    calendar = Calendar.from_json(notation)
    again = Calendar.from_json(calendar.to_json())
    assert again == calendar
    assert hash(again) == hash(calendar)
