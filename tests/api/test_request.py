"""`GET requests/<number>/`: one request."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.api.calling import Caller, error_of, offers_of
from tests.cast import MONDAY, Cast, a_file
from tickets import services
from tickets.models import Ticket
from tickets.states import Risk, Wait


def test_it_says_what_it_is_where_it_stands_and_what_is_due(cast: Cast, chen: Caller) -> None:
    ticket = cast.submit(files=[a_file()], service_object="ERP", at=timezone.now())
    shown = chen.get(f"requests/{ticket.number}/").json()
    assert shown["description"] == ticket.description
    assert shown["service_object"] == "ERP"
    assert shown["turn"] == {"value": "staff", "label": "Our turn"}
    assert shown["due_kind"]["value"] == ticket.due_kind
    assert shown["is_late"] is False
    assert [file["name"] for file in shown["attachments"]] == ["screenshot.png"]
    assert {clock["state"]["value"] for clock in shown["clocks"]} == {"running"}
    assert shown["plan"] is None
    assert shown["delivery"] is None


def test_offers_say_what_can_be_done_and_what_blocks_the_rest(cast: Cast, zhou: Caller) -> None:
    ticket = cast.submit()
    answer = zhou.get(f"requests/{ticket.number}/")
    offers = {offer["act"]: offer for offer in answer.json()["offers"]}
    assert offers["take_up"] == {"act": "take_up", "label": "Take it up", "possible": True, "blockers": []}
    assert offers["start_assessment"]["possible"] is False
    assert offers["start_assessment"]["blockers"] == [
        {"code": "assignee_missing", "sentence": "Nobody is responsible yet."}
    ]
    assert offers_of(Caller(cast.chen).get(f"requests/{ticket.number}/")) == {"reply": True, "withdraw": True}


def test_what_is_internal_is_for_staff(cast: Cast, chen: Caller, zhou: Caller) -> None:
    ticket = cast.in_execution()
    services.add_task(ticket, by=cast.zhou, at=MONDAY, title="绝密任务", owner=cast.zhao)
    services.note(ticket, by=cast.zhou, at=MONDAY, body="绝密", files=[a_file("绝密.txt", b"x")])
    mine, theirs = chen.get(f"requests/{ticket.number}/"), zhou.get(f"requests/{ticket.number}/")
    assert "绝密" not in mine.content.decode()
    assert mine.json()["internal"] is None
    assert mine.json()["attachments"] == []
    internal = theirs.json()["internal"]
    assert [(task["title"], task["owner"]["name"]) for task in internal["tasks"]] == [("绝密任务", "赵凯")]
    assert internal["requester"]["email"] == "chen@desk.test"
    assert internal["organisation"]["tier"]["value"] == "important"
    assert [file["name"] for file in theirs.json()["attachments"]] == ["绝密.txt"]


def test_clients_see_a_plan_once_they_are_shown_it(cast: Cast, chen: Caller, zhou: Caller) -> None:
    ticket = cast.in_assessment()
    option = services.Option(title="方案", steps="第一步", risk=Risk.LOW)
    services.draft_plan(ticket, by=cast.zhou, at=MONDAY, options=[option])
    assert chen.get(f"requests/{ticket.number}/").json()["plan"] is None
    assert zhou.get(f"requests/{ticket.number}/").json()["plan"]["state"]["value"] == "draft"
    services.propose_plan(ticket, by=cast.zhou, at=MONDAY)
    shown = chen.get(f"requests/{ticket.number}/").json()["plan"]
    assert (shown["version"], shown["state"]["value"], shown["internal"]) == (1, "proposed", None)
    services.return_plan(ticket, by=cast.chen, at=MONDAY, version=1, comment="太贵")
    services.draft_plan(ticket, by=cast.zhou, at=MONDAY, options=[option, option])
    shown = chen.get(f"requests/{ticket.number}/").json()["plan"]
    assert (shown["version"], shown["state"]["value"]) == (1, "returned")
    assert zhou.get(f"requests/{ticket.number}/").json()["plan"]["version"] == 2


def test_the_newest_delivery_is_shown(cast: Cast, chen: Caller) -> None:
    ticket = cast.delivered()
    delivery = chen.get(f"requests/{ticket.number}/").json()["delivery"]
    assert (delivery["number"], delivery["summary"]) == (1, "已修复，请验收。")
    assert delivery["outcome"]["value"] == "pending"
    assert delivery["delivered_by"]["name"] == "周敏"


def test_a_merged_request_says_where_it_goes_on(cast: Cast, chen: Caller) -> None:
    ticket, into = cast.submit(), cast.submit()
    services.merge(ticket, by=cast.zhou, at=MONDAY, into=into)
    assert chen.get(f"requests/{ticket.number}/").json()["merged_into"] == into.number
    assert chen.get(f"requests/{into.number}/").json()["merged_into"] is None


@pytest.mark.parametrize("number", ["SD-2026-999999", "x", "%00", "1%27", "ü", "a" * 300])
def test_an_unknown_number_is_not_found(cast: Cast, zhou: Caller, number: str) -> None:
    answer = zhou.get(f"requests/{number}/")
    assert answer.status_code == 404
    assert error_of(answer)["code"] == "not_found"


@pytest.mark.parametrize("name", ["chen", "zhou"])
def test_as_many_queries_for_a_long_story_as_for_a_short_one(cast: Cast, name: str) -> None:
    caller = Caller(cast.people[name])
    short, long = _story(cast, 1), _story(cast, 10)
    caller.get(f"requests/{short.number}/")
    with CaptureQueriesContext(connection) as few:
        assert caller.get(f"requests/{short.number}/").status_code == 200
    with CaptureQueriesContext(connection) as many:
        assert caller.get(f"requests/{long.number}/").status_code == 200
    assert len(many) == len(few) <= 13


def _story(cast: Cast, length: int) -> Ticket:
    ticket = cast.with_plan()
    at = MONDAY
    services.confirm_plan(ticket, by=cast.chen, at=at, version=1, option=1)
    services.start_execution(ticket, by=cast.zhou, at=at)
    for n in range(length):
        at = MONDAY + timedelta(hours=n)
        services.reply(ticket, by=cast.chen, at=at, body="还在吗", files=[a_file()])
        services.reply(ticket, by=cast.zhou, at=at, body="在", files=[a_file()])
        services.wait(ticket, by=cast.zhou, at=at, wait_for=Wait.CLIENT)
        services.resume(ticket, by=cast.zhou, at=at)
        task = services.add_task(ticket, by=cast.zhou, at=at, title="任务", owner=cast.zhao)
        services.finish_task(ticket, by=cast.zhou, at=at, task=task.pk)
        services.deliver(ticket, by=cast.zhou, at=at, summary="好了", self_checked=True)
        services.reject(ticket, by=cast.chen, at=at, delivery=n + 1, reason="还没有")
    return cast.fresh(ticket)
