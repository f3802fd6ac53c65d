"""`requests/<number>/acts/<act>/`: the workflow through the API."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from tests.api.calling import Caller, error_of, offers_of
from tests.cast import MONDAY, Cast, a_file
from tickets import services
from tickets.acts import Act
from tickets.models import SubmissionKey, Ticket
from tickets.states import Complexity, EventKind, MessageKind, Priority, State, Wait

OPTION = {"title": "重装", "steps": "1. 备份\n2. 重装"}


def done(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.content
    shown: dict[str, Any] = answer.json()
    return shown


def test_the_whole_story_of_a_request_with_a_plan(cast: Cast, chen: Caller, zhou: Caller) -> None:
    """From the submission over plan, wait, rework and reopening to a second acceptance, by both sides."""
    submitted = chen.post("requests/", {"service": "consulting", "subject": "选型", "description": "请协助选型。"})
    number = submitted.json()["number"]
    assert done(zhou.act(number, Act.CLASSIFY, impact=3, complexity="simple"))["impact"]["value"] == 3
    assert done(zhou.act(number, Act.TAKE_UP))["state"]["value"] == "assessment"
    assert done(zhou.act(number, Act.DRAFT_PLAN, options=[OPTION]))["plan"]["state"]["value"] == "draft"
    risky = {**OPTION, "risk": 3, "risk_note": "可回退"}
    assert done(zhou.act(number, Act.DRAFT_PLAN, options=[OPTION, risky]))["plan"]["version"] == 2
    blocked = zhou.act(number, Act.PROPOSE_PLAN)
    assert blocked.status_code == 409
    assert [blocker["code"] for blocker in error_of(blocked)["blockers"]] == ["review_missing"]
    done(Caller(cast.li).act(number, Act.REVIEW_PLAN))
    assert done(zhou.act(number, Act.PROPOSE_PLAN, message="请选择。"))["turn"]["value"] == "client"
    assert done(chen.act(number, Act.RETURN_PLAN, version=2, comment="太贵"))["plan"]["state"]["value"] == "returned"
    assert done(zhou.act(number, Act.PROPOSE_PLAN, options=[OPTION]))["plan"]["version"] == 3
    stale = chen.act(number, Act.CONFIRM_PLAN, version=2, option=1)
    assert (stale.status_code, error_of(stale)["code"]) == (409, "moved_on")
    confirmed = done(chen.act(number, Act.CONFIRM_PLAN, version=3, option=1))["plan"]
    assert (confirmed["state"]["value"], confirmed["chosen"], confirmed["decided_by"]["name"]) == (
        "confirmed",
        1,
        "陈立",
    )
    assert done(zhou.act(number, Act.START_EXECUTION))["state"]["value"] == "execution"
    assert done(zhou.act(number, Act.WAIT, wait_for="client"))["wait"]["value"] == "client"
    assert done(zhou.act(number, Act.RESUME))["wait"] is None
    [task] = done(zhou.act(number, Act.ADD_TASK, title="调研", owner=cast.zhao.pk))["internal"]["tasks"]
    assert (
        error_of(zhou.act(number, Act.DELIVER, summary="好了", self_checked=True))["blockers"][0]["code"]
        == "tasks_open"
    )
    done(zhou.act(number, Act.FINISH_TASK, task=task["id"]))
    done(zhou.act(number, Act.REOPEN_TASK, task=task["id"]))
    done(zhou.act(number, Act.FINISH_TASK, task=task["id"]))
    assert done(zhou.act(number, Act.DELIVER, summary="好了", self_checked=True))["delivery"]["number"] == 1
    assert done(chen.act(number, Act.REJECT, delivery=1, reason="缺少报价"))["state"]["value"] == "execution"
    delivered = zhou.upload(
        f"requests/{number}/acts/deliver/", {"summary": "补上了", "self_checked": "true", "files": [a_file("报价.pdf")]}
    )
    assert [file["name"] for file in done(delivered)["attachments"]] == ["报价.pdf"]
    accepted = chen.act(number, Act.ACCEPT, delivery=2, comment="谢谢")
    assert done(accepted)["state"]["value"] == "closed"
    assert offers_of(accepted) == {"reply": True, "reopen": True}
    assert done(chen.act(number, Act.REOPEN, reason="又坏了"))["state"]["value"] == "execution"
    done(zhou.act(number, Act.DELIVER, summary="这次好了", self_checked=True))
    assert done(chen.act(number, Act.ACCEPT, delivery=3))["closed_at"]


def test_the_other_acts(cast: Cast, zhou: Caller, chen: Caller) -> None:
    number = cast.submit().number
    done(zhou.act(number, Act.REPLY, body="收到"))
    done(zhou.act(number, Act.NOTE, body="内部"))
    done(zhou.act(number, Act.LOG_CALL, body="电话"))
    prioritised = done(zhou.act(number, Act.SET_PRIORITY, priority=4, reason="年结"))
    assert prioritised["priority"]["value"] == Priority.CRITICAL
    assert prioritised["internal"]["priority_overridden"] is True
    assigned = done(zhou.act(number, Act.ASSIGN, assignee=cast.zhao.pk))
    assert assigned["assignee"]["name"] == "赵凯"
    assert done(zhou.act(number, Act.START_ASSESSMENT))["state"]["value"] == "assessment"
    assert done(zhou.act(number, Act.ASSIGN, assignee=None))["assignee"] is None
    assert done(chen.act(number, Act.WITHDRAW))["state"]["value"] == "withdrawn"
    other, into = cast.submit().number, cast.submit().number
    assert done(zhou.act(other, Act.MERGE, into=into))["merged_into"] == into
    assert done(zhou.act(into, Act.DECLINE, reason="不在范围"))["state"]["value"] == "declined"
    kinds = {message["kind"]["value"] for message in zhou.get(f"requests/{number}/messages/").json()["results"]}
    assert kinds == {MessageKind.REPLY, MessageKind.NOTE, MessageKind.CALL}


def test_work_is_verified_by_a_colleague(cast: Cast, zhou: Caller) -> None:
    cast.support.needs_verification = True
    cast.support.save()
    number = cast.in_execution().number
    refused = zhou.act(number, Act.VERIFY)
    assert (refused.status_code, error_of(refused)["code"]) == (403, "not_allowed")
    assert done(Caller(cast.zhao).act(number, Act.VERIFY))["internal"]["is_verified"] is True


@pytest.mark.parametrize("act", [Act.NOTE, Act.ASSIGN, Act.CLASSIFY, Act.MERGE, Act.ADD_TASK, Act.DELIVER, Act.VERIFY])
def test_who_may_not_is_told_so_before_what_they_sent_is_looked_at(cast: Cast, chen: Caller, act: Act) -> None:
    """Otherwise the answer would tell names of people by their ids."""
    number = cast.in_execution().number
    for sent in ({}, {"assignee": cast.qin.pk, "owner": cast.qin.pk, "into": number, "title": "x", "body": "x"}):
        answer = chen.act(number, act, **sent)
        assert (answer.status_code, error_of(answer)["code"]) == (403, "not_allowed")
        assert "秦朗" not in answer.content.decode()


def test_what_cant_be_done_any_more_is_a_conflict(cast: Cast, chen: Caller) -> None:
    number = cast.closed().number
    answer = chen.act(number, Act.ACCEPT, delivery=1)
    assert answer.status_code == 409
    assert error_of(answer)["code"] == "moved_on"
    assert error_of(answer)["blockers"] == []


def test_blockers_come_with_a_sentence_in_the_language_asked_for(cast: Cast) -> None:
    number = cast.submit().number
    english = error_of(Caller(cast.zhou, "en").act(number, Act.START_ASSESSMENT))
    assert english["blockers"] == [{"code": "assignee_missing", "sentence": "Nobody is responsible yet."}]
    assert english["message"] == "Nobody is responsible yet."


@pytest.mark.parametrize(
    ("act", "sent", "places"),
    [
        (Act.REPLY, {}, {"body"}),
        (Act.REPLY, {"body": " "}, {"body"}),
        (Act.REPLY, {"body": "x" * 20_001}, {"body"}),
        (Act.REPLY, {"body": "\ud800"}, {"body"}),
        (Act.REPLY, {"body": {"a": 1}}, {"body"}),
        (Act.SET_PRIORITY, {"priority": 9, "reason": "x"}, {"priority"}),
        (Act.CLASSIFY, {"type": "quarrel", "service": "unknown"}, {"type", "service"}),
        (Act.ASSIGN, {}, {"assignee"}),
        (Act.ASSIGN, {"assignee": 2**62}, {"assignee"}),
        (Act.ASSIGN, {"assignee": None, "team": "apps"}, {"team"}),
        (Act.ADD_TASK, {"title": "", "due_at": "soon"}, {"due_at"}),
        (Act.FINISH_TASK, {"task": 2**62}, {"task"}),
        (Act.WAIT, {"wait_for": ""}, {"wait_for"}),
        (Act.WAIT, {"wait_for": "date"}, {"until"}),
        (Act.WAIT, {"wait_for": "date", "until": "2001-01-01T00:00:00Z"}, {"until"}),
        (Act.WAIT, {"wait_for": "date", "until": "9999-12-31T23:59:59-14:00"}, {"until"}),
        (Act.MERGE, {"into": "SD-2026-999999"}, {"into"}),
        (Act.DELIVER, {"summary": "x"}, {"self_checked"}),
        (Act.DELIVER, {"summary": "x", "self_checked": True, "files": ["x"]}, {"files.1"}),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(
    cast: Cast, zhou: Caller, act: Act, sent: dict[str, Any], places: set[str]
) -> None:
    ticket = cast.in_execution()
    answer = zhou.act(ticket.number, act, **sent)
    assert answer.status_code == 400, answer.content
    assert set(error_of(answer)["fields"]) == places
    assert cast.fresh(ticket).event_seq == ticket.event_seq


@pytest.mark.parametrize(
    ("options", "places"),
    [
        ([], {"options"}),
        ([OPTION] * 4, {"options"}),
        ([OPTION, {"title": "x", "steps": " "}], {"options.2.steps"}),
        ([OPTION, {"title": "x"}], {"options.2.steps"}),
        ([{**OPTION, "risk": 3}], {"options.1.risk_note"}),
        ([{**OPTION, "risk": 4}], {"options.1.risk"}),
        ("x", {"options"}),
    ],
)
def test_options_that_lack_something_are_named_by_their_place(
    cast: Cast, zhou: Caller, options: Any, places: set[str]
) -> None:
    """The serializers' problems and those of the domain count alike, from 1."""
    answer = zhou.act(cast.in_assessment().number, Act.DRAFT_PLAN, options=options)
    assert answer.status_code == 400
    assert set(error_of(answer)["fields"]) == places


