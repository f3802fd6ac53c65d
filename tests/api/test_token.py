"""`token/`: the life of a token."""

from __future__ import annotations

import pytest
from django.test import Client
from rest_framework.authtoken.models import Token

from tests.api.calling import Caller, error_of
from tests.cast import PASSWORD, Cast


def ask(email: str, password: str, **headers: str) -> object:
    return Caller().client.post(
        "/api/v1/token/", {"email": email, "password": password}, content_type="application/json", headers=headers
    )


def test_email_and_password_give_a_token_that_opens_the_api_until_it_is_given_back(cast: Cast) -> None:
    answer = ask("CHEN@desk.test", PASSWORD)
    assert answer.status_code == 200
    token = answer.json()["token"]
    holder = Client(headers={"authorization": f"Token {token}"})
    assert holder.get("/api/v1/me/").json()["email"] == "chen@desk.test"
    assert holder.delete("/api/v1/token/").status_code == 204
    gone = holder.get("/api/v1/me/")
    assert gone.status_code == 401
    assert error_of(gone)["code"] == "authentication_failed"


def test_asking_again_gives_the_same_token_also_with_a_stale_one_at_hand(cast: Cast) -> None:
    first = ask("chen@desk.test", PASSWORD).json()["token"]
    again = ask("chen@desk.test", PASSWORD, authorization="Token stale")
    assert again.json()["token"] == first
    assert Token.objects.get(user=cast.chen).key == first


def test_giving_back_touches_nobody_elses_token(cast: Cast, chen: Caller, zhou: Caller) -> None:
    assert chen.client.delete("/api/v1/token/").status_code == 204
    assert zhou.get("me/").status_code == 200


def test_a_wrong_password_an_unknown_address_and_an_inactive_person_sound_the_same(cast: Cast) -> None:
    cast.wang.is_active = False
    cast.wang.save()
    answers = [
        ask("chen@desk.test", "wrong-password"),
        ask("nobody@desk.test", PASSWORD),
        ask("wang@desk.test", PASSWORD),
    ]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert error_of(answers[0])["code"] == "authentication_failed"


def test_the_token_of_somebody_who_was_deactivated_opens_nothing(cast: Cast, chen: Caller) -> None:
    cast.chen.is_active = False
    cast.chen.save()
    assert chen.get("me/").status_code == 401


def test_guessing_is_slow_for_one_address(cast: Cast) -> None:
    codes = [ask(f"guess{n}@desk.test", "wrong-password").status_code for n in range(21)]
    assert codes == [401] * 20 + [429]


def test_guessing_is_slow_for_one_person_from_many_addresses(cast: Cast) -> None:
    answers = [
        Client(REMOTE_ADDR=f"10.0.0.{n}").post(
            "/api/v1/token/", {"email": " Chen@desk.test", "password": "wrong"}, content_type="application/json"
        )
        for n in range(31)
    ]
    assert [answer.status_code for answer in answers] == [401] * 30 + [429]
    assert error_of(answers[-1])["code"] == "throttled"
    assert int(answers[-1]["Retry-After"]) > 0


def test_an_address_that_the_caller_made_up_does_not_help(cast: Cast) -> None:
    codes = [
        ask(f"guess{n}@desk.test", "wrong-password", **{"x-forwarded-for": f"10.0.0.{n}"}).status_code
        for n in range(21)
    ]
    assert codes[-1] == 429


@pytest.mark.parametrize("sent", [{}, {"email": "chen@desk.test"}, {"email": "", "password": ""}, [], "x", None, 7])
def test_half_a_question_is_refused(cast: Cast, sent: object) -> None:
    answer = Caller().client.post("/api/v1/token/", sent, content_type="application/json")
    assert answer.status_code == 400
    assert error_of(answer)["code"] in {"invalid", "parse_error"}


def test_a_token_is_never_given_back_without_one(cast: Cast) -> None:
    assert Caller().client.delete("/api/v1/token/").status_code == 401


def test_without_a_token_there_is_a_401_that_says_what_is_missing(cast: Cast) -> None:
    answer = Caller().get("me/")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Token"
    assert error_of(answer)["code"] == "not_authenticated"


def test_a_session_reads_but_writes_only_with_a_csrf_token(cast: Cast) -> None:
    ticket = cast.submit()
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.chen, backend="django.contrib.auth.backends.ModelBackend")
    assert browser.get("/api/v1/me/").status_code == 200
    address = f"/api/v1/requests/{ticket.number}/acts/withdraw/"
    refused = browser.post(address, {}, content_type="application/json")
    assert refused.status_code == 403
    assert error_of(refused)["code"] == "permission_denied"
    assert cast.fresh(ticket).is_open
    page = browser.get("/api/v1/docs/?script=")
    secret = browser.cookies["csrftoken"].value
    assert page.status_code == 200
    done = browser.post(address, {}, content_type="application/json", headers={"x-csrftoken": secret})
    assert done.status_code == 200
