"""Which target would a request get and why, and what is left open (SLA-33)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.agreement_kit import address
from tests.api.calling import Caller, error_of
from tests.api.kit import done
from tests.cast import Cast
from tests.sla.kit import agreement, promise


@pytest.fixture
def layered(cast: Cast) -> dict[str, Any]:
    """Four promises of one kind, from general to particular, and two that tie."""
    version = agreement(
        promise(minutes=60),
        promise(minutes=30, priority=4),
        promise(minutes=20, priority=4, type="incident"),
        promise(minutes=25, priority=4, service=cast.support.pk),
        promise("resolution", 480, technical_only=True),
        client=cast.huaxin,
    )
    return {"agreement": version.agreement_id, "number": version.number}


def test_which_target_a_request_would_get_and_why(cast: Cast, zhou: Caller, layered: dict[str, Any]) -> None:
    """SLA-33: the most specific one; of equals the one further up."""
    asked = {"type": "incident", "service": "support", "priority": 4, "tier": "standard", "complexity": "simple"}
    first, resolution = done(zhou.get(address(layered, "selection/"), **asked))
    assert (first["kind"]["value"], first["chosen"]) == ("first_response", 3)
    assert [(row["number"], row["is_chosen"], row["applies"], row["specificity"]) for row in first["considered"]] == [
        (3, True, True, 2),
        (4, False, True, 2),
        (2, False, True, 1),
        (1, False, True, 0),
    ]
    assert (resolution["chosen"], resolution["considered"][0]["seconds"]) == (5, 28800)
    first, resolution = done(
        zhou.get(address(layered, "selection/"), **{**asked, "service": "complaint", "priority": 2})
    )
    assert (first["chosen"], resolution["chosen"]) == (1, None)
    assert {row["number"]: row["misses"] for row in first["considered"]} == {
        1: [],
        2: ["priority"],
        3: ["priority"],
        4: ["service", "priority"],
    }
    assert resolution["considered"][0]["misses"] == ["technical"]


def test_which_target_a_request_there_is_would_get(cast: Cast, zhou: Caller, layered: dict[str, Any]) -> None:
    ticket = cast.submit(impact=3, urgency=3)
    found = done(zhou.get(address(layered, "selection/"), request=ticket.number))
    assert [row["chosen"] for row in found] == [3 if ticket.priority == 4 else 1, 5]
    hidden = cast.submit(service=cast.complaint)
    for number in (hidden.number, "SD-2026-999999"):
        answer = zhou.get(address(layered, "selection/"), request=number)
        assert (answer.status_code, set(error_of(answer)["fields"])) == (400, {"request"})


@pytest.mark.parametrize(
    ("asked", "places"),
    [
        ({}, {"type", "service", "priority", "tier", "complexity"}),
        ({"type": "incident", "service": "support", "priority": 4, "tier": "standard"}, {"complexity"}),
        ({"type": "quarrel", "priority": "high", "service": "unknown"}, {"type", "priority", "service"}),
    ],
)
def test_half_a_question_is_refused(
    zhou: Caller, layered: dict[str, Any], asked: dict[str, Any], places: set[str]
) -> None:
    answer = zhou.get(address(layered, "selection/"), **asked)
    assert answer.status_code == 400
    assert set(error_of(answer)["fields"]) == places


def test_what_the_targets_leave_open_and_decide_twice(cast: Cast, zhou: Caller, layered: dict[str, Any]) -> None:
    found = done(zhou.get(address(layered, "coverage/")))
    assert found["overlaps"] == [{"first": 3, "second": 4}]
    assert found["shadowed"] == []
    gaps = {gap["kind"]["value"]: gap["region"] for gap in found["gaps"]}
    assert set(gaps) == {"technical_response", "next_response", "progress_report", "resolution"}
    nothing: dict[str, list[Any]] = {name: [] for name in gaps["next_response"]}
    assert gaps["next_response"] == nothing
    assert gaps["resolution"] == {**nothing, "other_services": ["plain"]}
    version = agreement(promise("resolution", 60, service=cast.reset.pk, technical_only=True), client=cast.yuanhang)
    found = done(zhou.get(f"agreements/{version.agreement_id}/versions/1/coverage/"))
    assert found["shadowed"] == [{"target": 1, "by": []}]
