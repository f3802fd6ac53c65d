"""The line formats, and worked stories in them."""

import json

import pytest

from sla.engine.replay import ReplayError, answer_replay, answer_time
from tests.sla_engine.desk import OFFICE, SHANGHAI_OFFICE, WEEKDAYS, calendar

OFFICE_LINE = OFFICE.to_json()
ASK = {"id": "a", "calendar": OFFICE_LINE, "start": "2025-06-10T09:00:00Z"}
STORY = {
    "id": "s",
    "calendar": OFFICE_LINE,
    "targets": {"first_response": 60, "resolution": 240},
    "pauses": {"resolution": ["client"]},
    "events": [
        {"at": "2025-06-10T09:00:00+00:00", "kind": "submitted"},
        {"at": "2025-06-10T09:20:00+00:00", "kind": "wait", "for": "client"},
        {"at": "2025-06-10T11:20:00+00:00", "kind": "resume"},
        {"at": "2025-06-10T11:50:00+00:00", "kind": "staff_message"},
    ],
    "now": "2025-06-10T11:50:00+00:00",
}


def replayed(**changes: object) -> list[dict[str, object]]:
    return answer_replay(STORY | changes)["clocks"]


def events(*rows: tuple[str, str]) -> list[dict[str, str]]:
    return [{"at": time, "kind": kind} for time, kind in rows]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ({"minutes": 60}, {"due": "2025-06-10T10:00:00Z"}),
        ({"minutes": 0.5}, {"due": "2025-06-10T09:00:30Z"}),
        ({"minutes": 0.0001}, {"due": "2025-06-10T09:00:00.006000Z"}),
        ({"end": "2025-06-10T12:00:00+02:00"}, {"worked_seconds": 3600}),
        ({"end": "2025-06-10T09:00:00.250000Z"}, {"worked_seconds": 0.25}),
    ],
)
def test_a_calendar_question_is_answered_exactly(question, answer):
    """SLA-01: whole seconds are integers, parts of them are not rounded away."""
    found = answer_time(ASK | question)
    assert found == {"id": "a"} | answer
    assert all(type(found[key]) is type(answer[key]) for key in answer)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({}, 'either "minutes" or "end"'),
        ({"minutes": 1, "end": "2025-06-10T09:00:00Z"}, 'either "minutes" or "end"'),
        ({"minutes": -1}, '"minutes" must be a number'),
        ({"minutes": True}, '"minutes" must be a number'),
        ({"minutes": "60"}, '"minutes" must be a number'),
        ({"minutes": float("nan")}, '"minutes" must be a number'),
        ({"minutes": 1e300}, '"minutes" is too long'),
        ({"minutes": 1e10}, "more than 200 years"),
        ({"minutes": 1, "start": "2025-06-10T09:00:00"}, '"start" must be a time with an offset'),
        ({"minutes": 1, "start": "yesterday"}, '"start" must be a time with an offset'),
        ({"minutes": 1, "start": None}, '"start" must be a time with an offset'),
        ({"end": 5}, '"end" must be a time with an offset'),
        ({"minutes": 1, "calendar": "office"}, '"calendar" must be an object'),
        ({"minutes": 1, "calendar": {"hours": {}}}, "timezone is missing"),
        ({"minutes": 1, "calendar": {"timezone": "UTC", "hours": {}}}, "no working time"),
    ],
)
def test_a_bad_calendar_question_is_refused_in_a_sentence(change, sentence):
    with pytest.raises(ReplayError, match=sentence):
        answer_time(ASK | change)


@pytest.mark.parametrize("name", ["calendar", "start"])
def test_a_missing_part_of_a_question_is_named(name):
    line = {key: value for key, value in ASK.items() if key != name}
    with pytest.raises(ReplayError, match=f'"{name}" is missing'):
        answer_time(line | {"minutes": 1})


@pytest.mark.parametrize("line", [None, [], "x", 1])
def test_a_line_that_is_no_object_is_refused(line):
    for answer in (answer_time, answer_replay):
        with pytest.raises(ReplayError, match="must be an object"):
            answer(line)


def test_a_story_is_answered_with_its_clocks():
    """SLA-17: the wait pauses the resolution, not the first response."""
    assert answer_replay(STORY) == {
        "id": "s",
        "clocks": [
            {
                "kind": "first_response",
                "cycle": 1,
                "state": "breached",
                "start": "2025-06-10T09:00:00Z",
                "due": "2025-06-10T10:00:00Z",
                "stopped": "2025-06-10T11:50:00Z",
                "counted_seconds": 10200,
                "breached_at": "2025-06-10T10:00:00Z",
            },
            {
                "kind": "resolution",
                "cycle": 1,
                "state": "running",
                "start": "2025-06-10T09:00:00Z",
                "due": "2025-06-10T15:00:00Z",
                "stopped": None,
                "counted_seconds": 3000,
                "breached_at": None,
            },
        ],
    }


