"""The client's word on agreements: read, comment, sign; for the client's managers alone (R-045)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from notifications.models import Notice
from sla.models import AgreementDeed, AgreementState, AgreementVersion
from sla.services import agreements
from sla.services.terms import Rung, Terms, digest_of, terms_of
from tests.cast import Cast, a_file
from tests.portal.pages import form_of
from tests.sla.kit import DAYS, agreement, promise
from tickets.states import TicketType

LIST = "/portal/agreements/"


@pytest.fixture
def version(cast: Cast) -> AgreementVersion:
    """An agreement that waits for Huaxin's signature."""
    made = agreements.create("Premium", cast.huaxin, by=cast.ma, at=timezone.now())
    rungs = (Rung("80%", ("manager",)), Rung("breach", ("quality_officer",), raise_to=4))
    terms = Terms(
        promises=(
            promise("first_response", 20, ladder=rungs),
            promise("resolution", 600, type=TicketType.INCIDENT, pauses=("client",), ladder=rungs),
        ),
        effective_from=timezone.now() + DAYS,
        content="All **business** applications",
        note="internal remark",
    )
    agreements.save(made, terms, revision=1, by=cast.ma, at=timezone.now())
    return agreements.offer(made, by=cast.ma, at=timezone.now())


def address(version: AgreementVersion, act: str = "") -> str:
    return f"{LIST}{version.pk}/{act}"


def screen(response: HttpResponse) -> str:
    """What stands on the screen; the document for the printer is looked at by itself."""
    return re.sub(r'<article class="document".*?</article>', "", response.content.decode(), flags=re.DOTALL)


def send(browser: Client, version: AgreementVersion, act: str, **changed: Any) -> HttpResponse:
    """Load the page and send one of its forms; the sign form's address leads back to itself."""
    page = browser.get(address(version))
    action = f"{address(version, act)}/" + ("#sign" if act == "sign" else "")
    return browser.post(f"{address(version, act)}/", {**form_of(page, action), **changed})


def test_the_navigation_leads_there_only_who_may_sign(cast: Cast) -> None:
    assert f'href="{LIST}"' in cast.browser(cast.hua).get("/portal/").content.decode()
    assert f'href="{LIST}"' not in cast.browser(cast.chen).get("/portal/").content.decode()


def test_what_waits_for_a_signature_comes_first(cast: Cast, version: AgreementVersion) -> None:
    held = agreement(promise(), client=cast.huaxin, until=timezone.now() + DAYS)
    ended = agreement(promise(), client=cast.huaxin, until=timezone.now() - DAYS)
    AgreementVersion.objects.filter(pk=ended.pk).update(state=AgreementState.ENDED)
    agreements.create("A draft", cast.huaxin, by=cast.ma, at=timezone.now())
    agreement(promise(), client=cast.yuanhang)
    page = cast.browser(cast.hua).get(LIST)
    assert [[one.pk for one in page.context[name]] for name in ("to_sign", "agreed", "ended")] == [
        [version.pk],
        [held.pk],
        [ended.pk],
    ]
    html = page.content.decode()
    assert html.index("To read and sign") < html.index("Agreed") < html.index("Ended")
    assert "A draft" not in html


def test_without_an_agreement_of_its_own_a_client_hears_what_holds(cast: Cast) -> None:
    assert "No agreement of your own yet" in cast.browser(cast.hua).get(LIST).content.decode()


def test_the_terms_read_in_plain_words_without_anything_internal(cast: Cast, version: AgreementVersion) -> None:
    agreements.attach(version, [a_file("Vertrag.pdf", b"%PDF", "application/pdf")], by=cast.ma, at=timezone.now())
    response = cast.browser(cast.hua).get(address(version))
    html = screen(response)
    for part in (
        "Waits for your signature",
        "20 m",
        "10 h",
        "Incident",
        "stands still while we wait for you",
        "From receiving a request to the first answer by a person.",
        "<strong>business</strong>",
        "Vertrag.pdf",
        "Mon–Sun 00:00–24:00",
    ):
        assert part in html
    for hidden in ("80 %", "ladder", "Ladder", "Quality officers", "quality officers", "internal remark"):
        assert hidden not in response.content.decode()


def test_opening_it_marks_the_notice_read(cast: Cast, version: AgreementVersion) -> None:
    notice = Notice.objects.get(kind="agreement_offered", recipient=cast.hua)
    assert cast.browser(cast.hua).get(notice.path).status_code == 200
    notice.refresh_from_db()
    assert notice.read_at is not None


