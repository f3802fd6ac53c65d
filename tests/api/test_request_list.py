"""`GET requests/`: who sees what, filters, orders, pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.api.calling import Caller, error_of
from tests.cast import MONDAY, Cast
from tickets import services
from tickets.models import Ticket
from tickets.states import Channel, Priority, Wait


def numbers(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["number"] for row in answer.json()["results"]]


def all_pages(caller: Caller, **parameters: Any) -> list[str]:
    answer = caller.get("requests/", **parameters)
    found = numbers(answer)
    while answer.json()["next"]:
        answer = caller.get(answer.json()["next"])
        found += numbers(answer)
    return found


def test_everybody_finds_what_they_may_see(cast: Cast) -> None:
    mine, colleagues = cast.submit(), cast.submit(by=cast.wang)
    theirs, data = cast.submit(by=cast.stranger), cast.submit(service=cast.complaint)
    seen = {name: set(numbers(Caller(cast.people[name]).get("requests/"))) for name in cast.people}
    every = {mine.number, colleagues.number, theirs.number, data.number}
    assert seen["chen"] == {mine.number, data.number}
    assert seen["wang"] == {colleagues.number}
    assert seen["hua"] == {mine.number, colleagues.number, data.number}
    assert seen["stranger"] == {theirs.number}
    assert seen["zhou"] == seen["li"] == every - {data.number}
    assert seen["sun"] == {data.number}
    assert seen["qin"] == seen["ma"] == seen["root"] == every


def test_a_row_says_what_it_is_with_labels_in_the_language_asked_for(cast: Cast) -> None:
    ticket = cast.in_execution()
    [row] = Caller(cast.chen, "en").get("requests/").json()["results"]
    assert row["number"] == ticket.number
    assert row["state"] == {"value": "execution", "label": "Execution"}
    assert row["wait"] is None
    assert row["priority"]["value"] == ticket.priority
    assert row["service"] == {"slug": "support", "name": "Application fault"}
    assert row["assignee"] == {"id": cast.zhou.pk, "name": "周敏"}
    assert row["received_at"] == "2026-11-16T02:00:00Z"
    assert Caller(cast.chen, "zh-hans").get("requests/").json()["results"][0]["service"]["name"] == "应用故障"


def test_what_is_internal_is_null_for_clients(cast: Cast, chen: Caller, zhou: Caller) -> None:
    ticket = cast.submit(description="公开的说明")
    services.note(ticket, by=cast.zhou, at=MONDAY, body="绝密")
    mine = chen.get("requests/")
    assert mine.json()["results"][0]["internal"] is None
    assert mine.json()["results"][0]["last_line"] == "公开的说明"
    assert "绝密" not in mine.content.decode()
    assert zhou.get("requests/").json()["results"][0]["internal"]["last_line"] == "绝密"


@pytest.fixture
def desk(cast: Cast) -> dict[str, Ticket]:
    """Requests of every sort."""
    made = {
        "plain": cast.submit(subject="打印机 offline"),
        "done": cast.closed(),
        "mine": cast.in_execution(),
        "lis": cast.submit(at=MONDAY + timedelta(days=2), channel=Channel.EMAIL),
        "consulting": cast.submit(service=cast.consulting, by=cast.stranger),
        "waiting": cast.in_execution(),
    }
    services.assign(made["lis"], by=cast.li, at=MONDAY + timedelta(days=2), assignee=cast.li)
    services.set_priority(made["plain"], by=cast.zhou, at=MONDAY, priority=Priority.CRITICAL, reason="机密原因")
    services.wait(made["waiting"], by=cast.zhou, at=MONDAY, wait_for=Wait.CLIENT)
    return made


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"state": "closed"}, {"done"}),
        ({"state": ["intake", "closed"]}, {"plain", "done", "lis", "consulting"}),
        ({"open": "true"}, {"plain", "mine", "lis", "consulting", "waiting"}),
        ({"open": "false"}, {"done"}),
        ({"turn": "client"}, {"waiting"}),
        ({"priority": "4"}, {"plain"}),
        ({"service": "consulting"}, {"consulting"}),
        ({"service": "unknown"}, set()),
        ({"type": "consultation"}, {"consulting"}),
        ({"assignee": "me"}, {"done", "mine", "waiting"}),
        ({"assignee": "none"}, {"plain", "consulting"}),
        ({"assignee": 2**62}, set()),
        ({"team": 2**62}, set()),
        ({"channel": "email"}, {"lis"}),
        ({"received_after": "2026-11-17T00:00:00Z"}, {"lis"}),
        ({"received_before": "2026-11-16T10:00:00+08:00"}, set()),
        ({"q": "offline"}, {"plain"}),
        ({"q": "打印"}, {"plain"}),
        ({"q": "机密"}, {"plain"}),
        ({"q": "' | !()"}, set()),
        ({"state": "closed", "assignee": "none"}, set()),
    ],
)
def test_filters(zhou: Caller, desk: dict[str, Ticket], parameters: dict[str, Any], expected: set[str]) -> None:
    found = numbers(zhou.get("requests/", **parameters))
    assert sorted(found) == sorted(desk[name].number for name in expected)


def test_filters_by_id(cast: Cast, zhou: Caller, desk: dict[str, Ticket]) -> None:
    theirs = {desk["consulting"].number}
    assert set(numbers(zhou.get("requests/", organisation=cast.yuanhang.pk))) == theirs
    assert set(numbers(zhou.get("requests/", requester=cast.stranger.pk))) == theirs
    assert numbers(zhou.get("requests/", assignee=cast.li.pk)) == [desk["lis"].number]
    assert len(numbers(zhou.get("requests/", team=cast.apps.pk))) == 6


def test_late_are_open_ones_whose_target_ran_out(cast: Cast, zhou: Caller) -> None:
    at = timezone.now()
    late, early = cast.submit(at=at - timedelta(days=30)), cast.submit(at=at)
    closed = cast.closed(at=at - timedelta(days=30))
    assert numbers(zhou.get("requests/", late="true")) == [late.number]
    assert set(numbers(zhou.get("requests/", late="false"))) == {early.number, closed.number}
    rows = {row["number"]: row["is_late"] for row in zhou.get("requests/").json()["results"]}
    assert rows == {late.number: True, early.number: False, closed.number: False}


def test_clients_dont_find_words_of_notes(chen: Caller, desk: dict[str, Ticket]) -> None:
    assert numbers(chen.get("requests/", q="机密")) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("state", "nowhere"),
        ("open", "maybe"),
        ("priority", "9"),
        ("organisation", "x"),
        ("organisation", str(2**70)),
        ("assignee", "²"),
        ("assignee", "somebody"),
        ("assignee", "9" * 50),
        ("received_after", "yesterday"),
        ("ordering", "subject"),
        ("limit", "0"),
        ("limit", "many"),
        ("cursor", "nonsense"),
        ("cursor", "WzEsMiwzXQ=="),
        ("cursor", "ü"),
        ("service", "a\x00b"),
        ("q", "\x00"),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused_at_its_name(cast: Cast, zhou: Caller, name: str, value: str) -> None:
    answer = zhou.get("requests/", **{name: value})
    assert answer.status_code == 400
    assert set(error_of(answer)["fields"]) == {name}


def many(cast: Cast, count: int) -> list[Ticket]:
    """Requests among which are equal due and change instants, and some with nothing due."""
    made = [cast.submit(at=MONDAY + timedelta(hours=n // 3)) for n in range(count)]
    for ticket in made[::4]:
        services.withdraw(ticket, by=cast.chen, at=MONDAY + timedelta(days=2))
    return [cast.fresh(ticket) for ticket in made]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 50])
def test_pages_by_what_is_due_hold_every_request_once(cast: Cast, zhou: Caller, limit: int) -> None:
    made = many(cast, 13)
    dated = sorted((t for t in made if t.due_at), key=lambda t: (t.due_at, t.pk))
    undated = sorted((t for t in made if not t.due_at), key=lambda t: t.pk)
    assert all_pages(zhou, limit=limit) == [t.number for t in [*dated, *undated]]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 50])
def test_pages_by_what_changed_hold_every_request_once(cast: Cast, chen: Caller, limit: int) -> None:
    made = many(cast, 13)
    expected = sorted(made, key=lambda t: (t.changed_at, t.pk), reverse=True)
    assert all_pages(chen, limit=limit) == [t.number for t in expected]


def test_staff_begin_with_what_is_due_and_clients_with_what_changed(cast: Cast, chen: Caller, zhou: Caller) -> None:
    many(cast, 6)
    assert numbers(zhou.get("requests/")) == numbers(zhou.get("requests/", ordering="due"))
    assert numbers(chen.get("requests/")) == numbers(chen.get("requests/", ordering="-changed"))
    assert numbers(chen.get("requests/")) != numbers(chen.get("requests/", ordering="due"))


def test_a_cursor_belongs_to_its_order(cast: Cast, zhou: Caller) -> None:
    many(cast, 3)
    link = zhou.get("requests/", limit=1).json()["next"]
    assert zhou.get(link + "&ordering=-changed").status_code == 400


def test_next_keeps_the_filters(cast: Cast, zhou: Caller) -> None:
    many(cast, 9)
    assert len(all_pages(zhou, open="false", limit=1)) == 3


def test_a_page_has_fifty_rows_and_never_more_than_two_hundred(cast: Cast, zhou: Caller) -> None:
    template = cast.submit()
    Ticket.objects.bulk_create(_copies(template, 210))
    assert len(numbers(zhou.get("requests/"))) == 50
    assert len(numbers(zhou.get("requests/", limit=1000))) == 200


def _copies(ticket: Ticket, count: int) -> list[Ticket]:
    fields = {
        field.attname: getattr(ticket, field.attname)
        for field in Ticket._meta.concrete_fields
        if field.name not in {"id", "number"}
    }
    return [Ticket(number=f"SD-2026-9{n:05d}", **fields) for n in range(count)]


@pytest.mark.parametrize("name", ["chen", "hua", "zhou", "ma"])
def test_as_many_queries_for_many_requests_as_for_few(cast: Cast, name: str) -> None:
    caller = Caller(cast.people[name])
    template = cast.in_execution()
    caller.get("requests/")
    with CaptureQueriesContext(connection) as few:
        caller.get("requests/")
    with CaptureQueriesContext(connection) as few_found:
        caller.get("requests/", q="报表")
    Ticket.objects.bulk_create(_copies(template, 40))
    with CaptureQueriesContext(connection) as more:
        assert len(numbers(caller.get("requests/"))) == 41
    with CaptureQueriesContext(connection) as more_found:
        caller.get("requests/", q="报表")
    assert len(more) == len(few) <= 5
    assert len(more_found) == len(few_found) <= 7
