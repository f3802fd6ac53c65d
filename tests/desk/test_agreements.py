"""Agreements on the desk: the list, one version, the acts on it, who may (R-045, SLA-11, SLA-30)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Organisation, Tier
from notifications.models import Notice
from sla.models import (
    Agreement,
    AgreementDeed,
    AgreementFile,
    AgreementState,
    AgreementVersion,
    Target,
)
from sla.services import agreements
from sla.services.terms import Rung, Terms, promises_of, terms_of
from tests.cast import MONDAY, Cast, a_file
from tests.desk.agreement_kit import page_of, premium, words
from tests.desk.kit import queries
from tests.sla.kit import DAYS, agreement, calendar, default_agreement, ladder, promise
from tickets.states import Priority, TicketType

LIST = reverse("desk:agreements")


def do(browser: Client, version: AgreementVersion, act: str, **data: Any) -> HttpResponse:
    return browser.post(page_of(version, "agreement-act", act), {"revision": version.revision, **data})


@pytest.fixture
def draft(cast: Cast) -> AgreementVersion:
    """A draft for Huaxin with two targets, from tomorrow on."""
    return premium(cast)


@pytest.fixture
def offered(cast: Cast, draft: AgreementVersion) -> AgreementVersion:
    return agreements.offer(draft, by=cast.ma, at=timezone.now())


# --- the list ---------------------------------------------------------------------------------------


def names(response: HttpResponse) -> list[str]:
    return [row.agreement.name for row in response.context["rows"]]


def test_the_default_agreement_comes_first_then_client_by_client(cast: Cast) -> None:
    for client in ("Zeta", "Alpha"):
        agreement(promise(), client=Organisation.objects.create(name=client))
    assert names(cast.browser(cast.zhou).get(LIST)) == ["Default agreement", "Alpha agreement", "Zeta agreement"]


def test_a_row_says_state_dates_targets_and_what_is_under_way(cast: Cast, offered: AgreementVersion) -> None:
    text = words(cast.browser(cast.zhou).get(LIST))
    for part in (
        "Default agreement",
        "version 1",
        "In force",
        "Premium",
        "华信制造",
        "In negotiation",
        "Client's turn",
    ):
        assert part in text
    assert "Client's turn" in text
    assert "New agreement" not in text
    agreements.comment(offered, by=cast.hua, body="?", at=timezone.now() + timedelta(minutes=1))
    assert "Our turn" in words(cast.browser(cast.ma).get(LIST))


@pytest.mark.parametrize(("days", "tone"), [(61, ""), (59, "soon"), (8, "soon"), (6, "late")])
def test_an_end_turns_amber_60_and_red_7_days_ahead(cast: Cast, days: int, tone: str) -> None:
    agreement(promise(), client=cast.huaxin, until=timezone.now() + days * DAYS)
    row = cast.browser(cast.zhou).get(LIST).context["rows"][1]
    assert row.ends_tone == tone


def test_an_end_with_a_successor_has_no_colour(cast: Cast) -> None:
    ends = timezone.now() + 5 * DAYS
    first = agreement(promise(), client=cast.huaxin, until=ends)
    agreement(promise(), of=first.agreement, since=ends)
    row = cast.browser(cast.zhou).get(LIST).context["rows"][1]
    assert (row.shown, row.ends_tone) == (first, "")


def test_the_list_is_narrowed_by_state_and_client(cast: Cast, draft: AgreementVersion) -> None:
    agreement(promise(), client=cast.yuanhang, until=timezone.now() + 20 * DAYS)
    ended = agreement(promise(), client=Organisation.objects.create(name="Old"), until=timezone.now() - DAYS)
    AgreementVersion.objects.filter(pk=ended.pk).update(state=AgreementState.ENDED)
    browser = cast.browser(cast.zhou)
    asked = {
        "draft": ["Premium"],
        "in_force": ["Default agreement", "远航物流 agreement"],
        "ended": ["Old agreement"],
        "expiring": ["远航物流 agreement"],
        "signed": [],
        "nonsense": ["Default agreement", "Old agreement", "Premium", "远航物流 agreement"],
    }
    assert {state: sorted(names(browser.get(LIST, {"state": state}))) for state in asked} == {
        state: sorted(found) for state, found in asked.items()
    }
    assert names(browser.get(LIST, {"client": "华信"})) == ["Premium"]
    assert "No such agreement" in words(browser.get(LIST, {"client": "nobody\x00"}))


def test_pages_lead_on_and_back(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desk.agreements.rows.PAGE_SIZE", 2)
    for client in "ABCD":
        agreement(promise(), client=Organisation.objects.create(name=client))
    browser = cast.browser(cast.zhou)
    first = browser.get(LIST)
    second = browser.get(LIST + first.context["older"])
    third = browser.get(LIST + second.context["older"])
    assert [names(page) for page in (first, second, third)] == [
        ["Default agreement", "A agreement"],
        ["B agreement", "C agreement"],
        ["D agreement"],
    ]
    assert names(browser.get(LIST + third.context["newer"])) == names(second)
    assert names(browser.get(LIST + second.context["newer"])) == names(first)
    assert not first.context["newer"]
    assert not third.context["older"]


def test_without_agreements_the_list_says_what_that_means(cast: Cast) -> None:
    Target.objects.all().delete()
    AgreementVersion.objects.all().delete()
    Agreement.objects.all().delete()
    assert "No agreements yet" in words(cast.browser(cast.ma).get(LIST))


def test_more_agreements_cost_no_more_queries(cast: Cast) -> None:
    browser = cast.browser(cast.zhou)
    agreement(promise(), client=cast.huaxin)
    browser.get(LIST)
    few = queries(lambda: browser.get(LIST))
    for number in range(20):
        version = agreement(promise(), promise("resolution"), client=Organisation.objects.create(name=f"C{number}"))
        agreements.draft_for(version.agreement, by=cast.ma, at=MONDAY, like=version)
    assert queries(lambda: browser.get(LIST)) == few
    assert few <= 6


# --- new ones, and where addresses lead -------------------------------------------------------------


def test_a_new_agreement_begins_like_another_one_and_goes_on_to_its_draft(cast: Cast) -> None:
    model = default_agreement()
    sent = {"organisation": cast.huaxin.pk, "name": "Premium", "like": model.pk}
    answer = cast.browser(cast.ma).post(reverse("desk:agreement-new"), sent)
    made = AgreementVersion.objects.get(agreement__name="Premium")
    assert answer["Location"] == page_of(made, "agreement-edit")
    assert list(promises_of(made)) == list(promises_of(model))


def test_a_new_agreement_may_begin_empty_and_needs_client_and_name(cast: Cast) -> None:
    browser, address = cast.browser(cast.ma), reverse("desk:agreement-new")
    refused = browser.post(address, {"organisation": "", "name": "", "like": "empty"})
    assert refused.status_code == 422
    assert set(refused.context["form"].errors) == {"organisation", "name"}
    browser.post(address, {"organisation": cast.huaxin.pk, "name": "Empty", "like": "empty"})
    assert not AgreementVersion.objects.get(agreement__name="Empty").targets.exists()


def test_an_agreement_leads_to_the_version_that_matters(cast: Cast, draft: AgreementVersion) -> None:
    browser = cast.browser(cast.zhou)

    def leads_to(agreement: Agreement) -> str:
        return browser.get(reverse("desk:agreement", args=[agreement.pk]))["Location"]

    assert leads_to(draft.agreement) == page_of(draft)
    held = default_agreement()
    agreements.draft_for(held.agreement, by=cast.ma, at=MONDAY, like=held)
    assert leads_to(held.agreement) == page_of(held)
    assert browser.get(reverse("desk:agreement", args=[9999])).status_code == 404


# --- a version --------------------------------------------------------------------------------------


def test_a_version_reads_in_plain_words(cast: Cast) -> None:
    rungs = (
        Rung("80%", ("assignee", "team_lead")),
        Rung("-10m"),
        Rung("breach", ("manager",), raise_to=Priority.HIGH),
        Rung("+30m", ("quality_officer",), give_to=cast.data.pk),
    )
    version = agreement(
        promise("resolution", 90, type=TicketType.COMPLAINT, priority=Priority.HIGH, pauses=("client",), ladder=rungs),
        promise("first_response", 2880, tier=Tier.STRATEGIC, technical_only=True),
        client=cast.huaxin,
    )
    text = words(cast.browser(cast.zhou).get(page_of(version)))
    for part in (
        "Complaint · High priority 1 h 30 m 24×7 Pauses while waiting for the client",
        "Technical services · Strategic clients 48 h",
        "80 % of the target: tell the person responsible, the team lead",
        "10 m before it is due: put on record",
        "when it is missed: tell the managers; raise the priority to High",
        "30 m after it was missed: tell the quality officers; hand over to Data",
    ):
        assert part in text


def test_versions_say_what_differs_from_the_one_before(cast: Cast) -> None:
    first = agreement(
        promise("first_response", 20), promise("resolution", 600), promise("next_response", 60), client=cast.huaxin
    )
    second = agreement(
        promise("resolution", 480, calendar=calendar("Office hours").pk, pauses=("client",)),
        promise("first_response", 20, ladder=ladder("50%")),
        promise("progress_report", 60, type=TicketType.CHANGE),
        of=first.agreement,
    )
    AgreementVersion.objects.filter(pk=second.pk).update(content="New")
    newest, oldest = cast.browser(cast.zhou).get(page_of(first)).context["siblings"]
    assert (newest.version, oldest.version, oldest.differences) == (second, first, [])
    assert [(one.sign, one.text) for one in newest.differences] == [
        ("changed", "Resolution, Everything: 10 h → 8 h, 24×7 → Office hours, pauses for nothing → the client"),
        ("changed", "First response, Everything: new step “50 % of the target: tell the person responsible”"),
        ("added", "Progress report, Change: 1 h, 24×7"),
        ("removed", "Next response, Everything: 1 h, 24×7"),
        ("changed", "The order of the targets changed."),
        ("changed", "Services covered: the text changed."),
    ]


def test_the_record_shows_who_signed_when_and_which_terms(cast: Cast, offered: AgreementVersion) -> None:
    agreements.sign(offered, by=cast.hua, name="华 总", revision=offered.revision, at=timezone.now())
    text = words(cast.browser(cast.zhou).get(page_of(offered)))
    entry = offered.record.get(deed=AgreementDeed.SIGNED)
    assert "Signed by 华 总 in the portal" in text
    assert entry.terms_sha256 in text


def test_opening_a_version_marks_its_notices_read(cast: Cast, offered: AgreementVersion) -> None:
    agreements.comment(offered, by=cast.hua, body="?", at=timezone.now())
    assert Notice.objects.filter(recipient=cast.ma, read_at=None, path=page_of(offered)).exists()
    cast.browser(cast.ma).get(page_of(offered))
    assert not Notice.objects.filter(recipient=cast.ma, read_at=None, path=page_of(offered)).exists()


def test_what_was_written_is_text_and_no_markup_of_ours(cast: Cast, offered: AgreementVersion) -> None:
    agreements.comment(offered, by=cast.hua, body="<script>alert(1)</script> **so**", at=timezone.now())
    agreements.rename(offered.agreement, "<b>Name</b>", by=None)
    html = cast.browser(cast.zhou).get(page_of(offered)).content.decode()
    assert "<script>alert" not in html
    assert "<b>Name</b>" not in html
    assert "<strong>so</strong>" in html


def test_more_targets_versions_and_comments_cost_no_more_queries(cast: Cast, offered: AgreementVersion) -> None:
    browser = cast.browser(cast.ma)
    address = page_of(offered)
    agreements.comment(offered, by=cast.hua, body="?", at=MONDAY)
    browser.get(address)
    few = queries(lambda: browser.get(address))
    many = tuple(promise("resolution", n + 1, priority=n % 4 + 1, type=TicketType.values[n // 4]) for n in range(20))
    agreements.save(
        offered,
        Terms(promises=many, effective_from=timezone.now() + DAYS),
        revision=offered.revision,
        by=cast.ma,
        at=MONDAY,
    )
    for number in range(10):
        agreements.comment(offered, by=cast.hua, body="?", at=MONDAY)
        agreements.attach(offered, [a_file()], by=cast.ma, at=MONDAY)
        agreement(*many, of=offered.agreement, since=MONDAY - number * DAYS, until=MONDAY - number * DAYS)
    browser.get(address)
    assert queries(lambda: browser.get(address)) == few
    assert few <= 22


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_shows_in_both_languages(cast: Cast, draft: AgreementVersion, language: str) -> None:
    browser = cast.browser(cast.ma, language)
    for address in (LIST, reverse("desk:agreement-new"), page_of(draft), page_of(draft, "agreement-edit")):
        assert browser.get(address).status_code == 200


def test_a_version_prints_as_a_document_without_ladders(cast: Cast, draft: AgreementVersion) -> None:
    html = cast.browser(cast.ma).get(page_of(draft)).content.decode()
    document = html[html.index('<article class="document"') :]
    document = document[: document.index("</article>")]
    for part in ("Service level agreement", "Premium", "华信制造", "20 m", "<strong>business</strong>", "Place, date"):
        assert part in document
    assert "50 %" not in document


# --- acts -------------------------------------------------------------------------------------------


def test_an_agreement_goes_from_draft_to_signed_on_paper(cast: Cast, draft: AgreementVersion) -> None:
    """R-045: offered, taken back, offered again, commented, signed on paper with the paper attached."""
    browser = cast.browser(cast.ma)
    for act in ("offer", "take-back", "offer"):
        assert do(browser, draft, act)["Location"] == page_of(draft)
    do(browser, draft, "comment", body="Please sign.")
    answer = do(
        browser, draft, "record-signature", name="华 国锋", files=[a_file("signed.pdf", b"%PDF", "application/pdf")]
    )
    assert answer.status_code == 302
    draft.refresh_from_db()
    assert draft.state == AgreementState.SIGNED
    assert [entry.deed for entry in draft.record.all()] == ["offered", "taken_back", "offered", "signed"]
    assert draft.files.get().name == "signed.pdf"
    assert draft.comments.get().body == "Please sign."


def test_each_state_offers_what_can_be_done_in_it(cast: Cast, draft: AgreementVersion) -> None:
    browser = cast.browser(cast.ma)

    def offered_acts(version: AgreementVersion) -> set[str]:
        return set(browser.get(page_of(version)).context["buttons"])

    assert offered_acts(draft) == {"offer", "attach", "rename", "discard"}
    do(browser, draft, "offer")
    assert offered_acts(draft) == {"take-back", "record-signature", "comment", "attach", "rename"}
    do(browser, draft, "record-signature", name="H")
    assert offered_acts(draft) == {"next-version", "attach", "rename", "end"}
    do(browser, draft, "end")
    assert offered_acts(draft) == {"next-version", "attach", "rename"}
    held = default_agreement()
    assert offered_acts(held) == {"next-version", "attach", "rename"}
    do(browser, held, "next-version")
    assert offered_acts(held.agreement.versions.get(number=2)) == {"put-in-force", "attach", "rename", "discard"}


def test_the_default_agreement_is_changed_by_putting_a_new_version_in_force(cast: Cast) -> None:
    """SLA-11, SLA-31."""
    browser, held = cast.browser(cast.ma), default_agreement()
    answer = do(browser, held, "next-version")
    draft = held.agreement.versions.get(number=2)
    assert answer["Location"] == page_of(draft, "agreement-edit")
    do(browser, draft, "put-in-force")
    draft.refresh_from_db()
    held.refresh_from_db()
    assert (draft.state, held.state) == (AgreementState.IN_FORCE, AgreementState.ENDED)


def test_an_end_may_be_said_for_a_date(cast: Cast) -> None:
    version = agreement(promise(), client=cast.huaxin)
    browser = cast.browser(cast.ma)
    refused = do(browser, version, "end", when="2020-01-01T00:00")
    assert refused.status_code == 422
    assert "This lies in the past" in words(refused)
    assert 'value="2020-01-01T00:00"' in refused.content.decode()
    day = timezone.localdate() + timedelta(days=10)
    do(browser, version, "end", when=f"{day}T00:00")
    version.refresh_from_db()
    assert timezone.localtime(version.effective_to).date() == day


def test_a_draft_is_thrown_away(cast: Cast, draft: AgreementVersion) -> None:
    assert do(cast.browser(cast.ma), draft, "discard")["Location"] == LIST
    assert not Agreement.objects.filter(name="Premium").exists()


def test_what_can_not_be_done_says_why_and_loses_nothing(cast: Cast, draft: AgreementVersion) -> None:
    browser = cast.browser(cast.ma)
    refused = do(browser, draft, "comment", body="Much that was typed")
    assert refused.status_code == 409
    assert "Much that was typed" in words(refused)
    assert do(browser, draft, "nonsense").status_code == 404
    do(browser, draft, "offer")
    assert do(browser, draft, "comment", body="").status_code == 422
    missing = do(browser, draft, "record-signature", name="")
    assert missing.status_code == 422
    assert browser.get(page_of(draft, "agreement-act", "offer"))["Location"] == page_of(draft)


def test_nobody_takes_down_a_signature_under_terms_changed_meanwhile(cast: Cast, offered: AgreementVersion) -> None:
    browser = cast.browser(cast.ma)
    read = offered.revision
    agreements.save(offered, terms_of(offered), revision=read, by=cast.root, at=timezone.now())
    refused = do(browser, offered, "record-signature", name="华 国锋", revision=read)
    assert refused.status_code == 409
    assert "The terms were changed since you opened this page" in words(refused)
    html = refused.content.decode()
    assert "华 国锋" in html
    again = re.search(r'name="revision" value="(\d+)"', html.split('id="act-record-signature"')[1])
    assert again is not None
    assert do(browser, offered, "record-signature", name="华 国锋", revision=again[1]).status_code == 302


def test_a_form_opens_without_scripts(cast: Cast, draft: AgreementVersion) -> None:
    html = cast.browser(cast.ma).get(page_of(draft), {"act": "offer"}).content.decode()
    assert "<noscript><section" in html
    assert html.count(f'action="{page_of(draft, "agreement-act", "offer")}"') == 2


def test_files_are_added_taken_out_and_served_to_whoever_may_read_them(cast: Cast, draft: AgreementVersion) -> None:
    browser = cast.browser(cast.ma)
    do(browser, draft, "attach", files=[a_file("Vertrag.pdf", b"%PDF-1", "application/pdf"), a_file("bild.png")])
    pdf = draft.files.get(name="Vertrag.pdf")
    address = reverse("web:agreement-file", args=[pdf.key])
    served = cast.browser(cast.zhou).get(address)
    assert b"".join(served.streaming_content) == b"%PDF-1"
    assert "attachment" in served["Content-Disposition"]
    assert served["X-Content-Type-Options"] == "nosniff"
    assert cast.browser(cast.hua).get(address).status_code == 404  # a draft is ours
    agreements.offer(draft, by=cast.ma, at=timezone.now())
    assert cast.browser(cast.hua).get(address).status_code == 200
    for stranger in (cast.chen, cast.stranger):
        assert cast.browser(stranger).get(address).status_code == 404
    assert cast.browser().get(address).status_code == 302
    browser.post(page_of(draft, "agreement-detach", pdf.key))
    assert not AgreementFile.objects.filter(pk=pdf.pk).exists()
    refused = do(browser, draft, "attach", files=[a_file("virus.exe", b"MZ", "application/x-msdownload")])
    assert refused.status_code == 422


# --- who may ----------------------------------------------------------------------------------------

EDITS = ("agreement-edit", "agreement-check")


def test_all_staff_look_and_managers_edit(cast: Cast, draft: AgreementVersion) -> None:
    for person in (cast.zhou, cast.li, cast.qin):
        browser = cast.browser(person)
        page = browser.get(page_of(draft))
        assert page.status_code == 200
        assert not page.context["buttons"]
        assert page_of(draft, "agreement-edit") not in page.content.decode()
        for act in ("offer", "discard", "comment", "record-signature"):
            assert do(browser, draft, act, name="x", body="x").status_code == 403
        assert [browser.post(page_of(draft, name)).status_code for name in EDITS] == [403, 403]
        assert browser.get(reverse("desk:agreement-new")).status_code == 403
    draft.refresh_from_db()
    assert draft.state == AgreementState.DRAFT


def test_clients_find_no_such_pages(cast: Cast, offered: AgreementVersion) -> None:
    for person in (cast.hua, cast.chen, cast.stranger):
        browser = cast.browser(person)
        assert browser.get(LIST).status_code == 302
        assert browser.get(page_of(offered)).status_code == 404
        assert [browser.post(page_of(offered, name)).status_code for name in EDITS] == [404, 404]
        assert do(browser, offered, "take-back").status_code == 404
    offered.refresh_from_db()
    assert offered.state == AgreementState.NEGOTIATION
