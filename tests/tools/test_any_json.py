"""Whatever JSON somebody sends: an answer or a `ReplayError`, nothing else, and the answer can be written."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sla.engine.replay import ReplayError, answer_replay, answer_time
from sla.engine.terms import FactKind, Kind
from sla.tools.lines import _answer_line
from tests.tools.kit import OFFICE, SHANGHAI, always

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([0, -1, 10**9, 10**20, -(10**400), 10**400, float("inf"), float("-inf"), float("nan"), 1e-320]),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["mon", "UTC", "Asia/Shanghai", "Mars/Olympus", "\ud800", "\x00", "client", "24:00", "2026-02-30"]),
)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
)


def mostly(good: st.SearchStrategy[Any], bad: st.SearchStrategy[Any] = anything) -> st.SearchStrategy[Any]:
    """Something wrong in one of ten places, so that most of a line is read before it is refused."""
    return st.sampled_from([good] * 9 + [bad]).flatmap(lambda chosen: chosen)


usual = [
    "2025-03-30T02:30:00+01:00",
    "2025-10-26T02:30:00+02:00",
    "2026-09-30T17:00:00+08:00",
    "2026-10-10T17:59:59.999999+08:00",
]
extreme = [
    "0001-01-01T00:00:00+00:00",
    "0001-01-01T00:00:00+23:59",
    "0001-01-08T00:00:00Z",
    "1600-02-29T00:00:00Z",
    "1899-12-31T23:59:59.999999-12:00",
    "2026-10-01T09:00:00",
    "2199-12-31T00:00:00Z",
    "9999-12-20T00:00:00Z",
    "9999-12-31T23:59:59.999999-23:59",
]
near = st.datetimes(datetime(2025, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
far = st.datetimes(timezones=st.timezones() | st.none(), allow_imaginary=True)
instants = mostly(
    st.sampled_from(usual) | near.map(datetime.isoformat),
    st.sampled_from(extreme) | far.map(datetime.isoformat) | anything,
)
numbers = mostly(st.floats(0, 10**5) | st.integers(0, 10**5), st.floats(0, 10**8) | scalars)
intervals = st.sampled_from([["09:00", "12:00"], ["13:30", "18:00"], ["22:00", "06:00"]])
hours = mostly(
    st.dictionaries(st.sampled_from(["mon", "tue", "wed", "sat", "sun"]), st.lists(intervals, unique_by=str)),
    st.dictionaries(st.sampled_from(["mon", "Mon"]), st.lists(intervals)) | anything,
)
days = mostly(
    st.sampled_from(["2025-10-26", "2026-10-01", "2026-10-10"]),
    st.sampled_from(["0001-01-01", "9999-12-31", "2026-02-30"]),
)
written = st.fixed_dictionaries(
    {"timezone": mostly(st.sampled_from(["UTC", "Europe/Berlin", "Australia/Lord_Howe"])), "hours": hours},
    optional={
        "holidays": mostly(st.lists(days)),
        "workdays": mostly(st.dictionaries(days, st.sampled_from(["mon", "sun"]))),
        "special": mostly(st.dictionaries(days, st.just([["09:00", "10:00"]]))),
    },
)
calendars = mostly(st.sampled_from([OFFICE, SHANGHAI, always("Europe/Berlin")]) | written)
asked = {"calendar": calendars, "start": instants}
times = mostly(
    st.fixed_dictionaries({**asked, "minutes": numbers}, optional={"id": anything})
    | st.fixed_dictionaries({**asked, "end": instants}, optional={"id": anything}),
    st.fixed_dictionaries(asked, optional={"minutes": numbers, "end": instants}) | anything,
)

targets = mostly(
    st.dictionaries(st.sampled_from(list(Kind)), numbers | st.none()),
    st.dictionaries(st.text(max_size=5), numbers) | anything,
)
event = mostly(
    st.fixed_dictionaries(
        {
            "at": instants,
            "kind": mostly(st.sampled_from([*FactKind, "priority_changed"]), scalars),
            "for": mostly(st.sampled_from(["client", "third_party", "date"])),
        },
        optional={"targets": targets, "specialist": mostly(st.booleans())},
    )
)
submitted = st.fixed_dictionaries({"at": st.sampled_from(usual), "kind": st.just("submitted")})
stories = mostly(
    st.fixed_dictionaries(
        {
            "calendar": calendars,
            "targets": targets,
            "events": mostly(st.builds(lambda one, more: [one, *more], submitted, st.lists(event, max_size=8))),
            "now": instants,
        },
        optional={
            "id": anything,
            "pauses": mostly(st.dictionaries(st.sampled_from(list(Kind)), st.lists(st.sampled_from(["client"])))),
        },
    )
)


def answered(answer: Any, line: Any, **how: Any) -> Any:
    try:
        return answer(line, **how)
    except ReplayError:
        return None


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(times)
def test_a_calendar_question_is_answered_or_refused(line: Any) -> None:
    found = answered(answer_time, line)
    assert found is None or set(found) in ({"id", "due"}, {"id", "worked_seconds"})


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(stories, st.booleans())
def test_a_story_is_answered_or_refused(line: Any, with_ledger: bool) -> None:
    found = answered(answer_replay, line, with_ledger=with_ledger)
    assert found is None or set(found) == {"id", "clocks"}


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.one_of(times, stories, anything).map(json.dumps) | st.text(max_size=40), st.sampled_from(["time", "replay"]))
def test_a_line_gives_a_line_of_strict_json(line: str, tool: str) -> None:
    answer, failed = _answer_line(answer_time if tool == "time" else answer_replay, line)
    assert answer.count("\n") == 1
    found = json.loads(answer, parse_constant=lambda sign: (_ for _ in ()).throw(AssertionError(sign)))
    assert ("error" in found) == failed
