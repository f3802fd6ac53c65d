"""`POST requests/`: submitting."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.api.calling import Caller, error_of
from tests.cast import Cast, a_file
from tickets.models import FieldKind, ServiceField, ServiceFieldChoice, ServiceStatus, Ticket
from tickets.states import Channel, State

ASKED = {"service": "support", "subject": "登录后白屏", "description": "页面一直空白。"}


def test_a_client_submits_for_themselves(cast: Cast, chen: Caller) -> None:
    """R-001: the API."""
    answer = chen.post("requests/", {**ASKED, "impact": 2, "urgency": 3, "began_at": "2026-11-01T08:00:00+08:00"})
    assert answer.status_code == 201
    shown = answer.json()
    ticket = Ticket.objects.get(number=shown["number"])
    assert answer["Location"] == f"http://testserver/api/v1/requests/{ticket.number}/"
    assert (ticket.requester, ticket.created_by, ticket.channel) == (cast.chen, cast.chen, Channel.API)
    assert (ticket.state, ticket.impact, ticket.urgency) == (State.INTAKE, 2, 3)
    assert shown["began_at"] == "2026-11-01T00:00:00Z"
    assert [clock["kind"]["value"] for clock in shown["clocks"]]
    assert chen.get(answer["Location"]).json() == shown


def test_staff_submit_for_a_contact(cast: Cast, zhou: Caller) -> None:
    answer = zhou.post("requests/", {**ASKED, "requester": cast.chen.pk})
    assert answer.status_code == 201
    ticket = Ticket.objects.get(number=answer.json()["number"])
    assert (ticket.requester, ticket.created_by, ticket.organisation) == (cast.chen, cast.zhou, cast.huaxin)


def test_staff_say_for_whom(cast: Cast, zhou: Caller) -> None:
    answer = zhou.post("requests/", ASKED)
    assert answer.status_code == 400
    assert "requester" in error_of(answer)["fields"]


@pytest.mark.parametrize("name", ["chen", "hua", "qin"])
def test_clients_and_those_who_carry_no_requests_submit_for_nobody_else(cast: Cast, name: str) -> None:
    for other in (cast.wang, cast.stranger):
        answer = Caller(cast.people[name]).post("requests/", {**ASKED, "requester": other.pk})
        assert answer.status_code == 403
        assert error_of(answer)["code"] == "not_allowed"
    assert not Ticket.objects.exists()


def test_staff_and_the_unknown_are_no_contacts(cast: Cast, zhou: Caller) -> None:
    for pk in (cast.zhao.pk, 2**62, 2**70, "x", True):
        answer = zhou.post("requests/", {**ASKED, "requester": pk})
        assert answer.status_code == 400
        assert set(error_of(answer)["fields"]) == {"requester"}


@pytest.mark.parametrize("slug", ["unknown", "hidden", "reserved", 7, None, "", {}, "a\x00"])
def test_a_service_that_is_not_on_offer_is_refused(cast: Cast, chen: Caller, slug: Any) -> None:
    cast.complaint.status = ServiceStatus.DRAFT
    cast.complaint.slug = "hidden"
    cast.complaint.save()
    cast.reset.slug = "reserved"
    cast.reset.save()
    cast.reset.only_for.add(cast.yuanhang)
    answer = chen.post("requests/", {**ASKED, "service": slug})
    assert answer.status_code == 400
    assert set(error_of(answer)["fields"]) == {"service"}


def test_all_problems_come_together_at_their_fields(cast: Cast, chen: Caller) -> None:
    wrong = {
        "service": "support",
        "subject": " ",
        "description": "",
        "began_at": "2999-01-01T00:00:00Z",
        "wanted_by": "2001-01-01T00:00:00Z",
    }
    answer = chen.post("requests/", wrong)
    assert answer.status_code == 400
    assert set(error_of(answer)["fields"]) == {"subject", "description", "began_at", "wanted_by"}


@pytest.fixture
def questions(cast: Cast) -> None:
    for position, (key, kind, required) in enumerate(
        [
            ("seats", FieldKind.NUMBER, True),
            ("since", FieldKind.DATE, False),
            ("browser", FieldKind.CHOICE, False),
            ("agreed", FieldKind.CHECKBOX, True),
        ]
    ):
        field = ServiceField.objects.create(
            service=cast.support, key=key, kind=kind, label=key, required=required, position=position
        )
        if kind == FieldKind.CHOICE:
            ServiceFieldChoice.objects.create(field=field, value="firefox", label="Firefox")


def test_answers_to_the_services_own_questions_are_kept(cast: Cast, chen: Caller, questions: None) -> None:
    answers = {"seats": 12, "since": "2026-11-01", "browser": "firefox", "agreed": True, "unasked": "x"}
    answer = chen.post("requests/", {**ASKED, "answers": answers})
    assert answer.status_code == 201, answer.content
    assert answer.json()["answers"] == {"seats": 12, "since": "2026-11-01", "browser": "firefox", "agreed": True}


@pytest.mark.parametrize(
    ("answers", "places"),
    [
        ({}, {"answers.seats", "answers.agreed"}),
        ({"seats": "1.0e999", "agreed": True}, {"answers.seats"}),
        ({"seats": "many", "agreed": True, "since": "soon"}, {"answers.seats", "answers.since"}),
        ({"seats": 1, "agreed": True, "browser": "lynx"}, {"answers.browser"}),
        ({"seats": [1], "agreed": True}, {"answers"}),
        ({"seats": "1\x00", "agreed": True}, {"answers"}),
        ([], {"answers"}),
        ("x", {"answers"}),
    ],
)
def test_answers_that_dont_answer_are_refused(
    cast: Cast, chen: Caller, questions: None, answers: Any, places: set[str]
) -> None:
    answer = chen.post("requests/", {**ASKED, "answers": answers})
    assert answer.status_code == 400
    assert set(error_of(answer)["fields"]) == places


def test_files_come_in_a_form(cast: Cast, chen: Caller, questions: None) -> None:
    sent = {**ASKED, "answers": '{"seats": 3, "agreed": true}', "files": [a_file("一.png"), a_file("2.txt", b"two")]}
    answer = chen.upload("requests/", sent)
    assert answer.status_code == 201, answer.content
    assert [file["name"] for file in answer.json()["attachments"]] == ["一.png", "2.txt"]
    assert answer.json()["answers"] == {"seats": 3, "agreed": True}


def test_a_repetition_with_the_same_key_gives_the_same_request(cast: Cast, chen: Caller) -> None:
    key = uuid4()
    first, again = chen.post("requests/", ASKED, key=key), chen.post("requests/", ASKED, key=key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert again["Location"] == first["Location"]
    assert Ticket.objects.count() == 1


def test_without_a_key_everything_is_new(cast: Cast, chen: Caller) -> None:
    assert [chen.post("requests/", ASKED).status_code for _ in range(2)] == [201, 201]
    assert Ticket.objects.count() == 2


def test_somebody_elses_key_reveals_nothing(cast: Cast, chen: Caller, stranger: Caller) -> None:
    key = uuid4()
    number = chen.post("requests/", ASKED, key=key).json()["number"]
    answer = stranger.post("requests/", ASKED, key=key)
    assert answer.status_code == 409
    assert error_of(answer)["code"] == "key_used"
    assert number not in answer.content.decode()


def test_a_key_is_a_uuid(cast: Cast, chen: Caller) -> None:
    answer = chen.post("requests/", ASKED, key="again")
    assert answer.status_code == 400
    assert set(error_of(answer)["fields"]) == {"Idempotency-Key"}
    assert not Ticket.objects.exists()


def test_a_refused_call_does_not_use_up_its_key(cast: Cast, chen: Caller) -> None:
    key = uuid4()
    assert chen.post("requests/", {**ASKED, "subject": ""}, key=key).status_code == 400
    assert chen.post("requests/", ASKED, key=key).status_code == 201
