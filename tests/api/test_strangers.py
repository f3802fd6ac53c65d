"""Whatever hangs on a request does not exist for somebody who may not see the request. Over all routes."""

from __future__ import annotations

import pytest
from django.urls import URLPattern
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from accounts.roles import Role
from api.acts import WAYS
from api.urls import urlpatterns
from api.views.agreement_acts import WAYS as DEEDS
from sla.models import AgreementState, AgreementVersion
from tests.api.calling import MISSING, ROOT, Caller, error_of
from tests.cast import Cast, a_file
from tests.sla.kit import DAYS, agreement, calendar, promise
from tickets.acts import Act
from tickets.models import Ticket

# Where service levels are; what clients and agents may do there stands below, with the reason.
LEVELS = [
    str(route.pattern)
    for route in urlpatterns
    if str(route.pattern).startswith(("agreements/", "calendars/", "levels/", "what-ifs/", "recalculations/"))
]
AGREEMENTS = [pattern for pattern in LEVELS if pattern.startswith("agreements/")]
FOR_OUR_EYES = {"draft/", "selection/", "coverage/"}  # of an agreement: how it is made is no client's business
WRITES_NOTHING = {"calendars/trial/": "calculates only; whoever may read a calendar may ask it"}

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


# --- service levels ---------------------------------------------------------------------------------


def level_address(pattern: str, version: AgreementVersion, calendar: int) -> str:
    """The route with the ids of an agreement that is in negotiation, or of a calendar."""
    pk = version.agreement_id if pattern.startswith("agreements/") else calendar
    filled = pattern.replace("<int:pk>", str(pk)).replace("<int:number>", str(version.number))
    return ROOT + filled.replace("<int:flip>", "1").replace("<uuid:key>", str(MISSING))


@pytest.fixture
def negotiated(cast: Cast) -> AgreementVersion:
    """A version that Huaxin's manager may read, of an agreement without files."""
    version = agreement(promise(), client=cast.huaxin, since=timezone.now() + DAYS)
    AgreementVersion.objects.filter(pk=version.pk).update(state=AgreementState.NEGOTIATION)
    return version


def test_there_are_as_many_level_routes_as_are_looked_at_here() -> None:
    assert len(LEVELS) == 9 + len(DEEDS) + 12 + 8 + 10


@pytest.mark.parametrize("pattern", LEVELS)
def test_nobody_reaches_levels_without_a_token(cast: Cast, negotiated: AgreementVersion, pattern: str) -> None:
    for method in METHODS:
        answer = getattr(APIClient(), method)(level_address(pattern, negotiated, calendar().pk))
        assert answer.status_code == 401
        error_of(answer)


@pytest.mark.parametrize("name", ["chen", "wang", "stranger"])
@pytest.mark.parametrize("pattern", LEVELS)
def test_for_a_clients_contact_there_is_nothing_about_levels(
    cast: Cast, negotiated: AgreementVersion, pattern: str, name: str
) -> None:
    caller, place = Caller(cast.people[name]).client, level_address(pattern, negotiated, calendar().pk)
    for method in METHODS:
        assert getattr(caller, method)(place, content_type="application/json").status_code == 404


@pytest.mark.parametrize("pattern", LEVELS)
def test_a_clients_manager_finds_the_own_agreements_and_nothing_else(
    cast: Cast, negotiated: AgreementVersion, pattern: str
) -> None:
    """And nothing is changed but by comment and signature, for which an empty form is not enough."""
    place = level_address(pattern, negotiated, calendar().pk)
    mine, theirs = Caller(cast.hua).client, Caller(cast.people["hua"])
    is_shown = pattern in AGREEMENTS and not any(part in pattern for part in FOR_OUR_EYES)
    answers = {method: getattr(mine, method)(place, content_type="application/json") for method in METHODS}
    if not is_shown:
        assert {answer.status_code for answer in answers.values()} == {404}
    else:
        is_file = pattern.endswith("<uuid:key>/")
        assert answers["get"].status_code in ({404} if is_file else {200, 405})
        assert {answers[method].status_code for method in METHODS[1:]} <= {400, 403, 404, 405, 415}
    negotiated.refresh_from_db()
    assert negotiated.state == AgreementState.NEGOTIATION
    assert theirs.get("agreements/").json()["results"][0]["id"] == negotiated.agreement_id


@pytest.mark.parametrize("pattern", [pattern for pattern in AGREEMENTS if "<int:pk>" in pattern])
def test_another_clients_manager_meets_what_there_is_not(
    cast: Cast, negotiated: AgreementVersion, pattern: str
) -> None:
    """A foreign agreement answers exactly like an unknown one."""
    foreign = User.objects.create(
        email="boss@desk.test", name="Boss", role=Role.CLIENT_MANAGER, organisation=cast.yuanhang
    )
    caller, place = Caller(foreign).client, level_address(pattern, negotiated, 0)
    unknown = place.replace(f"/{negotiated.agreement_id}/", "/999999999/", 1)
    for method in METHODS:
        answers = [getattr(caller, method)(each, content_type="application/json") for each in (place, unknown)]
        assert answers[0].status_code == answers[1].status_code in {404, 405}
        assert answers[0].content == answers[1].content


@pytest.mark.parametrize("name", ["zhou", "zhao", "li", "qin"])
@pytest.mark.parametrize("pattern", LEVELS)
def test_who_may_not_configure_changes_nothing(
    cast: Cast, negotiated: AgreementVersion, pattern: str, name: str
) -> None:
    """Before what was sent is looked at."""
    caller, place = Caller(cast.people[name]).client, level_address(pattern, negotiated, calendar().pk)
    allowed = {400} if pattern in WRITES_NOTHING else set()
    for method in METHODS[1:]:
        answer = getattr(caller, method)(place, content_type="application/json")
        unreadable = {415} if pattern.endswith("/files/") else set()  # said of the form before the person's right
        assert answer.status_code in {403, 404, 405} | allowed | unreadable, answer.content
        error_of(answer)
