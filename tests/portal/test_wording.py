"""The texts of notices: every kind in every language, with number, subject and link, times in the reader's zone."""

from __future__ import annotations

from typing import Any

import pytest
from django.template.loader import get_template
from django.utils import translation

from notifications import kinds
from notifications.models import Notice
from notifications.wording import words
from tests.cast import MONDAY, Cast
from tickets import services
from tickets.states import Priority

KINDS = [*kinds.kinds_for(client=True), *kinds.kinds_for(client=False)]
DATA: dict[str, Any] = {
    "number": "SD-2026-000123",
    "subject": "登录后白屏 <b>&",
    "organisation": "华信制造",
    "requester": "陈立",
    "assignee": "周敏",
    "priority": Priority.HIGH,
    "state": "intake",
    "due_at": "2026-11-16T02:30:00+00:00",
    "due_kind": "first_response",
    "line": "It's <i>broken</i>",
    "version": 2,
    "clock": "resolution",
    "target_seconds": 172800,
    "clock_due_at": "2026-11-16T02:30:00+00:00",
    "step_at": "2026-11-16T02:30:00+00:00",
    "lowest": 1,
}
# Kinds that are not about a request: what their subject names, and their own data.
AGREED = {
    "agreement": "远航 <SLA> & 2027",
    "client": "远航物流",
    "from_at": "2026-12-31T16:00:00+00:00",
    "to_at": "2027-12-31T16:00:00+00:00",
    "name": "Wang Q.",
    "author": "王倩",
    "days": 30,
}
OTHERS: dict[str, tuple[str, dict[str, Any]]] = {
    **{kind.name: (AGREED["agreement"], AGREED) for kind in KINDS if kind.name.startswith("agreement_")},
    "calendar_outdated": ("Office & more", {"calendar": "Office & more", "version": 3}),
    "what_if_done": ("20 <minutes>", {"name": "20 <minutes>"}),
    "recalculation_done": ("Office & more", {"about": "Office & more", "stage": "previewed"}),
}
VARIANTS = [
    {},
    {"due_at": "", "due_kind": "", "line": "", "clock_due_at": "", "assignee": ""},
    *({"decision": word} for word in ("accepted", "rejected", "confirmed", "returned")),
    *({"what": word, "into": "SD-2026-000100"} for word in ("merged", "reopened", "withdrawn")),
]


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
@pytest.mark.parametrize("kind", sorted({kind.name for kind in KINDS} - OTHERS.keys()))
def test_every_kind_about_a_request_has_words(cast: Cast, kind: str, language: str) -> None:
    """R-097: number and subject on top, the link in the text, plain text without entities or template leftovers."""
    cast.chen.language = language
    for variant in VARIANTS:
        notice = Notice(recipient=cast.chen, kind=kind, data={**DATA, **variant}, path="/portal/requests/x/")
        said = words(notice)
        assert "SD-2026-000123" in said.subject
        assert "登录后白屏 <b>&" in said.subject
        assert "http://testserver/portal/requests/x/" in said.text
        everything = said.subject + said.text
        for slip in ("&lt;", "&#x27;", "&amp;", "{", "None", "%("):
            assert slip not in everything


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
@pytest.mark.parametrize("kind", OTHERS)
def test_every_other_kind_has_words(cast: Cast, kind: str, language: str) -> None:
    """R-045: what it is about on top, the link in the text."""
    cast.hua.language = language
    named, data = OTHERS[kind]
    for variant in ({}, {"from_at": "", "client": "", "stage": "done"}):
        said = words(Notice(recipient=cast.hua, kind=kind, data={**DATA, **data, **variant}, path="/x/"))
        assert named in said.subject
        assert "http://testserver/x/" in said.text
        for slip in ("&lt;", "&#x27;", "&amp;", "{", "None", "%("):
            assert slip not in said.subject + said.text


def test_instants_are_told_in_the_readers_zone(cast: Cast) -> None:
    """R-004: number, what happens next, by when."""
    notice = Notice(recipient=cast.chen, kind="request_received", data=DATA, path="/p/")
    cast.chen.language, cast.chen.time_zone = "en", "Asia/Tokyo"
    assert "You get a first answer by 2026-11-16 11:30 (UTC+09:00)." in words(notice).text
    assert "SD-2026-000123" in words(notice).text
    cast.chen.time_zone = "Europe/Paris"
    assert "2026-11-16 03:30 (UTC+01:00)" in words(notice).text


def test_what_is_no_instant_is_left_out(cast: Cast) -> None:
    notice = Notice(recipient=cast.chen, kind="request_received", data={**DATA, "due_at": "soon"}, path="/p/")
    cast.chen.language = "en"
    assert "by" not in words(notice).text.split("\n")[1]


def test_a_real_submission_is_acknowledged(cast: Cast) -> None:
    """R-004, from the door to the words."""
    ticket = cast.submit()
    said = words(Notice.objects.get(kind="request_received", recipient=cast.chen), language="en")
    assert said.subject == f"We have your request {ticket.number}: {ticket.subject}"
    assert "You get a first answer by 2026-11-16 10:30 (UTC+08:00)." in said.text
    assert f"/portal/requests/{ticket.number}/" in said.text


def test_staff_are_told_what_is_due(cast: Cast) -> None:
    services.assign(cast.submit(), by=cast.li, at=MONDAY, assignee=cast.zhou)
    said = words(Notice.objects.get(kind="request_assigned", recipient=cast.zhou), language="en")
    assert "First response: 2026-11-16 10:30 (UTC+08:00)" in said.text


def test_each_template_exists() -> None:
    with translation.override("en"):
        for kind in KINDS:
            assert get_template(kind.template)
