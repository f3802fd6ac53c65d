"""`requests/<number>/survey/`."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from quality.models import Survey
from tests.api.calling import Caller, error_of
from tests.cast import Cast

SCORES = {"process": 5, "result": 4, "experience": 5}


@pytest.fixture
def address(cast: Cast) -> str:
    return f"requests/{cast.closed(at=timezone.now()).number}/survey/"


def test_a_client_answers_once(cast: Cast, chen: Caller, address: str) -> None:
    asked = chen.get(address).json()
    assert [question["dimension"]["value"] for question in asked["questions"]] == list(SCORES)
    assert (asked["answered_at"], asked["why_over"], asked["answers"]) == (None, "", [])
    answer = chen.post(address, {"scores": SCORES, "comment": "谢谢"})
    assert answer.status_code == 200, answer.content
    assert {each["dimension"]["value"]: each["score"]["value"] for each in answer.json()["answers"]} == SCORES
    assert answer.json()["answers"][0]["score"]["label"] == "Very satisfied"
    assert Survey.objects.get().answered_by == cast.chen
    again = chen.post(address, {"scores": SCORES})
    assert (again.status_code, error_of(again)["code"]) == (409, "survey_over")
    assert chen.get(address).json()["why_over"] == error_of(again)["message"]


def test_the_clients_manager_may_answer_staff_may_not(cast: Cast, zhou: Caller, address: str) -> None:
    refused = zhou.post(address, {"scores": SCORES})
    assert (refused.status_code, error_of(refused)["code"]) == (403, "not_allowed")
    assert zhou.get(address).status_code == 200
    assert Caller(cast.hua).post(address, {"scores": SCORES}).status_code == 200


@pytest.mark.parametrize(
    ("sent", "places"),
    [
        ({}, {"scores"}),
        ({"scores": {}}, {"scores.process", "scores.result", "scores.experience"}),
        ({"scores": {**SCORES, "result": 6}}, {"scores.result"}),
        ({"scores": {**SCORES, "result": "good"}}, {"scores.result"}),
        ({"scores": [5, 5, 5]}, {"scores"}),
    ],
)
def test_half_an_answer_is_refused(cast: Cast, chen: Caller, address: str, sent: Any, places: set[str]) -> None:
    answer = chen.post(address, sent)
    assert answer.status_code == 400
    assert set(error_of(answer)["fields"]) == places


def test_a_request_without_a_survey_has_none(cast: Cast, chen: Caller) -> None:
    address = f"requests/{cast.submit().number}/survey/"
    assert chen.get(address).status_code == 404
    assert chen.post(address, {"scores": SCORES}).status_code == 404
