"""The pages for the wording of notices: written in each language, previewed, taken back (SLA-44)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from notifications import texts
from notifications.kinds import get
from notifications.models import NoticeText
from tests.cast import MONDAY, Cast
from tests.desk.kit import queries, text_of
from tests.sla.kit import MINUTES

LIST = reverse("desk:notices")
PAGE = reverse("desk:notice-text", args=["clock_warned"])
PREVIEW = reverse("desk:notice-preview", args=["clock_warned"])
RESET = reverse("desk:notice-reset", args=["clock_warned"])


@pytest.fixture
def manager(cast: Cast) -> Client:
    return cast.browser(cast.ma)


def form_of(browser: Client, **changes: str) -> dict[str, Any]:
    """Everything that stands in the fields, with changes."""
    form = browser.get(PAGE).context["form"]
    return {name: form[name].value() or "" for name in form.fields} | changes


def test_the_list_names_the_kinds_and_which_were_changed(cast: Cast, manager: Client) -> None:
    assert "Standard" in text_of(manager.get(LIST))
    manager.post(PAGE, form_of(manager, subject_en="Hurry: {number}"))
    text = text_of(manager.get(LIST))
    for part in ("A target runs out soon", "A target was missed", "Your own", "马超", PAGE):
        assert part in text


def test_the_page_begins_with_the_standard_wording_in_three_languages(manager: Client) -> None:
    page = manager.get(PAGE)
    text = text_of(page)
    assert "A target runs out soon for {number}: {subject}" in text
    assert "{number} 即将超时" in text
    assert page.context["previews"][0]["words"].subject.startswith("A target runs out soon for SD-")
    assert 'data-insert="{assignee}"' in text


def test_what_was_written_is_kept_and_the_rest_stays_standard(cast: Cast, manager: Client) -> None:
    answer = manager.post(PAGE, form_of(manager, subject_en="Hurry: {number}"))
    assert answer.headers["Location"] == LIST
    own = NoticeText.objects.get()
    assert (own.kind, own.edited_by) == ("clock_warned", cast.ma)
    assert own.subject.data["en"] == "Hurry: {number}"
    assert not own.subject.data.get("zh-hans"), "word for word the standard: it goes on following it"
    assert "{number} 即将超时" in text_of(manager.get(PAGE)), "and is still shown to begin with"


def test_unknown_placeholders_are_refused_at_the_field_and_nothing_is_lost(manager: Client) -> None:
    answer = manager.post(PAGE, form_of(manager, subject_en="Hurry {who}", **{"text_zh-hans": "请尽快"}))
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"subject_en": ["These placeholders are not known: {who}"]}
    text = text_of(answer)
    assert 'value="Hurry {who}"' in text
    assert "请尽快" in text
    assert not NoticeText.objects.exists()


def test_an_empty_half_and_an_empty_whole_are_refused(manager: Client) -> None:
    answer = manager.post(PAGE, form_of(manager, text_en=""))
    assert answer.context["form"].errors == {"text_en": ["Please write this too, or empty both."]}
    nothing = dict.fromkeys(form_of(manager), "")
    assert "Please write it in one language at least" in text_of(manager.post(PAGE, nothing))


def test_somebody_elses_saving_is_not_overwritten_unknowingly(cast: Cast, manager: Client) -> None:
    mine = form_of(manager, subject_en="Mine")
    texts.save(get("clock_warned"), {"en": "Theirs"}, {"en": "x"}, by=cast.root, at=MONDAY)
    answer = manager.post(PAGE, mine)
    assert answer.status_code == 409
    text = text_of(answer)
    assert "Root saved this wording meanwhile." in text
    assert 'value="Mine"' in text
    form = answer.context["form"]
    again = {name: form[name].value() or "" for name in form.fields}
    assert manager.post(PAGE, again).status_code == 302
    assert NoticeText.objects.get().subject.data["en"] == "Mine"


@pytest.mark.parametrize("seen", ["yesterday", "2026-99-99T00:00:00", "\x00"])
def test_a_page_that_says_nonsense_of_what_it_saw_is_taken_as_an_old_one(manager: Client, seen: str) -> None:
    assert manager.post(PAGE, form_of(manager, subject_en="x", seen=seen)).status_code in (409, 422)
    assert not NoticeText.objects.exists()


def test_a_preview_shows_what_is_typed_and_keeps_nothing(manager: Client) -> None:
    typed = form_of(manager, subject_en="Hurry: {number} {odd}")
    text = text_of(manager.post(PREVIEW, typed))
    assert "Hurry: SD-2026-000418 {odd}" in text
    assert "<form" not in text
    whole = text_of(manager.post(PAGE, {**typed, "preview": "1"}))
    assert "Hurry: SD-2026-000418 {odd}" in whole
    assert "<form" in whole
    assert not NoticeText.objects.exists()


def test_what_is_typed_is_text_and_no_markup(manager: Client) -> None:
    text = text_of(manager.post(PREVIEW, form_of(manager, subject_en="<script>{number}</script> {{ link }} {% now %}")))
    assert "&lt;script&gt;SD-2026-000418" in text
    assert "{{ link }}" in text, "and no template either"


def test_back_to_the_standard_wording(cast: Cast, manager: Client) -> None:
    texts.save(get("clock_warned"), {"en": "x"}, {"en": "y"}, by=cast.ma, at=MONDAY + MINUTES)
    assert "The standard wording holds again." in text_of(manager.post(RESET, follow=True))
    assert not NoticeText.objects.exists()
    assert manager.get(RESET).status_code == 405


def test_kinds_that_cannot_be_reworded_are_not_found(manager: Client) -> None:
    for name in ("request_new", "nothing"):
        assert manager.get(reverse("desk:notice-text", args=[name])).status_code == 404
        assert manager.post(reverse("desk:notice-preview", args=[name])).status_code == 404


def test_only_those_who_configure_may(cast: Cast) -> None:
    for person, expected in ((cast.zhou, 403), (cast.li, 403), (cast.qin, 403), (cast.ma, 200), (cast.root, 200)):
        browser = cast.browser(person)
        assert [browser.get(page).status_code for page in (LIST, PAGE)] == [expected] * 2
    for page in (PAGE, PREVIEW, RESET):
        assert cast.browser(cast.zhou).post(page).status_code == 403
        assert cast.browser(cast.hua).post(page).status_code == 404
    assert "desk/notices/" in text_of(cast.browser(cast.ma).get(reverse("admin:index"))), "reached from the settings"


def test_the_list_costs_the_same_with_every_kind_changed(cast: Cast, manager: Client) -> None:
    manager.get(LIST)
    few = queries(lambda: manager.get(LIST))
    for kind in texts.wordable():
        texts.save(kind, {"en": "x"}, {"en": "y"}, by=cast.ma, at=MONDAY)
    assert queries(lambda: manager.get(LIST)) == few
