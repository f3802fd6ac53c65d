"""A stranger from another client meets 404 at every page, file and endpoint about a request: over all routes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from quality.models import Survey
from quality.services.surveys import token_for
from tests.cast import MONDAY, Cast, a_file
from tickets import services
from tickets.models import Ticket

# Routes whose argument is not about one request, with the reason.
ELSEWHERE = {
    "portal/new/<slug:slug>/": "a service of the catalogue; tests/portal says who may see which",
    "portal/survey/<str:token>/": "opens with the signed link and without signing in, by design",
    "account/": "signing in",
    "admin/": "base data; tests/admin says who comes in",
    "desk/components/": "the gallery of components",
    "desk/choices/<slug:name>/": "names of clients and people to filter by, narrowed to what staff may see",
    "static/": "files of the product itself",
}


NO_SUCH_METHOD = 405  # says nothing about any request
POLL_NO_MORE = 286  # an empty answer that tells htmx to stop asking


def _routes(resolver: URLResolver, before: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _routes(entry, route)
        elif isinstance(entry, URLPattern):
            yield route


def _about_a_request() -> list[str]:
    found = [route for route in _routes(get_resolver()) if "<" in route and "(?P" not in route]
    return sorted(route for route in found if not route.startswith(tuple(ELSEWHERE)))


def _filled(route: str, ticket: Ticket) -> list[str]:
    """The route with this request's own values; an act is tried under every name."""
    attachment = ticket.attachments.all()[0]
    values = {
        "number": ["1"] if "<int:number>" in route else [ticket.number],  # of a version, or of the request
        "key": [str(attachment.key)],
        "pk": [str(ticket.clocks.all()[0].pk)],
        "act": ["reply", "accept", "confirm_plan", "withdraw", "survey"],
        "name": ["reply", "assign", "deliver", "note"],
        "path": ["x"],
        "flip": ["1"],
        "token": ["x"],
    }
    paths = ["/" + route]
    for name in re.findall(r"<(?:\w+:)?(\w+)>", route):
        paths = [re.sub(rf"<(?:\w+:)?{name}>", value, path) for path in paths for value in values[name]]
    return paths


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    ticket = cast.closed(files=[a_file()])
    services.note(ticket, by=cast.zhou, at=MONDAY, body="internal", files=[a_file("note.txt")])
    return ticket


def test_there_are_routes_to_try() -> None:
    routes = _about_a_request()
    for beginning in ("portal/requests/", "desk/requests/", "api/v1/requests/", "files/"):
        assert any(route.startswith(beginning) for route in routes), beginning


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("route", _about_a_request())
def test_a_stranger_meets_404(cast: Cast, ticket: Ticket, route: str, method: str) -> None:
    browser = cast.browser(cast.stranger)
    for path in _filled(route, ticket):
        answer = getattr(browser, method)(path)
        assert answer.status_code in {404, NO_SUCH_METHOD}, path
        assert ticket.subject not in answer.content.decode()
    assert ticket.messages.count() == 2


@pytest.mark.parametrize("route", _about_a_request())
def test_somebody_who_has_not_signed_in_sees_nothing(cast: Cast, ticket: Ticket, route: str) -> None:
    for path in _filled(route, ticket):
        answer = cast.browser().get(path)
        assert answer.status_code in {302, 401, 404, NO_SUCH_METHOD, POLL_NO_MORE}, path
        assert ticket.subject.encode() not in answer.content


def test_internal_files_are_not_for_the_client_herself(cast: Cast, ticket: Ticket) -> None:
    internal = ticket.attachments.get(name="note.txt")
    public = ticket.attachments.get(name="screenshot.png")
    for place in ("/files/{}/", f"/api/v1/requests/{ticket.number}/attachments/{{}}/"):
        assert cast.browser(cast.chen).get(place.format(internal.key)).status_code == 404
        assert cast.browser(cast.chen).get(place.format(public.key)).status_code == 200


def test_a_survey_link_shows_one_survey_and_no_request(cast: Cast, ticket: Ticket) -> None:
    survey = Survey.objects.get(ticket=ticket)
    page = cast.browser().get(f"/portal/survey/{token_for(survey)}/")
    assert page.status_code == 200
    assert ticket.description.encode() not in page.content
    assert cast.browser().get("/portal/survey/made-up/").status_code == 404
