"""Acts on several requests at once."""

from __future__ import annotations

from uuid import uuid4

from django.contrib.messages import get_messages
from django.urls import reverse

from tests.cast import Cast
from tickets import services

SELECTION = reverse("desk:selection")


def said(response: object) -> list[str]:
    """The messages that the next page shows."""
    return [str(message) for message in get_messages(response.wsgi_request)]  # type: ignore[attr-defined]


def test_several_requests_are_assigned_each_through_the_door(cast: Cast) -> None:
    tickets = [cast.submit(), cast.submit()]
    form = {"act": "assign", "assignee": cast.zhao.pk, "tickets": [t.number for t in tickets], "once": str(uuid4())}
    response = cast.browser(cast.zhou).post(SELECTION, form)
    assert response.headers["Location"] == reverse("desk:queue")
    assert [cast.fresh(ticket).assignee for ticket in tickets] == [cast.zhao, cast.zhao]
    assert said(response) == ["2 requests done."]


def test_what_is_refused_is_named_with_its_reason_and_the_rest_is_done(cast: Cast) -> None:
    free, taken = cast.submit(), cast.in_execution()
    numbers = [free.number, taken.number]
    response = cast.browser(cast.zhou).post(SELECTION, {"act": "take_up", "tickets": numbers, "once": str(uuid4())})
    assert cast.fresh(free).assignee == cast.zhou
    first, second = said(response)
    assert first == "1 request done."
    assert taken.number in second
    assert "Execution" in second


def test_a_second_click_does_nothing_twice(cast: Cast) -> None:
    ticket = cast.submit()
    form = {"act": "assign", "assignee": cast.zhao.pk, "tickets": [ticket.number], "once": str(uuid4())}
    browser = cast.browser(cast.zhou)
    browser.post(SELECTION, form)
    before = cast.fresh(ticket).event_seq
    services.assign(ticket, by=cast.zhou, at=ticket.received_at, assignee=cast.zhou)
    browser.post(SELECTION, form)
    assert cast.fresh(ticket).assignee == cast.zhou
    assert cast.fresh(ticket).event_seq == before + 1


def test_foreign_requests_are_left_alone(cast: Cast) -> None:
    ticket = cast.submit()
    response = cast.browser(cast.sun).post(SELECTION, {"act": "take_up", "tickets": [ticket.number]})
    assert cast.fresh(ticket).assignee is None
    assert said(response) == ["Nothing was selected."]


def test_the_way_back_stays_in_the_queue(cast: Cast) -> None:
    browser = cast.browser(cast.zhou)
    back = reverse("desk:queue") + "?view=late"
    assert browser.post(SELECTION, {"act": "take_up", "next": back}).headers["Location"] == back
    for elsewhere in ("https://elsewhere.example/", "//elsewhere.example/desk/", "/account/logout/"):
        response = browser.post(SELECTION, {"act": "take_up", "next": elsewhere})
        assert response.headers["Location"] == reverse("desk:queue")


def test_unknown_acts_are_refused(cast: Cast) -> None:
    assert cast.browser(cast.zhou).post(SELECTION, {"act": "delete"}).status_code == 400
    assert cast.browser(cast.zhou).get(SELECTION).status_code == 405
