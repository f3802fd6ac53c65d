"""Submitting a request: catalogue, form, refusal without loss, confirmation (R-001…R-004)."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from i18nfield.strings import LazyI18nString

from portal import uploads
from tests.cast import Cast, a_file
from tests.portal.pages import form_of, text_of
from tickets.models import Attachment, FieldKind, ServiceField, ServiceFieldChoice, ServiceStatus, Ticket

URL = "/portal/new/support/"
FILLED = {"subject": "报表白屏", "description": "登录后空白", "impact": "2", "urgency": "3"}


def test_the_catalogue_shows_what_is_on_offer(cast: Cast) -> None:
    """R-060."""
    cast.reset.status = ServiceStatus.DRAFT
    cast.reset.save()
    cast.complaint.only_for.add(cast.yuanhang)
    words = text_of(cast.browser(cast.chen).get("/portal/new/"))
    assert "Application fault" in words
    assert "Password reset" not in words
    assert "Complaint" not in words


@pytest.mark.parametrize("slug", ["nothing", "reset", "complaint"])
def test_a_service_that_is_not_on_offer_is_not_there(cast: Cast, slug: str) -> None:
    cast.reset.status = ServiceStatus.RETIRED
    cast.reset.save()
    cast.complaint.only_for.add(cast.yuanhang)
    browser = cast.browser(cast.chen)
    assert browser.get(f"/portal/new/{slug}/").status_code == 404
    assert browser.post(f"/portal/new/{slug}/", FILLED).status_code == 404
    assert not Ticket.objects.exists()


def test_the_form_asks_what_the_service_needs_and_no_more(cast: Cast) -> None:
    """R-002."""
    browser = cast.browser(cast.chen)
    support, reset, consulting = (browser.get(f"/portal/new/{slug}/") for slug in ("support", "reset", "consulting"))
    for name, where in {
        "service_object": [support],
        "began_at": [support],
        "impact": [support, consulting],
        "background": [consulting],
        "wanted_by": [consulting],
        "subject": [support, reset, consulting],
    }.items():
        for page in (support, reset, consulting):
            assert (f'name="{name}"' in page.content.decode()) == (page in where), (name, page.request["PATH_INFO"])


def test_a_request_is_submitted_and_confirmed(cast: Cast) -> None:
    """R-004: number, what happens next, by when."""
    browser = cast.browser(cast.chen)
    sent = {**form_of(browser.get(URL), URL), **FILLED, "began_at": "2026-11-16T08:30", "files": [a_file("截图.png")]}
    response = browser.post(URL, sent, follow=True)
    ticket = Ticket.objects.get()
    assert response.redirect_chain == [(f"/portal/requests/{ticket.number}/", 302)]
    assert (ticket.subject, ticket.impact, ticket.urgency, ticket.requester) == ("报表白屏", 2, 3, cast.chen)
    assert ticket.began_at is not None
    assert ticket.began_at.isoformat() == "2026-11-16T00:30:00+00:00"
    assert [each.name for each in ticket.attachments.all()] == ["截图.png"]
    words = text_of(response)
    assert "We have your request" in words
    assert f"Its number is {ticket.number}" in words
    assert "We read your request and answer you. First answer by" in words
    assert f'data-draft-done="{cast.chen.pk}-new-support-subject"' in response.content.decode()
    again = browser.get(f"/portal/requests/{ticket.number}/")
    assert "We have your request" not in text_of(again)
    assert "data-draft-done" not in again.content.decode()


def test_the_services_own_questions_are_asked_and_kept(cast: Cast) -> None:
    for key, kind in (
        ("seats", FieldKind.NUMBER),
        ("day", FieldKind.DATE),
        ("ok", FieldKind.CHECKBOX),
        ("site", FieldKind.CHOICE),
        ("why", FieldKind.TEXTAREA),
        ("nr", FieldKind.TEXT),
    ):
        asked = ServiceField.objects.create(
            service=cast.support, key=key, kind=kind, label=LazyI18nString({"en": f"Q {key}", "zh-hans": f"问 {key}"}),
            required=True,
        )  # fmt: skip
        if kind == FieldKind.CHOICE:
            ServiceFieldChoice.objects.create(field=asked, value="sh", label=LazyI18nString({"en": "Shanghai"}))
    browser = cast.browser(cast.chen, "zh-hans")
    page = browser.get(URL)
    assert "问 seats" in text_of(page)
    refused = browser.post(URL, {**FILLED, "answer_seats": "viele", "answer_day": "2026-02-31"})
    assert refused.status_code == 422
    assert not Ticket.objects.exists()
    given = {"answer_seats": "23", "answer_day": "2026-12-01", "answer_ok": "on", "answer_site": "sh",
             "answer_why": "因为", "answer_nr": "7"}  # fmt: skip
    browser.post(URL, {**FILLED, **given})
    assert Ticket.objects.get().answers == {
        "seats": 23, "day": "2026-12-01", "ok": True, "site": "sh", "why": "因为", "nr": "7",
    }  # fmt: skip


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(
    ("bad", "place"),
    [
        ({"subject": ""}, "subject"),
        ({"subject": "   "}, "subject"),
        ({"description": ""}, "description"),
        ({"subject": "x" * 201}, "subject"),
        ({"description": "很" * 20_001}, "description"),
        ({"began_at": "2099-01-01T00:00"}, "began_at"),
        ({"began_at": "gestern"}, "began_at"),
        ({"impact": "9"}, "impact"),
        ({"urgency": "x"}, "urgency"),
        ({"service_object": "x" * 201}, "service_object"),
    ],
)
def test_bad_input_is_refused_and_nothing_typed_is_lost(
    cast: Cast, language: str, bad: dict[str, str], place: str
) -> None:
    sent = {**FILLED, "service_object": "报表系统", "affected": "财务部 <40>", **bad}
    response = cast.browser(cast.chen, language).post(URL, sent)
    assert response.status_code == 422
    assert not Ticket.objects.exists()
    assert place in response.context["form"].errors
    assert 'role="alert"' in response.content.decode()
    kept = form_of(response, URL)
    for name in {"subject", "description", "service_object", "affected"} - {place}:
        assert kept[name] == sent[name]


def test_all_problems_show_at_once(cast: Cast) -> None:
    response = cast.browser(cast.chen).post(URL, {"files": [a_file("virus.exe")]})
    assert set(response.context["form"].errors) >= {"subject", "description", "files"}


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(
    "file",
    [
        lambda: a_file("virus.exe"),
        lambda: a_file("VIRUS.EXE "),
        lambda: a_file("empty.png", b""),
        lambda: a_file("big.png", b"\0" * 30 * 1024 * 1024),
    ],
    ids=["exe", "EXE", "empty", "30 MB"],
)
def test_bad_files_are_refused_and_the_good_one_is_kept(cast: Cast, language: str, file: Any) -> None:
    browser = cast.browser(cast.chen, language)
    response = browser.post(URL, {**FILLED, "files": [a_file("good.png"), file()]})
    assert response.status_code == 422
    assert not Ticket.objects.exists()
    again = form_of(response, URL)
    assert [kept.name for kept in response.context["form"].kept] == ["good.png"]
    browser.post(URL, again)
    assert [each.name for each in Ticket.objects.get().attachments.all()] == ["good.png"]


class TestKeptFiles:
    """Files of a refused form are there when it is sent again."""

    def _refused(self, cast: Cast) -> tuple[Any, dict[str, Any]]:
        browser = cast.browser(cast.chen)
        page = browser.post(
            URL, {**FILLED, "subject": "", "files": [a_file("截图.png", b"\x89PNG 1"), a_file("b.txt")]}
        )
        assert "Already attached" in text_of(page)
        return browser, {**form_of(page, URL), "subject": "Jetzt"}

    def test_they_come_along(self, cast: Cast) -> None:
        browser, again = self._refused(cast)
        browser.post(URL, {**again, "files": [a_file("c.txt")]})
        found = Attachment.objects.order_by("pk")
        assert [each.name for each in found] == ["截图.png", "b.txt", "c.txt"]
        assert found[0].file.read() == b"\x89PNG 1"
        assert (found[0].content_type, found[0].size) == ("image/png", 6)

    def test_they_survive_a_second_refusal(self, cast: Cast) -> None:
        browser, again = self._refused(cast)
        page = browser.post(URL, {**again, "subject": ""})
        browser.post(URL, {**form_of(page, URL), "subject": "Jetzt"})
        assert Attachment.objects.count() == 2

    def test_one_can_be_left_out(self, cast: Cast) -> None:
        browser, again = self._refused(cast)
        browser.post(URL, {**again, "kept": again["kept"][1:]})
        assert [each.name for each in Attachment.objects.all()] == ["b.txt"]

    def test_nobody_else_can_take_them(self, cast: Cast) -> None:
        _browser, again = self._refused(cast)
        cast.browser(cast.stranger).post(URL, again)
        assert Ticket.objects.count() == 1
        assert not Attachment.objects.exists()

    def test_forged_references_bring_nothing(self, cast: Cast) -> None:
        browser, again = self._refused(cast)
        browser.post(URL, {**again, "kept": ["../../etc/passwd", again["kept"][0] + "x", ""]})
        assert Ticket.objects.count() == 1
        assert not Attachment.objects.exists()

    def test_they_are_removed_when_the_form_is_taken(self, cast: Cast) -> None:
        browser, again = self._refused(cast)
        paths = [kept.path for kept in uploads.find(again["kept"], by=cast.chen)]
        assert all(default_storage.exists(path) for path in paths)
        browser.post(URL, again)
        assert not any(default_storage.exists(path) for path in paths)

    def test_they_are_removed_when_nobody_comes_back(self, cast: Cast) -> None:
        now = timezone.now()
        old = uploads.keep(a_file(), by=cast.chen, at=now - timedelta(days=3))
        young = uploads.keep(a_file(), by=cast.chen, at=now)
        uploads.clean_up(now)
        assert not default_storage.exists(old.path)
        assert default_storage.exists(young.path)


def test_a_double_click_makes_one_request(cast: Cast) -> None:
    browser = cast.browser(cast.chen)
    sent = {**form_of(browser.get(URL), URL), **FILLED, "files": [a_file()]}
    first = browser.post(URL, sent)
    sent["files"] = [a_file()]
    second = browser.post(URL, sent)
    assert first.url == second.url
    assert Ticket.objects.count() == Attachment.objects.count() == 1


def test_two_forms_make_two_requests(cast: Cast) -> None:
    browser = cast.browser(cast.chen)
    for _ in range(2):
        browser.post(URL, {**form_of(browser.get(URL), URL), **FILLED})
    assert Ticket.objects.count() == 2


def test_a_strange_once_is_refused(cast: Cast) -> None:
    assert cast.browser(cast.chen).post(URL, {**FILLED, "once": "1' OR 1=1"}).status_code == 422
    assert cast.browser(cast.chen).post(URL, {**FILLED, "once": uuid.uuid4()}).status_code == 302


def test_it_is_only_for_clients(cast: Cast) -> None:
    assert cast.browser(cast.zhou).get(URL).status_code == 404
    assert cast.browser().get(URL).status_code == 302
    assert cast.browser(cast.zhou).post(URL, FILLED).status_code == 404
    assert not Ticket.objects.exists()
