"""`agreements/<pk>/draft/`: what a draft says, as one document, and what is refused of it (SLA-10, SLA-33, SLA-44)."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from sla.models import Agreement
from tests.api.agreement_kit import a_promise, act, begin, terms
from tests.api.calling import error_of
from tests.api.kit import NOWHERE, Manager, done
from tests.cast import Cast
from tests.sla.kit import DAYS, agreement, default_agreement, promise


def test_a_draft_is_read_as_it_is_written(cast: Cast, ma: Manager) -> None:
    """Everything that was saved comes back in the same notation, and can be sent back unchanged."""
    sent = terms(promises=[a_promise(ladder=[{"point": "+30m", "give_to": cast.data.pk}]), a_promise(priority=4)])
    draft = begin(ma, cast, **sent)
    assert {name: draft[name] for name in sent if name != "promises"} == {
        name: sent[name] for name in sent if name != "promises"
    }
    assert draft["promises"][0] == {
        **a_promise(),
        "type": "",
        "service": None,
        "technical_only": False,
        "priority": None,
        "tier": "",
        "complexity": "",
        "pauses": [],
        "ladder": [{"point": "+30m", "tell": [], "raise_to": None, "give_to": cast.data.pk}],
    }
    again = done(ma.put(f"agreements/{draft['agreement']}/draft/", draft))
    assert {**again, "revision": 2, "edited_at": None} == {**draft, "edited_at": None}


def test_a_draft_like_another_agreements_version(cast: Cast, ma: Manager) -> None:
    model = default_agreement()
    asked = {
        "name": "华信协议",
        "organisation": cast.huaxin.pk,
        "like": {"agreement": model.agreement_id, "number": model.number},
    }
    assert len(done(ma.post("agreements/", asked), 201)["promises"]) == 5
    answer = ma.post("agreements/", {**asked, "like": {"agreement": model.agreement_id, "number": 7}})
    assert (answer.status_code, set(error_of(answer)["fields"])) == (400, {"like"})


def test_nobody_overwrites_what_somebody_else_saved(cast: Cast, ma: Manager) -> None:
    draft = begin(ma, cast)
    place = f"agreements/{draft['agreement']}/draft/"
    done(Manager(cast.root).put(place, {**draft, "content": "root"}))
    answer = ma.put(place, {**draft, "content": "ma"})
    assert (answer.status_code, error_of(answer)["code"]) == (409, "edited_meanwhile")
    assert done(ma.get(place))["content"] == "root"


@pytest.mark.parametrize(
    ("changes", "places"),
    [
        ({"revision": None}, {"revision"}),
        ({"promises": None}, {"promises"}),
        ({"promises": {}}, {"promises"}),
        ({"effective_from": "soon", "review_on": "2026-13-01"}, {"effective_from", "review_on"}),
        ({"effective_from": "9999-12-31T23:59:59-14:00"}, {"effective_from"}),
        ({"effective_from": "1999-12-31T00:00:00Z"}, {"effective_from"}),
        ({"effective_from": None}, {"effective_from"}),
        ({"effective_to": "2001-01-01T00:00:00Z"}, {"effective_to"}),
        ({"content": "x" * 20_001, "note": "x" * 301}, {"content", "note"}),
        ({"content": "a\x00b"}, {"content"}),
    ],
)
def test_terms_that_make_no_sense_are_refused_at_their_place(
    cast: Cast, ma: Manager, changes: dict[str, Any], places: set[str]
) -> None:
    draft = begin(ma, cast)
    place = f"agreements/{draft['agreement']}/draft/"
    answer = ma.put(place, {**draft, **changes})
    assert answer.status_code == 400, answer.content
    assert set(error_of(answer)["fields"]) == places
    assert done(ma.get(place)) == draft


@pytest.mark.parametrize(
    ("wrong", "places"),
    [
        ({"kind": "lunch"}, {"kind"}),
        ({"seconds": 0}, {"seconds"}),
        ({"seconds": 10**400}, {"seconds"}),
        ({"seconds": 10 * 365 * 86400}, {"seconds"}),
        ({"seconds": "an hour"}, {"seconds"}),
        ({"calendar": 2**62}, {"calendar"}),
        ({"calendar": NOWHERE}, {"calendar"}),
        ({"service": "unknown"}, {"service"}),
        ({"service": "a\x00"}, {"service"}),
        (
            {"type": "quarrel", "priority": 9, "tier": "gold", "complexity": "odd"},
            {"type", "priority", "tier", "complexity"},
        ),
        ({"pauses": ["lunch"]}, {"pauses.1"}),
        ({"pauses": "client"}, {"pauses"}),
        ({"ladder": [{"point": "80%"}, {"point": "later"}]}, {"ladder.2"}),
        ({"ladder": [{"point": "80%"}, {"point": "80%"}]}, {"ladder.2"}),
        ({"ladder": [{"point": "８０%"}]}, {"ladder.1"}),
        (
            {"ladder": [{"tell": ["everybody"], "raise_to": 9}]},
            {"ladder.1.point", "ladder.1.tell.1", "ladder.1.raise_to"},
        ),
        ({"ladder": [{"point": "breach", "give_to": 2**62}]}, {"ladder.1"}),
        ({"ladder": [{"point": f"{n}%"} for n in range(1, 14)]}, {"ladder"}),
    ],
)
def test_a_promise_that_makes_no_sense_is_named_by_its_place(
    cast: Cast, ma: Manager, wrong: dict[str, Any], places: set[str]
) -> None:
    """The serializers' problems and those of the domain count alike, from 1."""
    draft = begin(ma, cast)
    document = {**draft, "promises": [a_promise(), a_promise(**{"kind": "resolution", **wrong})]}
    answer = ma.put(f"agreements/{draft['agreement']}/draft/", document)
    assert answer.status_code == 400, answer.content
    assert set(error_of(answer)["fields"]) == {f"promises.2.{place}" for place in places}