def test_a_renewal_says_what_is_new(cast: Cast, version: AgreementVersion) -> None:
    browser = cast.browser(cast.hua)
    send(browser, version, "sign", name="华总", read="on")
    draft = agreements.draft_for(version.agreement, by=cast.ma, at=timezone.now(), like=version)
    first, second = terms_of(draft).promises
    terms = Terms(promises=(replace(first, seconds=600, ladder=()), second), effective_from=timezone.now() + 9 * DAYS)
    agreements.save(draft, terms, revision=1, by=cast.ma, at=timezone.now())
    agreements.offer(draft, by=cast.ma, at=timezone.now())
    page = browser.get(address(draft))
    assert [one.text for one in page.context["differences"]] == [
        "First response, Everything: 20 m → 10 m",
        "Services covered: the text changed.",
    ]


def test_a_comment_reaches_us(cast: Cast, version: AgreementVersion) -> None:
    browser = cast.browser(cast.hua)
    answer = send(browser, version, "comment", body="能否缩短？")
    assert answer["Location"] == address(version)
    assert version.comments.get().body == "能否缩短？"
    assert Notice.objects.filter(kind="agreement_commented", recipient=cast.ma).exists()
    page = browser.get(address(version)).content.decode()
    assert "能否缩短？" in page
    assert f'data-draft-done="agreement-{version.pk}"' in page
    empty = send(browser, version, "comment", body="  ")
    assert empty.status_code == 422
    assert "Please write something here." in screen(empty)


def test_a_signature_needs_a_name_and_that_it_was_read(cast: Cast, version: AgreementVersion) -> None:
    browser = cast.browser(cast.hua)
    refused = send(browser, version, "sign", name="华总")
    assert refused.status_code == 422
    assert "Please read the terms and tick this before you sign." in screen(refused)
    assert 'value="华总"' in screen(refused)
    assert send(browser, version, "sign", name="", read="on").status_code == 422
    version.refresh_from_db()
    assert version.state == AgreementState.NEGOTIATION


def test_signing_keeps_who_when_and_which_terms_and_shows_it(cast: Cast, version: AgreementVersion) -> None:
    browser = cast.browser(cast.hua)
    assert send(browser, version, "sign", name="华 总", read="on")["Location"] == address(version)
    version.refresh_from_db()
    entry = version.record.get(deed=AgreementDeed.SIGNED)
    assert (version.state, entry.name, entry.actor) == (AgreementState.SIGNED, "华 总", cast.hua)
    assert entry.terms_sha256 == digest_of(terms_of(version))
    page = browser.get(address(version))
    for part in ("By 华 总", "version 1", entry.terms_sha256):
        assert part in screen(page)
    assert 'name="read"' not in screen(page)
    document = page.content.decode().split('<article class="document"')[1]
    assert "华 总" in document


def test_terms_changed_meanwhile_are_shown_again_and_nothing_is_lost(cast: Cast, version: AgreementVersion) -> None:
    browser = cast.browser(cast.hua)
    page = browser.get(address(version))
    read = form_of(page, f"{address(version, 'sign')}/#sign")
    changed = replace(terms_of(version), promises=(promise("first_response", 45),))
    agreements.save(version, changed, revision=version.revision, by=cast.ma, at=timezone.now())
    refused = browser.post(f"{address(version, 'sign')}/", {**read, "name": "华总", "read": "on"})
    assert refused.status_code == 409
    html = screen(refused)
    for part in ("The terms were changed while you read them", "45 m", 'value="华总"'):
        assert part in html
    again = form_of(refused, f"{address(version, 'sign')}/#sign")
    assert "read" not in again  # what was read is to be read again
    version.refresh_from_db()
    assert version.state == AgreementState.NEGOTIATION
    assert browser.post(f"{address(version, 'sign')}/", {**again, "read": "on"}).status_code == 302
    version.refresh_from_db()
    assert version.record.get(deed=AgreementDeed.SIGNED).terms_sha256 == digest_of(changed)


def test_an_incomplete_form_under_terms_changed_meanwhile_says_so_too(cast: Cast, version: AgreementVersion) -> None:
    browser = cast.browser(cast.hua)
    read = form_of(browser.get(address(version)), f"{address(version, 'sign')}/#sign")
    agreements.save(version, terms_of(version), revision=version.revision, by=cast.ma, at=timezone.now())
    refused = browser.post(f"{address(version, 'sign')}/", {**read, "name": "华总"})
    assert refused.status_code == 422
    assert "The terms were changed while you read them" in screen(refused)


