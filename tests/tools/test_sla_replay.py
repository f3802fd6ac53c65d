"""`manage.py sla_replay`: stories told in JSON lines, read by the same fold as in the application (SLA-40)."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

import pytest

from tests.tools.kit import CHINA, OFFICE, OFFICE_DAY, SHANGHAI, Done, always, ask, calendar

TARGETS = {"first_response": 60, "resolution": 480}
PAUSES = {"resolution": ["client", "third_party", "date"]}


def story(*told: str, now: str, desk: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A story of June 2025 around the clock in UTC: "10 09:00 submitted", "10 09:30 wait client"."""
    return {
        "calendar": desk or always(),
        "targets": more.pop("targets", TARGETS),
        "pauses": more.pop("pauses", PAUSES),
        "events": [_event(*line.split()) for line in told],
        "now": _instant(*now.split()),
        **more,
    }


def _event(day: str, time: str, kind: str, *more: str) -> dict[str, Any]:
    event: dict[str, Any] = {"at": _instant(day, time), "kind": kind}
    if kind == "wait":
        event["for"] = more[0]
    if kind == "priority_changed":
        event["targets"] = {name: float(minutes) for name, _, minutes in (each.partition("=") for each in more)}
    if "specialist" in more:
        event["specialist"] = True
    return event


def _instant(day: str, time: str) -> str:
    return f"2025-06-{day}T{time}:00+00:00"