def test_the_author_does_not_review_their_own_plan(cast: Cast) -> None:
    ticket = cast.in_assessment()
    services.draft_plan(ticket, by=cast.li, at=MONDAY, options=[services.Option(title="x", steps="y")])
    answer = Caller(cast.li).act(ticket.number, Act.REVIEW_PLAN)
    assert answer.status_code == 400
    assert error_of(answer)["message"] == "Somebody other than the author reviews a plan."
    assert error_of(answer)["fields"] == {}


def test_a_request_is_merged_only_into_one_that_can_be_seen(cast: Cast, zhou: Caller) -> None:
    """Whether the other one exists isn't told."""
    ticket, unseen = cast.submit(), cast.submit(service=cast.complaint)
    answers = [zhou.act(ticket.number, Act.MERGE, into=number) for number in (unseen.number, "SD-2026-999999")]
    assert {answer.status_code for answer in answers} == {400}
    assert answers[0].content == answers[1].content


def test_repeating_an_act_with_its_key_does_nothing_and_gives_the_request(cast: Cast, zhou: Caller) -> None:
    ticket, key = cast.submit(), uuid4()
    address = f"requests/{ticket.number}/acts/take_up/"
    first, again = zhou.post(address, key=key), zhou.post(address, key=key)
    assert done(again) == done(first)
    assert ticket.events.filter(kind=EventKind.ASSESSMENT_STARTED).count() == 1
    assert zhou.post(address, key=uuid4()).status_code == 409


