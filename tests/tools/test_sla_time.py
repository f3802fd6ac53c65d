"""`manage.py sla_time`: working time and due instants, from the command line. Every instant is written out."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.sla_engine.oracle import due_minute, worked_minutes
from tests.tools.kit import CHINA, OFFICE, OFFICE_DAY, SHANGHAI, WEEK, Done, always, ask, calendar

NIGHT = calendar("UTC", [["22:00", "06:00"]], WEEK)
HALF_DAY = {**SHANGHAI, "special": {"2026-02-13": [["09:00", "12:00"]]}}
SPLIT_BERLIN = calendar("Europe/Berlin", [["01:00", "04:00"]], WEEK)

DUE: dict[str, tuple[dict[str, Any], str, float, str]] = {
    "within a day": (OFFICE, "2025-06-10T09:00:00Z", 60, "2025-06-10T10:00:00Z"),
    "before opening": (OFFICE, "2025-06-10T03:00:00Z", 60, "2025-06-10T10:00:00Z"),
    "after closing on Friday": (OFFICE, "2025-06-13T17:30:00Z", 1, "2025-06-16T09:01:00Z"),
    "used up at closing": (OFFICE, "2025-06-10T16:00:00Z", 60, "2025-06-10T17:00:00Z"),
    "a moment after closing": (OFFICE, "2025-06-10T16:00:00Z", 60.5, "2025-06-11T09:00:30Z"),
    "nothing to wait for, out of hours": (OFFICE, "2025-06-14T12:34:56Z", 0, "2025-06-14T12:34:56Z"),
    "another offset": (OFFICE, "2025-06-10T14:30:00+05:30", 60, "2025-06-10T10:00:00Z"),
    "over the midday break": (SHANGHAI, "2025-06-10T11:30:00+08:00", 60, "2025-06-10T06:00:00Z"),
    "over the golden week of 2026": (SHANGHAI, "2026-09-30T17:00:00+08:00", 90, "2026-10-08T01:30:00Z"),
    "over the spring festival of 2025": (SHANGHAI, "2025-01-27T17:30:00+08:00", 60, "2025-02-05T01:30:00Z"),
    "over the golden week of 2025": (SHANGHAI, "2025-09-30T17:30:00+08:00", 60, "2025-10-09T01:30:00Z"),
    "into a make-up Saturday": (SHANGHAI, "2025-10-10T17:30:00+08:00", 60, "2025-10-11T01:30:00Z"),
    "from a half day into a make-up Saturday": (HALF_DAY, "2026-02-13T11:00:00+08:00", 120, "2026-02-14T02:00:00Z"),
    "spring night in Berlin": (always("Europe/Berlin"), "2026-03-29T01:30:00+01:00", 60, "2026-03-29T01:30:00Z"),
    "second 02:30 in Berlin": (always("Europe/Berlin"), "2026-10-25T02:30:00+01:00", 60, "2026-10-25T02:30:00Z"),
    "first 01:30 in New York": (always("America/New_York"), "2026-11-01T01:30:00-04:00", 60, "2026-11-01T06:30:00Z"),
    "two o'clock never comes in New York": (
        calendar("America/New_York", [["02:00", "05:00"]], WEEK),
        "2026-03-08T00:00:00-05:00",
        60,
        "2026-03-08T08:00:00Z",
    ),
    "half an hour on Lord Howe": (
        calendar("Australia/Lord_Howe", [["01:00", "03:00"]], WEEK),
        "2026-04-05T01:00:00+11:00",
        150,
        "2026-04-04T16:30:00Z",
    ),
    "end of a night shift": (NIGHT, "2025-06-10T05:00:00Z", 90, "2025-06-10T22:30:00Z"),
    "a night shift on Fridays only": (
        calendar("UTC", [["22:00", "06:00"]], ["fri"]),
        "2025-06-14T05:00:00Z",
        120,
        "2025-06-20T23:00:00Z",
    ),
    "over a leap day": (always(), "2024-02-28T12:00:00Z", 2880, "2024-03-01T12:00:00Z"),
    "a leap day that is a holiday": (
        {**OFFICE, "holidays": ["2024-02-29"]},
        "2024-02-28T16:00:00Z",
        120,
        "2024-03-01T10:00:00Z",
    ),
    "a year and a leap day": (always(), "2024-02-28T12:00:00Z", 365 * 1440, "2025-02-27T12:00:00Z"),
    "sixty weeks of office hours": (OFFICE, "2025-06-09T09:00:00Z", 300 * 480, "2026-07-31T17:00:00Z"),
    "ten years around the clock": (always(), "2016-01-01T00:00:00Z", 3653 * 1440, "2026-01-01T00:00:00Z"),
    "parts of a second": (OFFICE, "2025-06-10T09:00:00.5Z", 0.001, "2025-06-10T09:00:00.560000Z"),
}

WORKED: dict[str, tuple[dict[str, Any], str, str, float]] = {
    "a day": (OFFICE, "2025-06-10T00:00:00Z", "2025-06-11T00:00:00Z", 28800),
    "the wrong way round": (OFFICE, "2025-06-11T00:00:00Z", "2025-06-10T00:00:00Z", 0),
    "no time at all": (OFFICE, "2025-06-10T10:00:00Z", "2025-06-10T10:00:00Z", 0),
    "up to closing": (OFFICE, "2025-06-10T16:59:00Z", "2025-06-10T18:00:00Z", 60),
    "two offsets": (OFFICE, "2025-06-10T12:00:00+02:00", "2025-06-10T12:00:00Z", 7200),
    "the midday break": (SHANGHAI, "2025-06-10T12:00:00+08:00", "2025-06-10T13:30:00+08:00", 0),
    "a make-up Sunday": (SHANGHAI, "2026-09-18T18:00:00+08:00", "2026-09-21T09:00:00+08:00", 27000),
    "the make-up Sunday of 2025": (SHANGHAI, "2025-09-28T00:00:00+08:00", "2025-09-29T00:00:00+08:00", 27000),
    "the golden week of 2026": (SHANGHAI, "2026-10-01T00:00:00+08:00", "2026-10-08T00:00:00+08:00", 0),
    "spring festival with its make-up days": (
        SHANGHAI,
        "2026-02-14T00:00:00+08:00",
        "2026-03-01T00:00:00+08:00",
        6 * 27000,
    ),
    "a half day": (HALF_DAY, "2026-02-13T00:00:00+08:00", "2026-02-14T00:00:00+08:00", 10800),
    "23 hours in Berlin": (
        always("Europe/Berlin"),
        "2026-03-29T00:00:00+01:00",
        "2026-03-30T00:00:00+02:00",
        82800,
    ),
    "25 hours in Berlin": (
        always("Europe/Berlin"),
        "2026-10-25T00:00:00+02:00",
        "2026-10-26T00:00:00+01:00",
        90000,
    ),
    "hours over the skipped one": (SPLIT_BERLIN, "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00", 7200),
    "hours over the repeated one": (SPLIT_BERLIN, "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00", 14400),
    "25 hours in New York": (
        always("America/New_York"),
        "2026-11-01T00:00:00-04:00",
        "2026-11-02T00:00:00-05:00",
        90000,
    ),
    "opening in the repeated hour": (
        calendar("America/New_York", [["01:30", "05:00"]], WEEK),
        "2026-11-01T00:00:00-04:00",
        "2026-11-02T00:00:00-05:00",
        16200,
    ),
    "opening in the skipped hour": (
        calendar("America/New_York", [["02:30", "05:00"]], WEEK),
        "2026-03-08T00:00:00-05:00",
        "2026-03-09T00:00:00-04:00",
        5400,
    ),
    "a longer day on Lord Howe": (
        always("Australia/Lord_Howe"),
        "2026-04-05T00:00:00+11:00",
        "2026-04-06T00:00:00+10:30",
        88200,
    ),
    "a shorter day on Lord Howe": (
        always("Australia/Lord_Howe"),
        "2026-10-04T00:00:00+10:30",
        "2026-10-05T00:00:00+11:00",
        84600,
    ),
    "a night belongs to the day it begins on": (
        calendar("UTC", [["22:00", "06:00"]], ["mon"]),
        "2025-06-09T00:00:00Z",
        "2025-06-16T00:00:00Z",
        28800,
    ),
    "a holiday takes its own night away": (
        {**NIGHT, "holidays": ["2025-06-10"]},
        "2025-06-10T00:00:00Z",
        "2025-06-11T12:00:00Z",
        6 * 3600,
    ),
    "a night shift into the repeated hour": (
        calendar("Europe/Berlin", [["22:00", "06:00"]], ["sat"]),
        "2026-10-24T00:00:00+02:00",
        "2026-10-26T00:00:00+01:00",
        9 * 3600,
    ),
    "a leap day": (always(), "2024-02-28T00:00:00Z", "2024-03-01T00:00:00Z", 2 * 86400),
    "touching hours": (
        calendar("UTC", [["09:00", "12:00"], ["12:00", "17:00"]]),
        "2025-06-10T11:00:00Z",
        "2025-06-10T13:00:00Z",
        7200,
    ),
    "hours that are not in order": (
        calendar("UTC", [["13:00", "17:00"], ["09:00", "12:00"]]),
        "2025-06-10T00:00:00Z",
        "2025-06-11T00:00:00Z",
        7 * 3600,
    ),
    "24×7 with a holiday": (
        {**always(), "holidays": ["2025-06-10"]},
        "2025-06-09T00:00:00Z",
        "2025-06-12T00:00:00Z",
        2 * 86400,
    ),
    "a quarter of a second": (OFFICE, "2025-06-10T09:00:00Z", "2025-06-10T09:00:00.25Z", 0.25),
}


@pytest.fixture(scope="module")
def done() -> Done:
    """All questions in one run, by name."""
    due = [
        {"id": name, "calendar": calendar, "start": start, "minutes": minutes}
        for name, (calendar, start, minutes, _) in DUE.items()
    ]
    worked = [
        {"id": name, "calendar": calendar, "start": start, "end": end}
        for name, (calendar, start, end, _) in WORKED.items()
    ]
    return ask("sla_time", due + worked)


def test_everything_was_answered_in_order(done: Done) -> None:
    assert [answer["id"] for answer in done.answers] == [*DUE, *WORKED]
    assert (done.code, done.err) == (0, b"")


@pytest.mark.parametrize("name", DUE)
def test_when_a_target_is_used_up(done: Done, name: str) -> None:
    """SLA-02, SLA-04, SLA-05."""
    answers = {answer["id"]: answer for answer in done.answers}
    assert answers[name] == {"id": name, "due": DUE[name][3]}


@pytest.mark.parametrize("name", WORKED)
def test_how_much_was_worked(done: Done, name: str) -> None:
    """SLA-01, SLA-02, SLA-04."""
    answers = {answer["id"]: answer for answer in done.answers}
    assert answers[name] == {"id": name, "worked_seconds": WORKED[name][3]}


@pytest.mark.parametrize(
    ("exceptions", "seconds"),
    [
        ({}, 28800),
        ({"holidays": ["2025-06-10"]}, 0),
        ({"holidays": ["2025-06-10"], "workdays": {"2025-06-10": "sun"}}, 7200),
        (
            {
                "holidays": ["2025-06-10"],
                "workdays": {"2025-06-10": "sun"},
                "special": {"2025-06-10": [["09:00", "09:30"]]},
            },
            1800,
        ),
        ({"workdays": {"2025-06-10": "mon"}, "special": {"2025-06-10": []}}, 0),
    ],
)
def test_special_hours_beat_a_make_up_day_beats_a_holiday_beats_the_week(
    exceptions: dict[str, Any], seconds: int
) -> None:
    """SLA-02."""
    desk = {"timezone": "UTC", "hours": {**OFFICE["hours"], "sun": [["10:00", "12:00"]]}, **exceptions}
    day = {"start": "2025-06-10T00:00:00Z", "end": "2025-06-11T00:00:00Z"}
    (answer,) = ask("sla_time", [{"id": 1, "calendar": desk, **day}]).answers
    assert answer == {"id": 1, "worked_seconds": seconds}


def test_a_walk_minute_by_minute_gives_the_same() -> None:
    """SLA-04, SLA-05, against an oracle that knows nothing of intervals."""
    chance = random.Random(20261001)
    questions, expected = [], []
    for n in range(120):
        zone, day = chance.choice(
            [
                ("Asia/Shanghai", datetime(2026, 10, 9, tzinfo=UTC)),
                ("Europe/Berlin", datetime(2026, 10, 24, tzinfo=UTC)),
                ("Europe/Berlin", datetime(2026, 3, 28, tzinfo=UTC)),
                ("America/New_York", datetime(2026, 3, 7, tzinfo=UTC)),
                ("Australia/Lord_Howe", datetime(2026, 4, 4, tzinfo=UTC)),
                ("UTC", datetime(2024, 2, 28, tzinfo=UTC)),
            ]
        )
        hours = chance.choice([OFFICE_DAY, [["22:00", "06:00"]], [["00:00", "24:00"]], [["00:00", "00:30"]]])
        desk = calendar(zone, hours, WEEK, **CHINA, special={})
        start = day + timedelta(minutes=chance.randrange(2880))
        length = chance.randrange(900)
        ask_for_due = n % 2 == 0
        about = {"minutes": length} if ask_for_due else {"end": (start + timedelta(minutes=length)).isoformat()}
        questions.append({"id": n, "calendar": desk, "start": start.isoformat(), **about})
        if ask_for_due:
            due = due_minute(desk, start, length) if length else start
            expected.append({"id": n, "due": due.isoformat().replace("+00:00", "Z")})
        else:
            worked = worked_minutes(desk, start, start + timedelta(minutes=length))
            expected.append({"id": n, "worked_seconds": worked * 60})
    assert ask("sla_time", questions).answers == expected
