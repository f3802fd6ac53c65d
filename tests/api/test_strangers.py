"""Whatever hangs on a request does not exist for somebody who may not see the request. Over all routes."""

from __future__ import annotations

import pytest
from django.urls import URLPattern
from rest_framework.test import APIClient

from api.acts import WAYS
from api.urls import urlpatterns
from tests.api.calling import MISSING, ROOT, Caller, error_of
from tests.cast import Cast, a_file
from tickets.acts import Act
from tickets.models import Ticket

PER_REQUEST = [str(route.pattern) for route in urlpatterns if "<slug:number>" in str(route.pattern)]
METHODS = ("get", "post", "put", "patch", "delete")


def address(pattern: str, number: str, key: object = MISSING) -> str:
    return ROOT + pattern.replace("<slug:number>", number).replace("<uuid:key>", str(key))


def test_there_are_as_many_routes_as_are_looked_at_here() -> None:
    assert len(PER_REQUEST) == 6 + len(Act)
    assert all(isinstance(route, URLPattern) for route in urlpatterns)


def test_every_act_has_a_route() -> None:
    assert set(WAYS) == set(Act)


@pytest.mark.parametrize("pattern", PER_REQUEST)
@pytest.mark.parametrize("name", ["stranger", "wang", "sun"])
def test_a_foreign_request_answers_exactly_like_an_unknown_one(cast: Cast, pattern: str, name: str) -> None:
    ticket = cast.closed(files=[a_file()])
    key = ticket.attachments.get().key
    caller = Caller(cast.people[name]).client
    for method in ("get", "post"):
        foreign = getattr(caller, method)(address(pattern, ticket.number, key), content_type="application/json")
        unknown = getattr(caller, method)(address(pattern, "SD-2026-999999", key), content_type="application/json")
        assert foreign.status_code == unknown.status_code in (404, 405)
        assert foreign.content == unknown.content
        error_of(foreign)
    assert 404 in {
        getattr(caller, method)(address(pattern, ticket.number, key), content_type="application/json").status_code
        for method in ("get", "post")
    }
    assert cast.fresh(ticket).event_seq == ticket.event_seq


@pytest.mark.parametrize("pattern", PER_REQUEST)
def test_nobody_gets_in_without_a_token(cast: Cast, pattern: str) -> None:
    ticket = cast.submit()
    for method in METHODS:
        answer = getattr(APIClient(), method)(address(pattern, ticket.number))
        assert answer.status_code == 401
        error_of(answer)


def test_a_request_that_moves_to_another_team_is_gone_for_the_first(cast: Cast, zhou: Caller) -> None:
    ticket = cast.submit()
    answer = zhou.act(ticket.number, Act.ASSIGN, assignee=None, team=cast.data.pk)
    assert answer.status_code == 204
    assert answer.content == b""
    assert Ticket.objects.get(pk=ticket.pk).team == cast.data
    assert zhou.get(f"requests/{ticket.number}/").status_code == 404