def test_a_key_stands_for_one_act_on_one_request(cast: Cast, zhou: Caller) -> None:
    ticket, other, key = cast.submit(), cast.submit(), uuid4()
    done(zhou.post(f"requests/{ticket.number}/acts/reply/", {"body": "一"}, key=key))
    for address, sent in (
        (f"requests/{ticket.number}/acts/note/", {"body": "二"}),
        (f"requests/{other.number}/acts/reply/", {"body": "三"}),
        ("requests/", {"service": "support", "subject": "x", "description": "y", "requester": cast.chen.pk}),
    ):
        answer = zhou.post(address, sent, key=key)
        assert (answer.status_code, error_of(answer)["code"]) == (409, "key_used")
    assert Ticket.objects.count() == 2
    assert SubmissionKey.objects.count() == 1


def test_replies_through_the_api_say_so(cast: Cast, chen: Caller) -> None:
    ticket = cast.submit()
    done(chen.act(ticket.number, Act.REPLY, body="补充"))
    assert ticket.messages.get().channel == "api"


def test_files_too_many_or_of_a_bad_kind_are_refused(cast: Cast, chen: Caller) -> None:
    number = cast.submit().number
    address = f"requests/{number}/acts/reply/"
    for files in ([a_file("x.exe")], [a_file(f"{n}.txt") for n in range(11)], [a_file("empty.txt", b"")]):
        answer = chen.upload(address, {"body": "看附件", "files": files})
        assert answer.status_code == 400
        assert set(error_of(answer)["fields"]) == {"files"}


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_acts_are_posted(cast: Cast, zhou: Caller, method: str) -> None:
    ticket = cast.submit()
    answer = getattr(zhou.client, method)(f"/api/v1/requests/{ticket.number}/acts/take_up/")
    assert answer.status_code == 405
    assert error_of(answer)["code"] == "method_not_allowed"
    assert cast.fresh(ticket).state == State.INTAKE


def test_acts_change_nothing_else(cast: Cast, zhou: Caller) -> None:
    """Names that an act doesn't take are not passed on."""
    ticket = cast.submit()
    done(zhou.act(ticket.number, Act.CLASSIFY, complexity="complex", state="closed", by=cast.ma.pk, at="2001-01-01"))
    fresh = cast.fresh(ticket)
    assert (fresh.complexity, fresh.state, fresh.wait) == (Complexity.COMPLEX, State.INTAKE, Wait.NONE)
    assert ticket.events.get(kind=EventKind.CLASSIFIED).actor == cast.zhou