def test_the_ledger_comes_when_asked_for_and_is_json():
    """SLA-41: causes are numbers of events in the line, from 1."""
    answer = json.loads(json.dumps(answer_replay(STORY, with_ledger=True)))
    assert answer["clocks"][1]["ledger"][1] == {
        "start": "2025-06-10T09:20:00Z",
        "end": "2025-06-10T11:20:00Z",
        "what": "paused",
        "day_kind": None,
        "cause": 2,
    }


def test_a_response_met_while_the_clock_is_not_paused_by_the_wait():
    """SLA-05, SLA-12: Shanghai, answered after 20 minutes; the wait runs over the midday break."""
    first, resolution = replayed(
        calendar=SHANGHAI_OFFICE.to_json(),
        targets={"first_response": 45, "resolution": 240},
        events=[
            {"at": "2025-06-10T11:00:00+08:00", "kind": "submitted"},
            {"at": "2025-06-10T11:20:00+08:00", "kind": "staff_message"},
            {"at": "2025-06-10T11:30:00+08:00", "kind": "wait", "for": "client"},
            {"at": "2025-06-10T14:00:00+08:00", "kind": "resume"},
        ],
        now="2025-06-10T14:00:00+08:00",
    )
    assert (first["state"], first["due"], first["counted_seconds"]) == ("met", "2025-06-10T03:45:00Z", 1200)
    assert (resolution["due"], resolution["counted_seconds"]) == ("2025-06-10T09:30:00Z", 1800)


def test_a_request_in_the_repeated_hour_counts_what_passed():
    """SLA-04: from the first 02:45 to the second 02:10 are 25 minutes."""
    first, resolution = replayed(
        calendar=calendar([["00:00", "24:00"]], "Europe/Berlin", WEEKDAYS).to_json(),
        targets={"first_response": 30, "resolution": 120},
        events=events(
            ("2025-10-26T02:45:00+02:00", "submitted"),
            ("2025-10-26T02:10:00+01:00", "staff_message"),
            ("2025-10-26T02:40:00+01:00", "delivered"),
        ),
        now="2025-10-26T02:40:00+01:00",
    )
    assert (first["due"], first["counted_seconds"]) == ("2025-10-26T01:15:00Z", 1500)
    assert (resolution["due"], resolution["counted_seconds"]) == ("2025-10-26T02:45:00Z", 3300)


def test_a_change_of_priority_supersedes_the_targets_it_names():
    """SLA-32: kinds that are not named keep theirs; null ends a kind."""
    change = {"at": "2025-06-10T12:00:00Z", "kind": "priority_changed"}
    submitted = STORY["events"][:1]
    named = replayed(events=[*submitted, change | {"targets": {"resolution": 60}}], now=change["at"])
    assert [(clock["kind"], clock["state"]) for clock in named] == [
        ("first_response", "breached"),
        ("resolution", "superseded"),
        ("resolution", "breached"),
    ]
    ended = replayed(events=[*submitted, change | {"targets": {"first_response": None}}], now=change["at"])
    assert [clock["state"] for clock in ended] == ["superseded", "running"]


def test_events_count_by_their_time_not_by_their_place_in_the_line():
    """SLA-40"""
    assert replayed(events=STORY["events"][::-1]) == replayed()


def test_a_specialist_is_marked_as_such():
    """SLA-13"""
    answer = {"at": "2025-06-10T09:20:00Z", "kind": "staff_message"}
    for extra, state in [({}, "running"), ({"specialist": True}, "met")]:
        told = [STORY["events"][0], answer | extra]
        (clock,) = replayed(targets={"technical_response": 240}, events=told)
        assert clock["state"] == state


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"targets": {"lunch": 60}}, "'lunch' is not a kind of clock"),
        ({"targets": {"resolution": "60"}}, '"targets.resolution" must be a number'),
        ({"targets": [60]}, '"targets" must be an object'),
        ({"pauses": {"lunch": []}}, "'lunch' is not a kind of clock"),
        ({"pauses": {"resolution": "client"}}, '"pauses.resolution" must be a list'),
        ({"events": {}}, '"events" must be a list'),
        ({"events": ["submitted"]}, "Event 1 must be an object"),
        ({"events": [{"kind": "submitted"}]}, 'Event 1: "at" is missing'),
        ({"events": events(("2025-06-10T09:00", "submitted"))}, 'Event 1: "at" must be a time with an offset'),
        ({"events": events(("2025-06-10T09:00Z", "eaten"))}, "Event 1: 'eaten' is not a kind of event"),
        ({"events": events(("2025-06-10T09:00Z", "wait"))}, 'Event 1: a wait needs "for"'),
        (
            {"events": [{"at": "2025-06-10T09:00Z", "kind": "staff_message", "specialist": "yes"}]},
            'Event 1: "specialist" must be true or false',
        ),
        ({"now": "now"}, '"now" must be a time with an offset'),
        ({"calendar": {"timezone": "UTC", "hours": {}}}, "no working time"),
    ],
)
def test_a_bad_story_is_refused_in_a_sentence(change, sentence):
    with pytest.raises(ReplayError, match=sentence):
        replayed(**change)