def clock(
    kind: str,
    state: str,
    due: str | None,
    stopped: str | None,
    minutes: float,
    breached: str | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A reading of a clock that started on the 10th at 09:00 unless said otherwise."""
    return {
        "kind": kind,
        "cycle": 1,
        "state": state,
        "start": "2025-06-10T09:00:00Z",
        "due": _shown(due),
        "stopped": _shown(stopped),
        "counted_seconds": minutes * 60,
        "breached_at": _shown(breached),
        **{name: _shown(value) if name == "start" else value for name, value in more.items()},
    }


def _shown(text: str | None) -> str | None:
    return None if text is None else f"2025-06-{text.replace(' ', 'T')}:00Z"


STORIES: dict[str, tuple[dict[str, Any], list[dict[str, Any]]]] = {
    "answered in time and still running": (
        story("10 09:00 submitted", "10 09:40 staff_message", now="10 11:00"),
        [
            clock("first_response", "met", "10 10:00", "10 09:40", 40),
            clock("resolution", "running", "10 17:00", None, 120),
        ],
    ),
    "answered at the very instant it is due": (
        story("10 09:00 submitted", "10 10:00 staff_message", now="10 10:00", targets={"first_response": 60}),
        [clock("first_response", "met", "10 10:00", "10 10:00", 60)],
    ),
    "neither a note nor an automatic reply nor the client answers": (
        story(
            "10 09:00 submitted",
            "10 09:10 auto_reply",
            "10 09:20 internal_note",
            "10 09:30 client_message",
            now="10 10:30",
            targets={"first_response": 60},
        ),
        [clock("first_response", "breached", "10 10:00", None, 90, "10 10:00")],
    ),
    "a call is an answer, and so is declining": (
        story("10 09:00 submitted", "10 09:05 call_logged", "10 09:30 declined", now="10 10:00"),
        [
            clock("first_response", "met", "10 10:00", "10 09:05", 5),
            clock("resolution", "void", "10 17:00", "10 09:30", 30),
        ],
    ),
    "only a specialist gives the technical response": (
        story(
            "10 09:00 submitted",
            "10 09:10 staff_message",
            "10 09:50 staff_message specialist",
            now="10 10:00",
            targets={"technical_response": 60},
        ),
        [clock("technical_response", "met", "10 10:00", "10 09:50", 50)],
    ),
    "a wait pauses the resolution and not the response": (
        story(
            "10 09:00 submitted",
            "10 09:30 wait client",
            "10 12:30 resume",
            "10 12:40 staff_message",
            now="10 13:00",
        ),
        [
            clock("first_response", "breached", "10 10:00", "10 12:40", 220, "10 10:00"),
            clock("resolution", "running", "10 20:00", None, 60),
        ],
    ),
    "a wait that the target does not list pauses nothing": (
        story(
            "10 09:00 submitted",
            "10 09:30 wait third_party",
            now="10 10:00",
            targets={"resolution": 480},
            pauses={"resolution": ["client"]},
        ),
        [clock("resolution", "running", "10 17:00", None, 60)],
    ),
    "no clock breaches while paused": (
        story("10 09:00 submitted", "10 10:00 wait date", now="12 09:00", targets={"resolution": 90}),
        [clock("resolution", "paused", None, None, 60)],
    ),
    "one that was late before the wait stays late": (
        story("10 09:00 submitted", "10 11:00 wait client", now="12 09:00", targets={"resolution": 90}),
        [clock("resolution", "breached", "10 10:30", None, 120, "10 10:30")],
    ),
    "one wait replaces the other": (
        story(
            "10 09:00 submitted",
            "10 10:00 wait client",
            "10 11:00 wait third_party",
            "10 12:00 resume",
            now="10 12:30",
            targets={"resolution": 480},
            pauses={"resolution": ["client"]},
        ),
        [clock("resolution", "running", "10 18:00", None, 150)],
    ),
    "each unanswered message of the client is a round": (
        story(
            "10 09:00 submitted",
            "10 09:10 client_message",
            "10 09:20 staff_message",
            "10 10:00 client_message",
            "10 10:20 client_message",
            "10 10:50 staff_message",
            "10 11:00 client_message",
            now="10 12:30",
            targets={"next_response": 60},
        ),
        [
            clock("next_response", "met", "10 11:00", "10 10:50", 50, start="10 10:00"),
            clock("next_response", "breached", "10 12:00", None, 90, "10 12:00", start="10 11:00", cycle=2),
        ],
    ),
    "a rejected delivery makes the same clock go on": (
        story(
            "10 09:00 submitted",
            "10 11:00 delivered",
            "10 15:00 rejected",
            "10 16:00 delivered",
            "10 18:00 accepted",
            now="11 09:00",
            targets={"resolution": 480},
        ),
        [clock("resolution", "met", "10 21:00", "10 16:00", 180)],
    ),
    "the time between acceptance and reopening does not count": (
        story(
            "10 09:00 submitted",
            "10 11:00 delivered",
            "10 12:00 accepted",
            "12 12:00 reopened",
            now="12 13:00",
            targets={"resolution": 480},
        ),
        [clock("resolution", "running", "12 18:00", None, 180)],
    ),
    "a withdrawn request voids what runs": (
        story("10 09:00 submitted", "10 09:30 staff_message", "10 11:00 withdrawn", now="10 12:00"),
        [
            clock("first_response", "met", "10 10:00", "10 09:30", 30),
            clock("resolution", "void", "10 17:00", "10 11:00", 120),
        ],
    ),
    "a merged request voids what was late, which stays on record": (
        story("10 09:00 submitted", "10 11:00 merged", now="10 12:00", targets={"first_response": 60}),
        [clock("first_response", "void", "10 10:00", "10 11:00", 120, "10 10:00")],
    ),
    "another priority, another target from the same start with the same pauses": (
        story(
            "10 09:00 submitted",
            "10 10:00 wait client",
            "10 11:00 resume",
            "10 12:00 priority_changed resolution=240",
            now="10 13:00",
            targets={"resolution": 480},
        ),
        [
            clock("resolution", "superseded", "10 18:00", "10 12:00", 120),
            clock("resolution", "running", "10 14:00", None, 180),
        ],
    ),
    "a target that is past when it comes is missed when it ran out": (
        story(
            "10 09:00 submitted",
            "10 12:00 priority_changed resolution=60",
            now="10 13:00",
            targets={"resolution": 480},
        ),
        [
            clock("resolution", "superseded", "10 17:00", "10 12:00", 180),
            clock("resolution", "breached", "10 10:00", None, 240, "10 10:00"),
        ],
    ),
    "reports on progress, one round after the other": (
        story(
            "10 09:00 submitted",
            "10 10:00 execution_started",
            "10 10:50 progress_report",
            "10 12:00 progress_report",
            "10 12:30 delivered",
            now="10 15:00",
            targets={"progress_report": 60},
        ),
        [
            clock("progress_report", "met", "10 11:00", "10 10:50", 50, start="10 10:00"),
            clock("progress_report", "breached", "10 11:50", "10 12:00", 70, "10 11:50", start="10 10:50", cycle=2),
            clock("progress_report", "void", "10 13:00", "10 12:30", 30, start="10 12:00", cycle=3),
        ],
    ),
    "in office hours, over a night and a weekend": (
        story("13 16:00 submitted", "16 09:30 staff_message", now="16 10:00", desk=OFFICE),
        [
            clock("first_response", "breached", "13 17:00", "16 09:30", 90, "13 17:00", start="13 16:00"),
            clock("resolution", "running", "16 16:00", None, 120, start="13 16:00"),
        ],
    ),
    "what happens after now has not happened": (
        story("10 09:00 submitted", "10 09:30 staff_message", now="10 09:20", targets={"first_response": 60}),
        [clock("first_response", "running", "10 10:00", None, 20)],
    ),
    "before it is submitted nothing runs": (story("10 09:00 submitted", now="10 08:59"), []),
    "nothing was promised": (story("10 09:00 submitted", now="10 10:00", targets={}), []),
}


@pytest.fixture(scope="module")
def done() -> Done:
    """All stories in one run, by name."""
    return ask("sla_replay", [{"id": name, **told} for name, (told, _) in STORIES.items()])


def test_every_story_was_answered_in_order(done: Done) -> None:
    assert [answer["id"] for answer in done.answers] == list(STORIES)
    assert (done.code, done.err) == (0, b"")


@pytest.mark.parametrize("name", STORIES)
def test_the_clocks_of_a_story(done: Done, name: str) -> None:
    """SLA-10 to SLA-20, SLA-32, SLA-42."""
    answers = {answer["id"]: answer["clocks"] for answer in done.answers}
    assert answers[name] == STORIES[name][1]


def test_a_story_over_the_golden_week() -> None:
    """SLA-03: 90 minutes before the holidays; the make-up Saturday counts, the client's week does not."""
    told = {
        "id": "国庆",
        "calendar": SHANGHAI,
        "targets": {"first_response": 60, "resolution": 900},
        "pauses": {"resolution": ["client"]},
        "events": [
            {"at": "2026-09-30T16:30:00+08:00", "kind": "submitted"},
            {"at": "2026-09-30T17:00:00+08:00", "kind": "staff_message"},
            {"at": "2026-10-09T17:00:00+08:00", "kind": "wait", "for": "client"},
            {"at": "2026-10-10T10:00:00+08:00", "kind": "resume"},
        ],
        "now": "2026-10-10T11:00:00+08:00",
    }
    first, resolution = ask("sla_replay", [told]).answers[0]["clocks"]
    assert (first["state"], first["due"], first["counted_seconds"]) == ("met", "2026-09-30T09:30:00Z", 1800)
    # 90 min on the 30th, 450 on the 8th, 390 on the 9th until 17:00; then 60 on Saturday the 10th
    assert resolution["counted_seconds"] == (90 + 450 + 390 + 60) * 60
    assert (resolution["state"], resolution["due"]) == ("breached", "2026-10-09T08:30:00Z")


def test_a_story_in_the_night_that_has_an_hour_more() -> None:
    """SLA-04."""
    told = {
        "id": 1,
        "calendar": calendar("Europe/Berlin", [["22:00", "06:00"]], ["sat"]),
        "targets": {"resolution": 540},
        "events": [
            {"at": "2026-10-24T22:00:00+02:00", "kind": "submitted"},
            {"at": "2026-10-25T06:00:00+01:00", "kind": "delivered"},
        ],
        "now": "2026-10-26T00:00:00+01:00",
    }
    (resolution,) = ask("sla_replay", [told]).answers[0]["clocks"]
    assert (resolution["state"], resolution["counted_seconds"]) == ("met", 9 * 3600)
    assert resolution["due"] == resolution["stopped"] == "2026-10-25T05:00:00Z"


def test_the_order_in_the_line_does_not_matter(done: Done) -> None:
    told, expected = STORIES["a rejected delivery makes the same clock go on"]
    shuffled = {**told, "events": told["events"][::-1]}
    assert ask("sla_replay", [shuffled]).answers[0]["clocks"] == expected


def test_pauses_need_not_be_said() -> None:
    told = story("10 09:00 submitted", "10 09:30 wait client", now="10 10:00", targets={"resolution": 480})
    told.pop("pauses")
    (resolution,) = ask("sla_replay", [told]).answers[0]["clocks"]
    assert (resolution["state"], resolution["counted_seconds"]) == ("running", 3600)


def seconds(entry: dict[str, Any]) -> float:
    return (datetime.fromisoformat(entry["end"]) - datetime.fromisoformat(entry["start"])).total_seconds()


def test_without_the_flag_there_is_no_ledger(done: Done) -> None:
    assert not any("ledger" in clock for answer in done.answers for clock in answer["clocks"])


def test_the_ledger_accounts_for_every_second_of_every_story() -> None:
    """SLA-41: pieces follow each other from start to stop (or now), and the counted ones sum to what was counted."""
    run = ask("sla_replay", [{"id": name, **told} for name, (told, _) in STORIES.items()], "--ledger")
    for answer in run.answers:
        for clock in answer["clocks"]:
            entries = clock["ledger"]
            assert entries[0]["start"] == clock["start"]
            assert all(one["end"] == following["start"] for one, following in pairwise(entries))
            end = clock["stopped"] or STORIES[answer["id"]][0]["now"].replace("+00:00", "Z")
            assert entries[-1]["end"] == end
            assert sum(seconds(e) for e in entries if e["what"] == "counted") == clock["counted_seconds"]


def test_the_ledger_names_day_and_cause() -> None:
    """SLA-41: outside hours, a holiday, a make-up day, and the event of the line that paused."""
    told = {
        "id": 1,
        "calendar": {**calendar("Asia/Shanghai", OFFICE_DAY, **CHINA), "special": {"2026-10-09": [["09:00", "10:00"]]}},
        "targets": {"resolution": 3000},
        "pauses": {"resolution": ["client"]},
        "events": [
            {"at": "2026-10-07T13:00:00+08:00", "kind": "submitted"},
            {"at": "2026-10-08T17:00:00+08:00", "kind": "wait", "for": "client"},
            {"at": "2026-10-09T09:30:00+08:00", "kind": "resume"},
        ],
        "now": "2026-10-10T10:00:00+08:00",
    }
    (clock,) = ask("sla_replay", [told], "--ledger").answers[0]["clocks"]
    shown = [(e["start"][8:16], e["what"], e["day_kind"], e["cause"]) for e in clock["ledger"]]
    assert shown == [
        ("07T05:00", "outside", None, None),
        ("07T05:30", "holiday", None, None),
        ("07T10:00", "outside", None, None),
        ("08T01:00", "counted", None, None),
        ("08T04:00", "outside", None, None),
        ("08T05:30", "counted", None, None),
        ("08T09:00", "paused", None, 2),
        ("08T10:00", "outside", None, None),
        ("09T01:00", "paused", "special", 2),
        ("09T01:30", "counted", "special", None),
        ("09T02:00", "outside", None, None),
        ("10T01:00", "counted", "makeup", None),
    ]
