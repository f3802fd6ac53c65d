"""The editor of agreements, the check of coverage, and which target a request would get (R-045, SLA-10, SLA-33)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import Tier
from sla.models import AgreementVersion, CalendarVersion, VersionState, WorkingCalendar
from sla.services import agreements
from sla.services.terms import Rung, Terms, promises_of, terms_of
from tests.cast import MONDAY, Cast
from tests.desk.agreement_kit import Fields, page_of, premium, sheet_of, words
from tests.desk.kit import HTMX, queries
from tests.sla.kit import DAYS, agreement, default_agreement, promise
from tickets.states import Priority, TicketType


@pytest.fixture
def draft(cast: Cast) -> AgreementVersion:
    """A draft for Huaxin with two targets, from tomorrow on."""
    return premium(cast)


@pytest.fixture
def offered(cast: Cast, draft: AgreementVersion) -> AgreementVersion:
    """The same, in negotiation."""
    return agreements.offer(draft, by=cast.ma, at=timezone.now())


def edit(browser: Client, version: AgreementVersion, *, do: str = "save", **changed: Any) -> HttpResponse:
    """Load the editor, change fields (`__` stands for `-`), press a button."""
    address = page_of(version, "agreement-edit")
    return browser.post(address, {**sheet_of(browser.get(address)), **_named(changed), "do": do})


def _named(changed: dict[str, Any]) -> Fields:
    return {name.replace("__", "-"): value for name, value in changed.items()}


def test_what_is_loaded_and_saved_unchanged_says_the_same(cast: Cast) -> None:
    """Nothing is lost on the way through the page: targets, ladders, seconds, texts, dates."""
    rungs = (
        Rung("80%", ("assignee", "team")),
        Rung("-90s"),
        Rung("breach", raise_to=4),
        Rung("+30m", give_to=cast.data.pk),
    )
    version = agreements.create("Whole", cast.huaxin, by=cast.ma, at=MONDAY)
    day = timezone.now().replace(second=0, microsecond=0) + DAYS
    said = Terms(
        promises=(
            promise(
                "resolution", 61.75, pauses=("client", "date"), ladder=rungs, service=cast.support.pk, tier="standard"
            ),
            promise("first_response", 5, technical_only=True, complexity="complex", type="change", priority=1),
            promise("next_response", 5, tier="standard"),
        ),
        effective_from=day,
        effective_to=day + 300 * DAYS,
        review_on=date(2027, 3, 1) if day.date() < date(2027, 3, 1) else day.date(),
        content="A\n\n- b",
        indicators="I",
        consequences="<C> & so on",
        note="first",
    )
    agreements.save(version, said, revision=1, by=cast.ma, at=MONDAY)
    assert edit(cast.browser(cast.ma), version).status_code == 302
    version.refresh_from_db()
    assert (terms_of(version), version.note, version.revision) == (said, "first", 3)


def test_rows_are_changed_added_copied_moved_and_taken_out_without_scripts(cast: Cast, draft: AgreementVersion) -> None:
    browser, address = cast.browser(cast.ma), page_of(draft, "agreement-edit")
    fields = sheet_of(browser.get(address))

    def press(button: str, **changed: Any) -> Fields:
        answer = browser.post(address, {**fields, **_named(changed), "do": button})
        assert answer.status_code == 200
        assert not answer.context["sheet"].problems
        return sheet_of(answer)

    fields = press("add", promises__1__duration=["5 h"])
    assert fields["row"] == ["0", "1", "2"]
    assert (fields["promises-1-duration"], fields["promises-2-duration"]) == (["5 h"], [""])
    assert fields["rung-2"] == ["0", "1", "2"]  # the usual ladder
    fields = press("duplicate:0")
    assert fields["promises-1-duration"] == ["20 m"]
    fields = press("down:1")
    fields = press("up:3")
    assert [fields[f"promises-{row}-duration"][0] for row in range(4)] == ["20 m", "5 h", "", "20 m"]
    fields = press("remove:3")
    fields = press("add-rung:0")
    fields = press("remove-rung:0.0")
    assert [fields[f"promises-0-ladder-{step}-when"][0] for step in (0, 1)] == ["breach", "%"]
    for button in (
        "up:0",
        "down:2",
        "remove:99",
        "remove-rung:0.99",
        "remove-rung:9",
        "nonsense:1",
        "up:x",
        "add-rung:",
    ):
        assert press(button)["row"] == ["0", "1", "2"]
    draft.refresh_from_db()
    assert (draft.revision, draft.targets.count()) == (2, 2)  # nothing was saved


def test_rows_come_in_any_order_under_any_key(cast: Cast, draft: AgreementVersion) -> None:
    """A script moves and copies them in the page."""
    browser, address = cast.browser(cast.ma), page_of(draft, "agreement-edit")
    fields = sheet_of(browser.get(address))
    copy = {
        name.replace("promises-0-", "promises-n7-"): value for name, value in fields.items() if "promises-0-" in name
    }
    sent = {**fields, **copy, "row": ["1", "n7", "0"], "rung-n7": ["1"], "promises-n7-type": ["change"], "do": "save"}
    assert browser.post(address, sent).status_code == 302
    assert [(one.kind, one.type, len(one.ladder)) for one in promises_of(draft)] == [
        ("resolution", "", 0),
        ("first_response", "change", 1),
        ("first_response", "", 2),
    ]


def test_every_error_stands_at_its_cell_and_nothing_typed_is_lost(cast: Cast, draft: AgreementVersion) -> None:
    """Zero and ten years, twins, an unpublished calendar, an end before the beginning, a point that is none."""
    unpublished = WorkingCalendar.objects.create(name="Not yet")
    CalendarVersion.objects.create(calendar=unpublished, number=1, state=VersionState.DRAFT, definition={})
    day = timezone.localdate() + timedelta(days=30)
    answer = edit(
        cast.browser(cast.ma),
        draft,
        effective_from=[f"{day}T00:00"],
        effective_to=[f"{day - timedelta(days=1)}T00:00"],
        content=["Typed & kept"],
        promises__0__duration=["0 s"],
        promises__0__calendar=[str(unpublished.pk)],
        promises__0__kind=["resolution"],
        promises__0__priority=["4"],
        promises__1__duration=["3650 d"],
    )
    assert answer.status_code == 422
    sheet = answer.context["sheet"]
    assert set(sheet.rows[0].errors) == {"duration", "calendar"}
    assert set(sheet.rows[1].errors) == {"duration", "kind"}
    assert set(sheet.head.errors) == {"effective_to"}
    html = answer.content.decode()
    assert 'id="id_promises-0-duration-error"' in html
    assert 'href="#id_promises-0-duration"' in html
    kept = sheet_of(answer)
    assert (kept["promises-0-duration"], kept["promises-1-duration"]) == (["0 s"], ["3650 d"])
    assert (kept["content"], kept["effective_to"]) == (["Typed & kept"], [f"{day - timedelta(days=1)}T00:00"])
    draft.refresh_from_db()
    assert (draft.revision, draft.content) == (2, "All **business** applications")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("promises-0-duration", "soon"),
        ("promises-0-duration", ""),
        ("promises-0-duration", "9" * 40 + " d"),
        ("promises-0-kind", "nonsense"),
        ("promises-0-service", "99999"),
        ("promises-0-calendar", ""),
        ("promises-0-pauses", "whatever"),
        ("promises-0-ladder-0-amount", "150"),
        ("promises-0-ladder-0-amount", "-3"),
        ("promises-0-ladder-0-amount", "٣"),
        ("promises-0-ladder-0-when", "later"),
        ("promises-0-ladder-0-tell", "everybody"),
        ("promises-0-ladder-0-raise_to", "9"),
        ("promises-0-ladder-0-give_to", "99999"),
        ("effective_from", "tomorrow"),
        ("effective_from", "9999-12-31T23:59"),
        ("effective_from", "0001-01-01T00:00"),
        ("revision", "x"),
        ("note", "x" * 301),
        ("content", "x" * 20_001),
    ],
)
def test_what_can_not_be_read_is_refused_in_words(cast: Cast, draft: AgreementVersion, field: str, value: str) -> None:
    answer = edit(cast.browser(cast.ma), draft, **{field: [value]})
    assert answer.status_code == 422
    assert answer.context["sheet"].problems
    assert draft.targets.count() == 2
    if "kind" not in field and "service" not in field:
        draft.refresh_from_db()
        assert draft.revision == 2


def test_a_step_without_a_number_is_the_breach(cast: Cast, draft: AgreementVersion) -> None:
    edit(cast.browser(cast.ma), draft, promises__0__ladder__0__when=["+m"], promises__0__ladder__0__amount=["45"])
    assert [rung.point for rung in next(iter(promises_of(draft))).ladder] == ["+45m", "breach"]


def test_two_equal_points_stand_at_the_second_one(cast: Cast, draft: AgreementVersion) -> None:
    answer = edit(cast.browser(cast.ma), draft, promises__0__ladder__0__when=["breach"])
    assert answer.status_code == 422
    row = answer.context["sheet"].rows[0]
    assert [bool(rung.errors) for rung in row.rungs] == [False, True]
    assert row.is_open


def test_an_overlap_with_another_agreement_of_the_client_is_named(cast: Cast, draft: AgreementVersion) -> None:
    agreement(promise(), client=cast.huaxin)
    answer = edit(cast.browser(cast.ma), draft)
    assert answer.status_code == 422
    assert "华信制造 agreement v1" in str(answer.context["sheet"].head.errors["effective_from"])


def test_of_two_editors_the_second_hears_of_the_first_and_may_save_again(cast: Cast, draft: AgreementVersion) -> None:
    browser, address = cast.browser(cast.ma), page_of(draft, "agreement-edit")
    mine = {**sheet_of(browser.get(address)), "content": ["Mine"], "do": "save"}
    edit(cast.browser(cast.root), draft, content=["Theirs"])
    refused = browser.post(address, mine)
    assert refused.status_code == 409
    assert "Root saved this draft meanwhile" in words(refused)
    assert page_of(draft) in refused.content.decode()
    draft.refresh_from_db()
    assert draft.content == "Theirs"
    again = {**sheet_of(refused), "do": "save"}
    assert again["content"] == ["Mine"]
    assert browser.post(address, again).status_code == 302
    draft.refresh_from_db()
    assert draft.content == "Mine"


def test_what_was_signed_meanwhile_is_not_changed_and_what_was_typed_stays(
    cast: Cast, offered: AgreementVersion
) -> None:
    browser, address = cast.browser(cast.ma), page_of(offered, "agreement-edit")
    mine = {**sheet_of(browser.get(address)), "content": ["Mine"], "do": "save"}
    agreements.sign(offered, by=cast.hua, name="华总", revision=offered.revision, at=timezone.now())
    refused = browser.post(address, mine)
    assert refused.status_code == 409
    assert sheet_of(refused)["content"] == ["Mine"]
    assert browser.get(address)["Location"] == page_of(offered)


def test_the_default_agreement_has_no_end_to_edit(cast: Cast) -> None:
    held = default_agreement()
    draft = agreements.draft_for(held.agreement, by=cast.ma, at=MONDAY, like=held)
    browser = cast.browser(cast.ma)
    assert "effective_to" not in sheet_of(browser.get(page_of(draft, "agreement-edit")))
    assert (
        edit(browser, draft, effective_from=["2030-01-01T00:00"], effective_to=["2031-01-01T00:00"]).status_code == 422
    )


def test_two_hundred_targets_with_long_ladders_can_be_sent(cast: Cast, draft: AgreementVersion) -> None:
    """The most that is possible fits into one request."""
    rungs = tuple(Rung(f"{share}%", ("assignee", "team", "manager")) for share in range(10, 21))
    kinds = ("first_response", "resolution")
    many = tuple(
        promise(kind, 60, type=type_, priority=priority, tier=tier, ladder=rungs)
        for kind in kinds
        for type_ in TicketType.values
        for priority in Priority.values
        for tier in Tier.values
    )[:200]
    agreements.save(
        draft, Terms(promises=many, effective_from=timezone.now() + DAYS), revision=2, by=cast.ma, at=MONDAY
    )
    assert edit(cast.browser(cast.ma), draft).status_code == 302
    assert tuple(promises_of(draft)) == many


def test_more_targets_cost_the_editor_no_more_queries(cast: Cast, draft: AgreementVersion) -> None:
    browser, address = cast.browser(cast.ma), page_of(draft, "agreement-edit")
    browser.get(address)
    few = queries(lambda: browser.get(address))
    many = tuple(promise("resolution", n + 1, priority=n % 4 + 1, type=TicketType.values[n // 4]) for n in range(20))
    agreements.save(
        draft, Terms(promises=many, effective_from=timezone.now() + DAYS), revision=2, by=cast.ma, at=MONDAY
    )
    assert queries(lambda: browser.get(address)) == few
    assert few <= 15


# --- the check, and which target --------------------------------------------------------------------


def test_the_check_follows_what_is_typed(cast: Cast, draft: AgreementVersion) -> None:
    browser = cast.browser(cast.ma)
    fields = sheet_of(browser.get(page_of(draft, "agreement-edit")))
    second = {"promises-1-kind": ["first_response"], "promises-1-duration": ["not yet"]}
    typed = {**fields, **second, "promises-0-type": ["incident"]}
    text = words(browser.post(page_of(draft, "agreement-check"), typed, headers=HTMX))
    assert "Targets 1 and 2 are equally specific for Incident · Critical priority; 1 decides" in text
    assert "No target for First response: all but Incident · all but Critical priority" in text
    assert "Not promised at all: Technical response, Next response, Progress report, Resolution." in text
    draft.refresh_from_db()
    assert draft.revision == 2


def test_the_check_reads_in_plain_words(cast: Cast) -> None:
    version = agreement(
        promise("first_response", 30),
        promise("first_response", 10, technical_only=True, service=cast.reset.pk),
        promise("resolution", 60, service=cast.support.pk),
        promise("resolution", 60, technical_only=True),
        promise("technical_response", 60, complexity="simple"),
        promise("technical_response", 60),
        promise("technical_response", 60, complexity="complex"),
        client=cast.huaxin,
    )
    text = words(cast.browser(cast.zhou).get(page_of(version)))
    for part in (
        "Target 2 applies to nothing: its service is not technical.",
        "Target 6 never decides: where it applies, targets 5, 7 come first.",
        "Targets 3 and 4 are equally specific for Application fault · technical services; 3 decides, being further up.",
        "No target for Resolution: services that are not technical",
        "3 things to look at",
    ):
        assert part in text


def test_the_check_of_nothing_and_of_nothing_wrong(cast: Cast, draft: AgreementVersion) -> None:
    browser = cast.browser(cast.ma)
    assert "There is nothing to check yet" in words(browser.post(page_of(draft, "agreement-check"), {}, headers=HTMX))
    kinds = ("first_response", "technical_response", "next_response", "progress_report", "resolution")
    whole = agreement(*(promise(kind) for kind in kinds), client=cast.yuanhang)
    assert "Every request gets a target for every clock" in words(browser.get(page_of(whole)))


def test_a_request_there_is_says_which_target_it_would_get_and_why(cast: Cast) -> None:
    """SLA-33."""
    version = agreement(
        promise("first_response", 30),
        promise("first_response", 10, priority=Priority.CRITICAL),
        promise("first_response", 15, type=TicketType.INCIDENT),
        client=cast.huaxin,
    )
    ticket = cast.submit(service=cast.support)
    browser = cast.browser(cast.ma)
    address = page_of(version, "agreement-which")
    answer = browser.get(address, {"which-number": f" {ticket.number.lower()} "}, headers=HTMX)
    (found,) = answer.context["which"]["answers"]
    assert (found.chosen.number, found.chosen.within) == (3, "15 m")
    assert found.chosen.why == "The most specific one that applies."
    assert {row.number: row.why for row in found.others} == {
        1: "Applies, but is less specific.",
        2: "Only for Critical priority.",
    }
    whole = browser.get(address, {"which-number": ticket.number})
    assert whole["Location"] == f"{page_of(version)}?which-number={ticket.number}#which"
    assert "Target 3" in words(browser.get(page_of(version), {"which-number": ticket.number}))


def test_a_request_as_it_might_be_says_which_target_it_would_get(cast: Cast) -> None:
    version = agreement(
        promise("first_response", 30, type=TicketType.CHANGE), promise("first_response", 20, tier=Tier.STRATEGIC),
        promise("resolution", 30, technical_only=True), client=cast.huaxin,
    )  # fmt: skip
    asked = {"type": "change", "service": cast.reset.pk, "priority": 2, "tier": "strategic", "complexity": "simple"}
    browser = cast.browser(cast.ma)
    answer = browser.get(
        page_of(version, "agreement-which"), {f"which-{name}": value for name, value in asked.items()}, headers=HTMX
    )
    first, resolution = answer.context["which"]["answers"]
    assert first.chosen.number == 1
    assert first.chosen.why == "Others are as specific; this one stands further up."
    assert [row.why for row in first.others] == ["Applies and is as specific, but stands further down."]
    assert resolution.chosen is None
    assert [row.why for row in resolution.others] == ["Only for technical services."]
    assert "None: this clock would not run." in words(answer)


def test_the_answer_follows_what_is_typed(cast: Cast, draft: AgreementVersion) -> None:
    browser = cast.browser(cast.ma)
    fields = sheet_of(browser.get(page_of(draft, "agreement-edit")))
    ticket = cast.submit(service=cast.support)
    typed = {**fields, "promises-0-duration": ["7 m"], "which-number": [ticket.number]}
    text = words(browser.post(page_of(draft, "agreement-check"), typed, headers=HTMX))
    assert "Target 1 · 7 m" in text
    without_scripts = browser.post(page_of(draft, "agreement-edit"), {**typed, "do": "which"})
    assert "Target 1 · 7 m" in words(without_scripts)


def test_a_request_one_may_not_see_is_none(cast: Cast, draft: AgreementVersion) -> None:
    hidden = cast.submit(service=cast.complaint)
    address = page_of(draft, "agreement-which")
    for person, number in ((cast.zhou, hidden.number), (cast.ma, "SD-1999-000001"), (cast.ma, "\x00")):
        text = words(cast.browser(person).get(address, {"which-number": number}, headers=HTMX))
        assert "There is no such request, or you may not see it." in text or number == "\x00"
        assert hidden.subject not in text