def test_what_a_colleague_signed_meanwhile_is_not_signed_again(cast: Cast, version: AgreementVersion) -> None:
    colleague = User.objects.create(email="c@h.test", name="C", role=Role.CLIENT_MANAGER, organisation=cast.huaxin)
    browser = cast.browser(colleague)
    page = browser.get(address(version))
    read = form_of(page, f"{address(version, 'sign')}/#sign")
    written = form_of(page, f"{address(version, 'comment')}/")
    agreements.sign(version, by=cast.hua, name="华总", revision=version.revision, at=timezone.now())
    refused = browser.post(f"{address(version, 'sign')}/", {**read, "name": "C", "read": "on"})
    assert refused.status_code == 409
    assert "By 华总" in screen(refused)
    late = browser.post(f"{address(version, 'comment')}/", {**written, "body": "One more thing"})
    assert late.status_code == 409
    assert "One more thing" in screen(late)
    assert version.record.filter(deed=AgreementDeed.SIGNED).count() == 1


def test_what_is_taken_back_is_being_reworked_and_what_was_typed_stays(cast: Cast, version: AgreementVersion) -> None:
    browser = cast.browser(cast.hua)
    page = browser.get(address(version))
    written = form_of(page, f"{address(version, 'comment')}/")
    read = form_of(page, f"{address(version, 'sign')}/#sign")
    agreements.take_back(version, by=cast.ma, at=timezone.now())
    shown = browser.get(address(version))
    assert shown.status_code == 200
    assert "We are reworking this agreement" in screen(shown)
    assert "20 m" not in shown.content.decode()
    late = browser.post(f"{address(version, 'comment')}/", {**written, "body": "One more thing"})
    assert late.status_code == 409
    assert "One more thing" in screen(late)
    assert browser.post(f"{address(version, 'sign')}/", {**read, "name": "C", "read": "on"}).status_code == 409
    assert browser.get(LIST).context["to_sign"] == []


def test_contacts_and_strangers_find_nothing(cast: Cast, version: AgreementVersion) -> None:
    """R-045, R-070: a contact of the same client, a contact and a manager of another one, nobody at all."""
    manager = User.objects.create(email="m@y.test", name="M", role=Role.CLIENT_MANAGER, organisation=cast.yuanhang)
    for person in (cast.chen, cast.stranger, manager):
        browser = cast.browser(person)
        assert browser.get(address(version)).status_code == 404
        for act in ("comment", "sign"):
            sent = {"body": "x", "name": "x", "read": "on", "revision": version.revision}
            assert browser.post(f"{address(version, act)}/", sent).status_code == 404
        assert browser.get(LIST).status_code == (200 if person is manager else 404)
    agreements.take_back(version, by=cast.ma, at=timezone.now())
    assert cast.browser(manager).get(address(version)).status_code == 404
    assert cast.browser().get(address(version)).status_code == 302
    assert cast.browser(cast.ma).get(address(version)).status_code == 404
    assert not version.comments.exists()


def test_a_draft_never_offered_is_unknown(cast: Cast) -> None:
    draft = agreements.create("Draft", cast.huaxin, by=cast.ma, at=timezone.now())
    assert cast.browser(cast.hua).get(address(draft)).status_code == 404


def test_a_default_agreement_is_no_clients(cast: Cast) -> None:
    held = AgreementVersion.objects.get(agreement__organisation__isnull=True)
    assert cast.browser(cast.hua).get(address(held)).status_code == 404


def test_somebody_who_comes_back_to_a_forms_address_is_led_to_the_page(cast: Cast, version: AgreementVersion) -> None:
    for act in ("comment", "sign"):
        assert cast.browser(cast.hua).get(f"{address(version, act)}/")["Location"] == address(version)


def test_more_targets_and_comments_cost_no_more_queries(cast: Cast, version: AgreementVersion) -> None:
    browser = cast.browser(cast.hua)
    agreements.comment(version, by=cast.hua, body="?", at=timezone.now())

    def cost(path: str) -> int:
        browser.get(path)
        with CaptureQueriesContext(connection) as captured:
            assert browser.get(path).status_code == 200
        return len(captured)

    few = cost(address(version)), cost(LIST)
    many = tuple(promise("resolution", 60, priority=n % 4 + 1, type=TicketType.values[n // 4]) for n in range(20))
    changed = replace(terms_of(version), promises=many)
    agreements.save(version, changed, revision=version.revision, by=cast.ma, at=timezone.now())
    for number in range(10):
        agreements.comment(version, by=cast.ma, body="!", at=timezone.now())
        agreement(*many, client=cast.huaxin, until=timezone.now() - number * DAYS)
    assert (cost(address(version)), cost(LIST)) == few
    assert few[0] <= 18
    assert few[1] <= 6


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_both_pages_show_in_both_languages(cast: Cast, version: AgreementVersion, language: str) -> None:
    browser = cast.browser(cast.hua, language)
    assert browser.get(LIST).status_code == 200
    assert browser.get(address(version)).status_code == 200
