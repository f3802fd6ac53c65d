"""Clocks, over all requests and of one, with their ledger."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sla.models import CalendarVersion, Clock, ClockKind, ClockState, Pin, Target
from tests.api.calling import Caller, error_of
from tests.cast import MONDAY, Cast
from tickets import services
from tickets.models import Ticket
from tickets.states import Complexity, Wait


def after(minutes: int) -> datetime:
    return MONDAY + timedelta(minutes=minutes)


def a_story(cast: Cast) -> Ticket:
    """An hour with a pause, then accepted; its resolution has a target."""
    ticket = cast.with_plan()
    services.confirm_plan(ticket, by=cast.chen, at=after(10), version=1, option=1)
    services.start_execution(ticket, by=cast.zhou, at=after(10))
    services.wait(ticket, by=cast.zhou, at=after(20), wait_for=Wait.CLIENT)
    services.resume(ticket, by=cast.zhou, at=after(40))
    services.deliver(ticket, by=cast.zhou, at=after(60), summary="好了", self_checked=True)
    services.accept(ticket, by=cast.chen, at=after(70), delivery=1)
    return cast.fresh(ticket)


def test_a_clock_comes_with_its_promise_and_the_reason_for_it(cast: Cast, chen: Caller) -> None:
    ticket = cast.submit()
    clocks = chen.get(f"requests/{ticket.number}/clocks/").json()["results"]
    assert [clock["kind"]["value"] for clock in clocks] == [
        clock.kind for clock in Clock.objects.filter(ticket=ticket).order_by("pk")
    ]
    promise = clocks[0]["promise"]
    assert promise["since_event"] == 1
    assert promise["reason"]["why"] == "most_specific"
    assert promise["calendar"]["time_zone"] == "Asia/Shanghai"
    assert promise["calendar"]["version"] == 1
    assert (clocks[0]["reading"], clocks[0]["why"], promise["internal"]) == (None, None, None)
    assert clocks[0]["state"] == {"value": "running", "label": "Running"}


def test_the_ledger_accounts_for_every_second(cast: Cast, chen: Caller) -> None:
    """SLA-41."""
    ticket = a_story(cast)
    clocks = chen.get(f"requests/{ticket.number}/clocks/", ledger=1).json()["results"]
    for clock in clocks:
        reading = clock["reading"]
        entries = reading["ledger"]
        assert [entry["start"] for entry in entries[:1]] == [clock["started_at"]] * bool(entries)
        assert entries or clock["stopped_at"] == clock["started_at"]
        assert all(one["end"] == following["start"] for one, following in pairwise(entries))
        counted = sum(entry["seconds"] for entry in entries if entry["what"]["value"] == "counted")
        paused = sum(entry["seconds"] for entry in entries if entry["what"]["value"] == "paused")
        assert (counted, paused) == (reading["counted_seconds"], reading["paused_seconds"])
        assert reading["counted_seconds"] == clock["counted_seconds"]
        assert reading["state"] == clock["state"]
    [resolution] = [clock for clock in clocks if clock["kind"]["value"] == "resolution"]
    [pause] = [entry for entry in resolution["reading"]["ledger"] if entry["what"]["value"] == "paused"]
    assert pause["seconds"] == 1200
    events = chen.get(f"requests/{ticket.number}/events/").json()["results"]
    assert {event["seq"]: event["kind"]["value"] for event in events}[pause["cause"]] == "wait_started"


def test_staff_see_the_ladder_and_which_targets_were_considered(cast: Cast, chen: Caller, zhou: Caller) -> None:
    """SLA-33: of the event from which a promise holds, not of today."""
    ticket = cast.submit(service=cast.consulting)
    services.classify(ticket, by=cast.zhou, at=after(10), complexity=Complexity.SIMPLE)
    clocks = zhou.get(f"requests/{ticket.number}/clocks/", why=1).json()["results"]
    first, resolution = (
        next(c for c in clocks if c["kind"]["value"] == kind) for kind in ("first_response", "resolution")
    )
    assert [step["point"] for step in first["promise"]["internal"]["ladder"]] == ["50%", "80%", "breach"]
    assert first["promise"]["internal"]["ladder"][2]["tell"] == ["assignee", "team_lead", "manager"]
    assert [(row["number"], row["is_chosen"], row["misses"]) for row in first["why"]["considered"]] == [
        (1, True, []),
        (4, False, ["type"]),
    ]
    assert first["why"]["matter"]["service"] == "consulting"
    assert resolution["why"]["matter"]["complexity"] == {"value": "complex", "label": "Complex"}
    assert resolution["why"]["considered"][0]["seconds"] == 48 * 3600
    assert resolution["why"]["recalculation"] is None
    assert {clock["why"] for clock in chen.get(f"requests/{ticket.number}/clocks/", why=1).json()["results"]} == {None}


def test_reading_the_ledger_changes_nothing(cast: Cast, zhou: Caller) -> None:
    ticket = cast.submit()
    before = (Pin.objects.count(), list(Clock.objects.order_by("pk").values()), ticket.event_seq)
    zhou.get(f"requests/{ticket.number}/clocks/", ledger="true")
    assert (Pin.objects.count(), list(Clock.objects.order_by("pk").values()), cast.fresh(ticket).event_seq) == before


def test_what_a_later_target_replaced_is_for_staff(cast: Cast, chen: Caller, zhou: Caller) -> None:
    ticket = cast.submit(service=cast.consulting)
    services.classify(ticket, by=cast.zhou, at=after(10), complexity=Complexity.SIMPLE)
    assert Clock.objects.filter(ticket=ticket, state=ClockState.SUPERSEDED).exists()
    for address in (f"requests/{ticket.number}/clocks/", "clocks/"):
        states = {
            caller: {clock["state"]["value"] for clock in caller.get(address).json()["results"]}
            for caller in (chen, zhou)
        }
        assert "superseded" not in states[chen]
        assert "superseded" in states[zhou]


def test_a_calendar_that_never_opens_is_said_to_be_the_problem(cast: Cast, zhou: Caller) -> None:
    ticket = cast.submit()
    calendar = CalendarVersion.objects.create(
        calendar=CalendarVersion.objects.first().calendar,
        number=99,
        definition={"timezone": "Asia/Shanghai", "hours": {}},
    )
    Pin.objects.filter(ticket=ticket).update(calendar_version=calendar)
    answer = zhou.get(f"requests/{ticket.number}/clocks/", ledger=1)
    assert (answer.status_code, error_of(answer)["code"]) == (409, "clocks_unreadable")
    assert zhou.get(f"requests/{ticket.number}/clocks/").status_code == 200


def test_everybody_finds_the_clocks_of_their_requests(cast: Cast) -> None:
    mine, theirs = cast.submit(), cast.submit(by=cast.stranger)
    for name, expected in (("chen", {mine}), ("stranger", {theirs}), ("zhou", {mine, theirs}), ("sun", set())):
        found = Caller(cast.people[name]).get("clocks/").json()["results"]
        assert {clock["request"] for clock in found} == {ticket.number for ticket in expected}


def test_what_is_internal_is_null_for_clients(cast: Cast, chen: Caller, zhou: Caller) -> None:
    cast.submit()
    assert {clock["internal"] for clock in chen.get("clocks/").json()["results"]} == {None}
    assert zhou.get("clocks/").json()["results"][0]["internal"]["problem"] == ""


def test_filters(cast: Cast, zhou: Caller) -> None:
    a_story(cast)
    running = cast.submit(at=after(60))
    clocks = zhou.get("clocks/", state="running").json()["results"]
    assert {clock["request"] for clock in clocks} == {running.number}
    assert zhou.get("clocks/", unfinished="true").json()["results"] == clocks
    kinds = zhou.get("clocks/", kind=["resolution", "first_response"]).json()["results"]
    assert {clock["kind"]["value"] for clock in kinds} == {"resolution", "first_response"}
    due = clocks[0]["due_at"]
    assert zhou.get("clocks/", state="running", due_before=due).json()["results"] == []
    assert zhou.get("clocks/", state="running", due_after=due).json()["results"] == clocks


@pytest.mark.parametrize(
    ("name", "value"), [("kind", "cuckoo"), ("state", "asleep"), ("due_after", "x"), ("unfinished", "x")]
)
def test_a_filter_that_makes_no_sense_is_refused(cast: Cast, zhou: Caller, name: str, value: str) -> None:
    answer = zhou.get("clocks/", **{name: value})
    assert answer.status_code == 400
    assert set(error_of(answer)["fields"]) == {name}


@pytest.mark.parametrize("limit", [1, 2, 5])
def test_pages_hold_every_clock_once_the_paused_last(cast: Cast, zhou: Caller, limit: int) -> None:
    for n in range(3):
        ticket = cast.in_assessment(at=after(n))
        if n:
            services.wait(ticket, by=cast.zhou, at=after(20), wait_for=Wait.CLIENT)
    answer, found = zhou.get("clocks/", limit=limit), []
    while True:
        found += answer.json()["results"]
        if not answer.json()["next"]:
            break
        answer = zhou.get(answer.json()["next"])
    rows = Clock.objects.all()
    dated = sorted((row for row in rows if row.due_at), key=lambda row: (row.due_at, row.pk))
    undated = sorted((row for row in rows if not row.due_at), key=lambda row: row.pk)
    assert undated
    assert [clock["id"] for clock in found] == [row.pk for row in [*dated, *undated]]


@pytest.mark.parametrize("query", ["", "?ledger=1", "?ledger=1&why=1"])
def test_as_many_queries_for_many_clocks_as_for_few(cast: Cast, zhou: Caller, query: str) -> None:
    first = Target.objects.get(kind=ClockKind.FIRST_RESPONSE, position=1)
    Target.objects.create(
        version=first.version, position=9, kind=ClockKind.NEXT_RESPONSE, seconds=3600, calendar=first.calendar
    )
    short, long = cast.submit(), cast.submit()
    for n in range(10):
        services.reply(long, by=cast.zhou, at=after(2 * n + 1), body="?")
        services.reply(long, by=cast.chen, at=after(2 * n + 2), body="!")
    zhou.get(f"requests/{short.number}/clocks/{query}")
    counts = []
    for ticket in (short, long):
        with CaptureQueriesContext(connection) as queries:
            assert zhou.get(f"requests/{ticket.number}/clocks/{query}").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 13
    with CaptureQueriesContext(connection) as queries:
        assert len(zhou.get("clocks/").json()["results"]) > 10
    assert len(queries) <= 4
