"""A manager's own wording of notices: checked, kept per language, previewed, taken back (SLA-44)."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.utils import timezone, translation

from notifications import texts
from notifications.kinds import Kind, get
from notifications.models import Notice, NoticeText
from notifications.services import tell
from notifications.wording import context_of, fill, split, words
from tests.cast import MONDAY, Cast
from tests.sla.kit import MINUTES

LANGUAGES = [language for language, _name in settings.LANGUAGES]
WARNED = "clock_warned"
DATA = {
    "number": "SD-2026-000007",
    "subject": "打印机",
    "organisation": "远航物流",
    "requester": "王倩",
    "assignee": "",
    "priority": 4,
    "clock": "resolution",
    "target_seconds": 7200,
    "clock_due_at": "2026-03-01T01:02:00+00:00",
    "step": "warn:50%",
    "step_at": "2026-03-01T00:02:00+00:00",
}


def kind() -> Kind:
    return get(WARNED)


def save(cast: Cast, subject: dict[str, str], text: dict[str, str], **how: Any) -> NoticeText:
    return texts.save(kind(), subject, text, by=cast.ma, at=how.pop("at", MONDAY), **how)


def read(cast: Cast, language: str) -> Any:
    """What somebody reads of a warning in a language."""
    cast.zhou.language = language
    cast.zhou.save()
    tell([cast.zhou], WARNED, key=f"k-{language}", data=DATA, path="/desk/requests/SD-2026-000007/", at=MONDAY)
    return words(Notice.objects.get(dedupe_key__startswith=f"k-{language}"))


def test_only_kinds_with_placeholders_can_be_reworded() -> None:
    assert {each.name for each in texts.wordable()} == {"clock_warned", "clock_breached", "clock_escalated"}


def test_notices_read_as_the_manager_wrote_them_with_the_link_below(cast: Cast) -> None:
    save(cast, {"en": "Hurry: {number}"}, {"en": "{clock} of {client}\n{priority}, {assignee}"})
    said = read(cast, "en")
    assert said.subject == "Hurry: SD-2026-000007"
    assert said.text.splitlines()[:2] == ["Resolution of 远航物流", "Critical, –"]
    assert said.text.endswith("/desk/requests/SD-2026-000007/")


def test_a_language_that_was_left_empty_keeps_the_standard_wording(cast: Cast) -> None:
    before = read(cast, "zh-hans")
    Notice.objects.all().delete()
    save(cast, {"en": "Hurry: {number}"}, {"en": "{clock}"})
    assert read(cast, "zh-hans") == before


def test_who_wrote_it_and_when_is_kept(cast: Cast) -> None:
    kept = save(cast, {"en": "a"}, {"en": "b"})
    assert (kept.edited_by, kept.edited_at) == (cast.ma, MONDAY)
    assert texts.own_texts()[WARNED] == kept


@pytest.mark.parametrize(
    ("subject", "text", "problems"),
    [
        ({"en": "{nonsense}"}, {"en": "x"}, {"subject.en": "These placeholders are not known: {nonsense}"}),
        ({"en": "x"}, {"en": "{a} {b} {a}"}, {"text.en": "These placeholders are not known: {a}, {b}"}),
        ({"en": "x"}, {}, {"text.en": "Please write this too, or empty both."}),
        ({}, {"zh-hant": "x"}, {"subject.zh-hant": "Please write this too, or empty both."}),
        ({"en": "x" * 201}, {"en": "x"}, {"subject.en": "This is too long."}),
        ({"en": "x"}, {"en": "x" * 5001}, {"text.en": "This is too long."}),
        (
            {"en": " \x00"},
            {"en": ""},
            {"text": "Please write it in one language at least, or go back to the standard wording."},
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_place_and_nothing_is_kept(
    cast: Cast, subject: dict[str, str], text: dict[str, str], problems: dict[str, str]
) -> None:
    with pytest.raises(ValidationError) as refused:
        save(cast, subject, text)
    assert {place: said[0] for place, said in refused.value.message_dict.items()} == problems
    assert not NoticeText.objects.exists()


def test_two_people_do_not_overwrite_each_other_unknowingly(cast: Cast) -> None:
    save(cast, {"en": "first"}, {"en": "x"})
    with pytest.raises(texts.Overtaken) as overtaken:
        save(cast, {"en": "second"}, {"en": "x"}, at=MONDAY + MINUTES)
    assert overtaken.value.text == NoticeText.objects.get()
    save(cast, {"en": "second"}, {"en": "x"}, at=MONDAY + MINUTES, seen=MONDAY)
    assert NoticeText.objects.get().subject.data["en"] == "second"


def test_taken_back_the_standard_wording_holds_again(cast: Cast) -> None:
    before = read(cast, "en")
    Notice.objects.all().delete()
    save(cast, {"en": "x"}, {"en": "y"})
    assert texts.reset(kind())
    assert not texts.reset(kind())
    assert read(cast, "en") == before


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["clock_warned", "clock_breached", "clock_escalated"])
def test_the_standard_wording_with_placeholders_says_what_its_template_says(name: str, language: str) -> None:
    """What somebody begins to change reads, filled in, as what came along; for other values too."""
    known = get(name)
    standard = texts.standard(known, language=language)
    for data in (known.example, {**DATA, "assignee": "李想"}):
        with translation.override(language), timezone.override(ZoneInfo("Asia/Shanghai")):
            context = context_of(data, link="")
            assert split(render_to_string(known.template, context)).text == fill(standard.text, known, context)
            assert split(render_to_string(known.template, context)).subject == fill(standard.subject, known, context)
    assert "{number}" in standard.subject
    assert not texts.unknown_placeholders(standard.subject + standard.text, known)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_preview_fills_in_an_example_and_of_nothing_shows_the_standard(language: str) -> None:
    zone = ZoneInfo("Asia/Shanghai")
    said = texts.preview(kind(), "{number}!", "{due} {odd}", language=language, zone=zone)
    assert said.subject == "SD-2026-000418!"
    assert said.text.startswith("2026-11-16 11:30 (UTC+08:00) {odd}")
    assert said.text.endswith("/desk/requests/SD-2026-000418/")
    assert "SD-2026-000418" in texts.preview(kind(), "", " ", language=language, zone=zone).subject