def test_twins_and_too_many_promises_are_refused(cast: Cast, ma: Manager) -> None:
    draft = begin(ma, cast)
    place = f"agreements/{draft['agreement']}/draft/"
    twins = ma.put(place, {**draft, "promises": [a_promise(), a_promise(seconds=60)]})
    assert error_of(twins)["fields"] == {"promises.2.kind": ["Target 1 applies to exactly the same."]}
    many = ma.put(place, {**draft, "promises": [a_promise() for _ in range(201)]})
    assert set(error_of(many)["fields"]) == {"promises"}


def test_two_agreements_of_a_client_do_not_hold_at_once(cast: Cast, ma: Manager, hua: Manager) -> None:
    """SLA-33."""
    agreement(promise(), client=cast.huaxin, since=timezone.now() - DAYS)
    answer = ma.post("agreements/", {"name": "Second", "organisation": cast.huaxin.pk})
    draft = done(answer, 201)
    refused = ma.put(f"agreements/{draft['agreement']}/draft/", {**terms(), "revision": 1})
    assert (refused.status_code, set(error_of(refused)["fields"])) == (400, {"effective_from"})


@pytest.mark.parametrize(
    ("asked", "places"),
    [
        ({}, {"name", "organisation"}),
        ({"name": " ", "organisation": 1}, {"organisation"}),
        ({"name": " ", "organisation": "huaxin"}, {"name"}),
        ({"name": "x" * 201, "organisation": "huaxin"}, {"name"}),
        ({"name": "x", "organisation": None}, {"organisation"}),
        ({"name": "x", "organisation": NOWHERE}, {"organisation"}),
        ({"name": "x", "organisation": "huaxin", "like": 3}, {"like"}),
        ({"name": "x", "organisation": "huaxin", "like": {"agreement": 2**62, "number": 1}}, {"like"}),
    ],
)
def test_an_agreement_that_can_not_begin(cast: Cast, ma: Manager, asked: dict[str, Any], places: set[str]) -> None:
    if asked.get("organisation") == "huaxin":
        asked = {**asked, "organisation": cast.huaxin.pk}
    answer = ma.post("agreements/", asked)
    assert answer.status_code == 400, answer.content
    assert set(error_of(answer)["fields"]) == places
    assert Agreement.objects.count() == 1


def test_what_is_not_complete_is_not_offered(cast: Cast, ma: Manager) -> None:
    draft = begin(ma, cast, promises=[])
    answer = act(ma, draft, "offer")
    assert (answer.status_code, error_of(answer)["code"]) == (409, "agreement_refused")
    done(ma.patch(f"agreements/{draft['agreement']}/", {"name": "别名"}))
    assert ma.delete(f"agreements/{draft['agreement']}/draft/").status_code == 204
    assert ma.get(f"agreements/{draft['agreement']}/").status_code == 404
