"""Addresses that no page made: they are refused or ignored, and nothing breaks."""

from __future__ import annotations

import pytest
from django.http import Http404
from django.test import RequestFactory

from tests.cast import PASSWORD, Cast
from web.views.components import screens

LONG = "9" * 5000


@pytest.mark.parametrize(
    "path",
    [
        "/desk/?q=%00",
        "/desk/?open=a%00b",
        "/desk/choices/person/?name=%00",
        "/desk/clients/?client=%00",
        "/desk/clients/?after=%00",
        "/desk/new/?q=%00",
    ],
)
def test_a_nul_in_an_address_is_left_out(cast: Cast, path: str) -> None:
    assert cast.browser(cast.zhou).get(path).status_code == 200


@pytest.mark.parametrize("back", ["foo", "web:home", "//evil.example", "/\\evil.example", "http://[", ""])
def test_the_way_back_from_the_theme_stays_here(cast: Cast, back: str) -> None:
    answer = cast.browser(cast.chen).post("/theme/", {"theme": "dark", "next": back})
    assert answer.status_code == 302
    assert "evil" not in answer.headers["Location"]


@pytest.mark.parametrize("back", ["//evil.example", "/\\evil.example", "http://[", "javascript:alert(1)"])
def test_the_way_on_from_signing_in_stays_here(cast: Cast, back: str) -> None:
    sent = {"login": "chen@desk.test", "password": PASSWORD, "next": back}
    assert cast.browser().post("/account/login/", sent).headers["Location"] == "/"


def test_a_page_of_samples_that_is_none_is_not_there(rf: RequestFactory) -> None:
    with pytest.raises(Http404):
        screens(rf.get("/"), "nothing")


@pytest.mark.parametrize("before", [LONG, "9" * 30, "²", "-1"])
def test_a_place_in_the_notices_that_is_none_is_ignored(cast: Cast, before: str) -> None:
    assert cast.browser(cast.chen).get("/me/notices/", {"before": before}).status_code == 200


def test_a_number_of_an_event_that_is_none_is_ignored(cast: Cast) -> None:
    ticket = cast.submit()
    browser = cast.browser(cast.zhou)
    assert browser.get(f"/desk/requests/{ticket.number}/changes/", {"seen": LONG}).status_code == 204


@pytest.mark.parametrize(("name", "value"), [("assignee", LONG), ("tickets", "\x00")])
def test_a_selection_of_nothing_that_exists_is_ignored(cast: Cast, name: str, value: str) -> None:
    sent = {"act": "assign", "assignee": str(cast.zhou.pk), "tickets": cast.submit().number, name: value}
    assert cast.browser(cast.zhou).post("/desk/selection/", sent).status_code == 302
