"""A survey by its link: without signing in, once, in the contact's language; afterwards it says why not (R-050)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from quality.models import AnsweredVia, Survey
from quality.services import surveys
from tests.cast import Cast
from tests.portal.pages import form_of, text_of
from tickets import services

SCORES = {"scores_process": "5", "scores_result": "4", "scores_experience": "1"}


def link(survey: Survey) -> str:
    return f"/portal/survey/{surveys.token_for(survey)}/"


@pytest.fixture
def survey(cast: Cast) -> Survey:
    cast.closed(at=timezone.now(), subject="白屏")
    return Survey.objects.get()


def test_it_asks_a_visitor_about_their_request(cast: Cast, survey: Survey) -> None:
    words = text_of(cast.browser().get(link(survey)))
    assert survey.ticket.number in words
    assert "白屏" in words
    assert words.count("Very dissatisfied") == 3


def test_it_is_answered_once(cast: Cast, survey: Survey) -> None:
    browser = cast.browser()
    sent = {**form_of(browser.get(link(survey)), ""), **SCORES, "comment": "gut"}
    assert "Thank you" in text_of(browser.post(link(survey), sent))
    survey.refresh_from_db()
    assert (survey.answered_via, survey.answered_by, survey.comment) == (AnsweredVia.LINK, None, "gut")
    assert {each.dimension: each.score for each in survey.answers.all()} == {
        "process": 5, "result": 4, "experience": 1,
    }  # fmt: skip
    for again in (browser.get(link(survey)), browser.post(link(survey), sent)):
        assert again.status_code == 410
        assert "This survey has been answered already." in text_of(again)
    assert survey.answers.count() == 3


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("bad", [{}, {"scores_result": "6"}, {"scores_result": "x"}, {"comment": "x" * 4001}])
def test_bad_answers_come_back(cast: Cast, survey: Survey, language: str, bad: dict[str, str]) -> None:
    sent = {**SCORES, **bad} if bad else {"scores_process": "2"}
    page = cast.browser(None, language).post(link(survey), {"comment": "gut", **sent})
    assert page.status_code == 422
    assert form_of(page, "")["scores_process"] == [sent["scores_process"]]
    assert Survey.objects.get().answered_at is None


def test_expired_void_and_forged_links_say_so(cast: Cast, survey: Survey) -> None:
    browser, address = cast.browser(), link(survey)
    assert browser.get(address.replace("/survey/", "/survey/x")).status_code == 404
    assert browser.get("/portal/survey/nonsense/").status_code == 404
    services.reopen(survey.ticket, by=cast.chen, at=timezone.now(), reason="wieder")
    void = browser.get(address)
    assert (void.status_code, "this survey is void" in text_of(void)) == (410, True)
    Survey.objects.update(void_at=None, expires_at=timezone.now() - timedelta(seconds=1))
    for expired in (browser.get(address), browser.post(address, SCORES)):
        assert (expired.status_code, "This survey has expired." in text_of(expired)) == (410, True)
    assert not survey.answers.exists()


def test_it_speaks_the_contacts_language_unless_the_visitor_chooses(cast: Cast, survey: Survey) -> None:
    cast.chen.language = "zh-hans"
    cast.chen.save()
    browser = cast.browser(None, "en")
    page = browser.get(link(survey))
    assert 'lang="zh-hans"' in page.content.decode()
    assert "您对服务过程是否满意" in text_of(page)
    browser.post("/language/", {"language": "en", "next": link(survey)})
    assert "How satisfied are you" in text_of(browser.get(link(survey)))


def test_the_contact_who_is_signed_in_is_named(cast: Cast, survey: Survey) -> None:
    cast.browser(cast.chen).post(link(survey), {**SCORES, "comment": ""})
    assert Survey.objects.get().answered_by == cast.chen


def test_nobody_elses_name_is_put_under_it(cast: Cast, survey: Survey) -> None:
    cast.browser(cast.zhou).post(link(survey), {**SCORES, "comment": ""})
    survey.refresh_from_db()
    assert survey.answered_at is not None
    assert survey.answered_by is None
