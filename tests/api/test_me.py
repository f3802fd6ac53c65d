"""`me/` and the notices."""

from __future__ import annotations

from tests.api.calling import Caller, error_of
from tests.cast import Cast


def test_a_client_learns_who_they_are(cast: Cast, chen: Caller) -> None:
    me = chen.get("me/").json()
    assert me["role"] == {"value": "client_contact", "label": "Client contact"}
    assert me["organisation"] == {"id": cast.huaxin.pk, "name": "华信制造"}
    assert me["capabilities"] == ["submit"]
    assert me["teams"] == []


def test_staff_learn_their_teams_in_the_language_asked_for(cast: Cast) -> None:
    me = Caller(cast.zhou, "zh-hans").get("me/").json()
    assert me["organisation"] is None
    assert me["teams"] == [{"id": cast.apps.pk, "name": "应用支持组"}]
    assert "handle" in me["capabilities"]


def test_without_a_wish_for_a_language_answers_are_in_the_persons_own(cast: Cast) -> None:
    cast.zhou.language = "zh-hant"
    cast.zhou.save()
    answer = Caller(cast.zhou, None).get("me/")
    assert answer.json()["teams"][0]["name"] == "應用支援組"
    assert answer["Content-Language"] == "zh-hant"
    assert Caller(cast.zhou, "en").get("me/").json()["teams"][0]["name"] == "Application support"


def test_instants_are_in_utc_whatever_the_persons_zone(cast: Cast) -> None:
    cast.chen.time_zone = "Asia/Shanghai"
    cast.chen.save()
    ticket = cast.submit()
    shown = Caller(cast.chen).get(f"requests/{ticket.number}/").json()
    assert shown["received_at"] == "2026-11-16T02:00:00Z"


def test_notices_are_mine_in_words_and_can_be_read(cast: Cast, chen: Caller, stranger: Caller) -> None:
    for _ in range(3):
        cast.submit()
    page = chen.get("notices/", limit=2).json()
    rest = chen.get(page["next"]).json()
    notices = page["results"] + rest["results"]
    assert rest["next"] is None
    assert [notice["id"] for notice in notices] == sorted((notice["id"] for notice in notices), reverse=True)
    assert len(notices) == 3
    assert stranger.get("notices/").json()["results"] == []
    assert chen.post("notices/read/", {"ids": [notices[0]["id"]]}).json() == {"read": 1}
    assert stranger.post("notices/read/", {"ids": [notices[1]["id"]]}).json() == {"read": 0}
    assert chen.get("me/").json()["unread_notices"] == 2
    assert chen.post("notices/read/").json() == {"read": 2}
    assert chen.get("me/").json()["unread_notices"] == 0


def test_ids_that_are_none_are_refused(cast: Cast, chen: Caller) -> None:
    answer = chen.post("notices/read/", {"ids": ["x", 2**70]})
    assert answer.status_code == 400
    assert set(error_of(answer)["fields"]) == {"ids.1", "ids.2"}
