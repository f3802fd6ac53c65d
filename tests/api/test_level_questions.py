"""What figures are asked for and makes no sense is refused at its place."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.calling import error_of
from tests.api.kit import NOWHERE, Manager
from tests.cast import Cast


@pytest.mark.parametrize(
    ("asked", "places"),
    [
        ({"days": 0}, {"days"}),
        ({"days": 10**30}, {"days"}),
        ({"zone": "Mars/Olympus"}, {"zone"}),
        ({"zone": "../etc/passwd"}, {"zone"}),
        ({"first": "2026-11-01"}, {"last"}),
        ({"last": "2026-11-01"}, {"first"}),
        ({"first": "2026-11-02", "last": "2026-11-01"}, {"last"}),
        ({"first": "2020-01-01", "last": "2026-11-01"}, {"last"}),
        ({"first": "0001-01-01", "last": "0001-01-02"}, {"first"}),
        ({"first": "9999-12-30", "last": "9999-12-31"}, {"first"}),
        ({"first": "soon", "last": "2026-02-30"}, {"first", "last"}),
        ({"organisation": "x"}, {"organisation"}),
        ({"type": "quarrel"}, {"type"}),
        ({"priority": "9"}, {"priority"}),
        ({"service": "a\x00"}, {"service"}),
    ],
)
def test_a_question_that_makes_no_sense_is_refused_at_its_place(
    cast: Cast, ma: Manager, asked: dict[str, Any], places: set[str]
) -> None:
    answer = ma.get("levels/compliance/", **asked)
    assert answer.status_code == 400, answer.content
    assert set(error_of(answer)["fields"]) == places


@pytest.mark.parametrize(
    ("name", "asked", "places"),
    [
        ("groups", {}, {"kind", "by"}),
        ("groups", {"kind": "lunch", "by": "colour"}, {"kind", "by"}),
        ("times", {}, {"kind"}),
        ("hours", {"kind": "x"}, {"kind"}),
        ("causes", {}, {"kind"}),
        ("cycles", {}, {"kind"}),
        ("cycles", {"kind": "resolution", "outcome": "superseded"}, {"outcome"}),
        ("cycles", {"kind": "resolution", "by": "client"}, {"key"}),
        ("cycles", {"kind": "resolution", "key": "1"}, {"by"}),
        ("cycles", {"kind": "resolution", "by": "client", "key": "x"}, {"key"}),
        ("cycles", {"kind": "resolution", "by": "client", "key": "9" * 15}, {"key"}),
        ("cycles", {"kind": "resolution", "by": "type", "key": "quarrel"}, {"key"}),
        ("cycles", {"kind": "resolution", "weekday": 1}, {"hour"}),
        ("cycles", {"kind": "resolution", "weekday": 8, "hour": 24}, {"weekday", "hour"}),
        ("cycles", {"kind": "resolution", "below": 5}, {"least"}),
        ("cycles", {"kind": "resolution", "least": 2**40}, {"least"}),
        ("cycles", {"kind": "resolution", "cause": "lunch"}, {"cause"}),
        ("cycles", {"kind": "resolution", "holder": "²"}, {"holder"}),
        ("cycles", {"kind": "resolution", "holder": str(NOWHERE)[:20]}, {"holder"}),
        ("cycles", {"kind": "resolution", "cursor": "x"}, {"cursor"}),
        ("wall/clocks", {"watch": "asleep"}, {"watch"}),
        ("wall", {"team": "x"}, {"team"}),
    ],
)
def test_other_questions_that_make_no_sense(
    cast: Cast, ma: Manager, name: str, asked: dict[str, Any], places: set[str]
) -> None:
    answer = ma.get(f"levels/{name}/", **asked)
    assert answer.status_code == 400, answer.content
    assert set(error_of(answer)["fields"]) == places
