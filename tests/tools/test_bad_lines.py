"""Lines that can't be answered: a sentence each, the others answered all the same, exit code 1 at the end."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.tools.kit import OFFICE, Done, ask, feed

GOOD = {"id": "good", "calendar": OFFICE, "start": "2025-06-10T09:00:00Z", "minutes": 60}
GOOD_ANSWER = {"id": "good", "due": "2025-06-10T10:00:00Z"}
STORY = {
    "id": "good",
    "calendar": OFFICE,
    "targets": {"resolution": 60},
    "events": [{"at": "2025-06-10T09:00:00Z", "kind": "submitted"}],
    "now": "2025-06-10T09:30:00Z",
}
DEEP = 100_000


def time(**changes: Any) -> dict[str, Any]:
    """The good question, changed; None takes a key away."""
    return {name: value for name, value in {**GOOD, "id": "bad", **changes}.items() if value is not None}


def desk(**changes: Any) -> dict[str, Any]:
    return time(calendar={**OFFICE, **changes})


def monday(*intervals: Any) -> dict[str, Any]:
    return desk(hours={"mon": list(intervals)})


TIMES: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown zone": (desk(timezone="Mars/Olympus"), "'Mars/Olympus' is not a known time zone."),
    "a zone that is a path": (desk(timezone="../../etc/passwd"), "'../../etc/passwd' is not a known time zone."),
    "a zone with a NUL": (desk(timezone="UTC\x00"), "'UTC\\x00' is not a known time zone."),
    "half a character": (desk(timezone="\ud800"), "'\\ud800' is not a known time zone."),
    "a zone that is a number": (desk(timezone=8), "timezone must be a text."),
    "overlapping hours": (
        monday(["09:00", "12:00"], ["11:00", "13:00"]),
        "hours.mon: the intervals 09:00–12:00 and 11:00–13:00 overlap.",
    ),
    "hours that overlap their own night": (
        monday(["22:00", "06:00"], ["23:00", "24:00"]),
        "hours.mon: the intervals 22:00–06:00 and 23:00–24:00 overlap.",
    ),
    "hours without length": (monday(["09:00", "09:00"]), "hours.mon[0]: the interval 09:00–09:00 has no length."),
    "hours with one end": (monday(["09:00"]), "hours.mon[0] must be a pair of times."),
    "hours with no end": (monday([]), "hours.mon[0] must be a pair of times."),
    "25 o'clock": (monday(["09:00", "25:00"]), "hours.mon[0]: '25:00' is not a time of day from 00:00 to 24:00."),
    "hours in words": (desk(hours="nine to five"), "hours must be an object."),
    "hours as numbers": (monday([9, 17]), "hours.mon[0] must be a text."),
    "a day of the week that is none": (desk(hours={"monday": []}), "'monday' is not a weekday"),
    "a make-up day like a list": (desk(workdays={"2025-06-14": ["mon"]}), "workdays.2025-06-14 must be a text."),
    "a make-up day like nothing": (desk(workdays={"2025-06-14": None}), "workdays.2025-06-14 must be a text."),
    "the thirtieth of February": (desk(holidays=["2025-02-30"]), "holidays[0]: '2025-02-30' is not a date"),
    "holidays by date": (desk(holidays={"2025-06-10": True}), "holidays must be a list."),
    "special hours for no date": (desk(special={"tomorrow": []}), "special: 'tomorrow' is not a date"),
    "a misspelt key": (desk(holiday=["2025-06-10"]), "holiday is not a known key of a calendar."),
    "a calendar without hours": (time(calendar={"timezone": "UTC"}), "hours is missing."),
    "a calendar without a zone": (time(calendar={"hours": {}}), "timezone is missing."),
    "a calendar that never opens": (desk(hours={}), "The calendar has no working time in the"),
    "a calendar of another kind": (time(calendar=[OFFICE]), '"calendar" must be an object.'),
    "no calendar": (time(calendar=None), '"calendar" is missing.'),
    "no start": (time(start=None), '"start" is missing.'),
    "a start without an offset": (time(start="2025-06-10T09:00:00"), '"start" must be a time with an offset'),
    "a start that is a date": (time(start="2025-06-10"), '"start" must be a time with an offset'),
    "a start in seconds": (time(start=1749546000), '"start" must be a time with an offset'),
    "a start that does not exist": (time(start="2025-02-30T09:00:00Z"), '"start" must be a time with an offset'),
    "a start at the beginning of all years": (
        time(start="0001-01-01T00:00:00+14:00"),
        "The calculation leaves the years 1 to 9999.",
    ),
    "a start at the end of all years": (
        time(start="9999-12-31T23:59:59-14:00"),
        "The calculation leaves the years 1 to 9999.",
    ),
    "neither minutes nor end": (time(minutes=None), 'The line needs either "minutes" or "end".'),
    "both": (time(end="2025-06-10T10:00:00Z"), 'The line needs either "minutes" or "end".'),
    "minutes in words": (time(minutes="60"), '"minutes" must be a number of minutes, zero or more.'),
    "minutes that are true": (time(minutes=True), '"minutes" must be a number of minutes, zero or more.'),
    "minutes in a list": (time(minutes=[60]), '"minutes" must be a number of minutes, zero or more.'),
    "negative minutes": (time(minutes=-1), '"minutes" must be a number of minutes, zero or more.'),
    "a very negative number": (time(minutes=-(10**400)), '"minutes" must be a number of minutes, zero or more.'),
    "a number with 400 zeros": (time(minutes=10**400), '"minutes" is too long.'),
    "more than a duration holds": (time(minutes=1e300), '"minutes" is too long.'),
    "two thousand years": (time(minutes=1e9), "The calculation reaches over more than 200 years."),
    "an end without an offset": (time(minutes=None, end="2025-06-10T10:00"), '"end" must be a time with an offset'),
    "an end in 4000 years": (
        time(minutes=None, end="6025-06-10T10:00:00Z"),
        "The calculation reaches over more than 200 years.",
    ),
    "from the first year": (
        time(minutes=None, start="0001-01-01T00:00:00Z", end="0001-02-01T00:00:00Z"),
        "The calculation leaves the years 1 to 9999.",
    ),
}


def story(**changes: Any) -> dict[str, Any]:
    """The good story, changed; None takes a key away."""
    return {name: value for name, value in {**STORY, "id": "bad", **changes}.items() if value is not None}


def told(**event: Any) -> dict[str, Any]:
    return story(events=[*STORY["events"], {"at": "2025-06-10T09:10:00Z", **event}])


STORIES: dict[str, tuple[dict[str, Any], str]] = {
    "no targets": (story(targets=None), '"targets" is missing.'),
    "no events": (story(events=None), '"events" is missing.'),
    "no now": (story(now=None), '"now" is missing.'),
    "a now without an offset": (story(now="2025-06-10T10:00"), '"now" must be a time with an offset'),
    "an unknown clock": (story(targets={"lunch": 60}), "'lunch' is not a kind of clock."),
    "a target in words": (story(targets={"resolution": "1h"}), '"targets.resolution" must be a number of minutes'),
    "a target with 400 zeros": (story(targets={"resolution": 10**400}), '"targets.resolution" is too long.'),
    "a target of two thousand years": (
        story(targets={"resolution": 1e9}),
        "The calculation reaches over more than 200 years.",
    ),
    "targets in a list": (story(targets=["resolution"]), '"targets" must be an object.'),
    "pauses of an unknown clock": (story(pauses={"lunch": []}), "'lunch' is not a kind of clock."),
    "pauses in words": (story(pauses={"resolution": "client"}), '"pauses.resolution" must be a list.'),
    "pauses by number": (story(pauses={"resolution": [1]}), '"pauses.resolution" must be a list of texts.'),
    "events by name": (story(events={"submitted": 1}), '"events" must be a list.'),
    "an event in words": (story(events=["submitted"]), "Event 1 must be an object."),
    "an event without a time": (told(at=None, kind="resume"), 'Event 2: "at" must be a time with an offset'),
    "an event without a kind": (told(), 'Event 2: "kind" is missing.'),
    "an unknown event": (told(kind="eaten"), "Event 2: 'eaten' is not a kind of event."),
    "an event that is a list": (told(kind=["wait"]), 'Event 2: "kind" must be a text.'),
    "a wait for nothing": (told(kind="wait"), 'Event 2: a wait needs "for", such as "client".'),
    "a wait for a number": (told(**{"kind": "wait", "for": 3}), 'Event 2: a wait needs "for", such as "client".'),
    "half a specialist": (
        told(kind="staff_message", specialist="yes"),
        'Event 2: "specialist" must be true or false.',
    ),
    "another priority with targets in words": (
        told(kind="priority_changed", targets="shorter"),
        '"targets" must be an object.',
    ),
    "a calendar that never opens": (story(calendar={**OFFICE, "hours": {}}), "The calendar has no working time in"),
    "events in the first year": (
        story(events=[{"at": "0001-01-01T00:00:00Z", "kind": "submitted"}], now="0001-02-01T00:00:00Z"),
        "The calculation leaves the years 1 to 9999.",
    ),
    "a story of 4000 years": (story(now="6025-06-10T10:00:00Z"), "The calculation reaches over more than 200 years."),
}


def between_good_ones(tool: str, good: dict[str, Any], bad: dict[str, tuple[dict[str, Any], str]]) -> Done:
    return ask(tool, [line for question, _ in bad.values() for line in (question, good)])


@pytest.fixture(scope="module")
def times() -> Done:
    """Each bad line followed by a good one, in one run."""
    return between_good_ones("sla_time", GOOD, TIMES)


@pytest.fixture(scope="module")
def stories() -> Done:
    """The same with stories."""
    return between_good_ones("sla_replay", STORY, STORIES)


def test_the_run_goes_on_and_says_so_at_the_end(times: Done, stories: Done) -> None:
    assert times.answers[1::2] == [GOOD_ANSWER] * len(TIMES)
    assert len({json.dumps(answer) for answer in stories.answers[1::2]}) == 1
    assert "error" not in stories.answers[1]
    assert (times.code, stories.code, times.err, stories.err) == (1, 1, b"", b"")


@pytest.mark.parametrize("name", TIMES)
def test_a_question_that_makes_no_sense(times: Done, name: str) -> None:
    answer = times.answers[2 * list(TIMES).index(name)]
    assert set(answer) == {"id", "error"}
    assert answer["id"] == "bad"
    assert TIMES[name][1] in answer["error"]


@pytest.mark.parametrize("name", STORIES)
def test_a_story_that_makes_no_sense(stories: Done, name: str) -> None:
    answer = stories.answers[2 * list(STORIES).index(name)]
    assert set(answer) == {"id", "error"}
    assert answer["id"] == "bad"
    assert STORIES[name][1] in answer["error"]


def with_minutes(text: str) -> bytes:
    """The good question with this in place of its minutes, as somebody typed it."""
    return json.dumps(GOOD).replace('"minutes": 60', f'"minutes": {text}').encode()


UNREADABLE: dict[str, tuple[bytes, object, str]] = {
    "no JSON": (b"nonsense", None, "This is no JSON: Expecting value: line 1 column 1 (char 0)."),
    "half of a line": (b'{"id": 1', None, "This is no JSON: "),
    "two on one line": (b"{} {}", None, "This is no JSON: Extra data: line 1 column 4 (char 3)."),
    "a list": (b"[1]", None, "The line must be an object."),
    "null": (b"null", None, "The line must be an object."),
    "a number": (b"7", None, "The line must be an object."),
    "bytes that are no UTF-8": (b'{"id": "\xff"}', None, "The line is not written in UTF-8."),
    "Latin-1": ('{"id": "für"}'.encode("latin-1"), None, "The line is not written in UTF-8."),
    "infinite minutes": (with_minutes("1e400"), "good", '"minutes" is too long.'),
    "minutes in words of IEEE": (with_minutes("Infinity"), "good", '"minutes" is too long.'),
    "minutes that are not a number": (with_minutes("NaN"), "good", '"minutes" must be a number of minutes'),
    "five thousand digits": (with_minutes("9" * 5000), "good", '"minutes" is too long.'),
    "five thousand digits below zero": (with_minutes("-" + "9" * 5000), "good", '"minutes" must be a number'),
    "an id that JSON can't write": (b'{"id": 1e400, "minutes": 1}', None, '"calendar" is missing.'),
    "deep nesting": (b'{"id": ' + b"[" * DEEP, None, "The line is nested too deeply."),
    "deep nesting of objects": (b'{"id": ' * DEEP, None, "The line is nested too deeply."),
    "a deep calendar": (
        json.dumps({**GOOD, "calendar": 0}).replace(": 0", ": " + "[" * 900 + "]" * 900).encode(),
        "good",
        '"calendar" must be an object.',
    ),
}


@pytest.fixture(scope="module")
def unreadable() -> Done:
    """Each unreadable line followed by a good one, in one run."""
    good = json.dumps(GOOD).encode()
    return feed("sla_time", b"".join(line + b"\n" + good + b"\n" for line, *_ in UNREADABLE.values()))


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_line_that_cannot_be_read(unreadable: Done, name: str) -> None:
    _, known, sentence = UNREADABLE[name]
    place = 2 * list(UNREADABLE).index(name)
    answer, following = unreadable.answers[place : place + 2]
    assert sentence in answer["error"]
    assert known is None or answer["id"] == known
    assert following == GOOD_ANSWER
    assert unreadable.code == 1


def test_lines_about_as_deep_as_can_be_read_are_answered_one_way_or_the_other() -> None:
    """What was just readable may be too deep to be written again."""
    lines = [b'{"id": ' + b"[" * depth + b"]" * depth + b"}" for depth in range(900, 1010)]
    done = feed("sla_time", b"\n".join(lines))
    assert done.code == 1
    assert done.out.count(b'"error": "') == done.out.count(b"\n") == len(lines)


def test_an_answer_whose_id_json_cannot_write_is_refused() -> None:
    line = json.dumps(GOOD).replace('"good"', "-1e999").encode()
    assert feed("sla_time", line).answers == [{"id": None, "error": '"id" is a number that JSON can\'t write.'}]


@pytest.mark.parametrize("name", ["国庆", "für", "😀", "\ud83d", 7, 7.5, None, True, ["a", {"b": 1}], "a\x00\n", ""])
def test_an_id_comes_back_as_it_was(name: object) -> None:
    """Also half a character, which UTF-8 can't write: it stays the escape it was."""
    done = ask("sla_time", [{**GOOD, "id": name}, {**GOOD, "id": name, "minutes": -1}])
    assert [answer["id"] for answer in done.answers] == [name, name]


def test_a_line_without_an_id_is_answered_without_one() -> None:
    question = {name: value for name, value in GOOD.items() if name != "id"}
    assert ask("sla_time", [question]).answers == [{"id": None, "due": GOOD_ANSWER["due"]}]


def test_blank_lines_are_passed_over_and_windows_may_have_written_them() -> None:
    good = json.dumps(GOOD).encode()
    done = feed("sla_time", b"\xef\xbb\xbf" + good + b"\r\n\r\n  \n\t\n\n" + good)
    assert done.answers == [GOOD_ANSWER] * 2
    assert done.code == 0


@pytest.mark.parametrize("tool", ["sla_time", "sla_replay"])
@pytest.mark.parametrize("given", [b"", b"\n \n"])
def test_nothing_asked_nothing_answered(tool: str, given: bytes) -> None:
    done = feed(tool, given)
    assert (done.code, done.out, done.err) == (0, b"", b"")


def test_there_is_help() -> None:
    for tool in ("sla_time", "sla_replay"):
        done = feed(tool, b"", "--help")
        assert done.code == 0
        assert b"JSON lines" in done.out
    assert b"--ledger" in done.out
