"""The page of one request: who sees it, what it shows, what it costs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from desk.request_page import SHOWN, stretches
from notifications.models import Notice
from sla.models import Clock
from tests.cast import MONDAY, Cast
from tests.desk.kit import HTMX, act_url, page_of, queries, text_of
from tickets import services
from tickets.states import Wait
from tickets.telling import desk_path
from web.timeline import Entry


def test_a_request_shows_subject_process_turn_conversation_and_contact(cast: Cast) -> None:
    ticket = cast.in_execution()
    cast.chen.phone = "021 5555 0142"
    cast.chen.save()
    text = text_of(cast.browser(cast.zhou).get(page_of(ticket)))
    for part in (
        ticket.number,
        ticket.subject,
        "登录成功后页面一直空白",
        "Our turn",
        "Execution",
        "021 5555 0142",
        "Important",
    ):
        assert part in text
    assert 'aria-current="step"' in text


@pytest.mark.parametrize("person", ["sun", "chen", "stranger"])
def test_people_without_a_view_of_it_find_nothing(cast: Cast, person: str) -> None:
    """R-083: a foreign request is a 404, for staff of other teams and for clients on this side."""
    ticket = cast.in_execution()
    browser = cast.browser(getattr(cast, person))
    clock = Clock.objects.filter(ticket=ticket).first()
    assert clock is not None
    pages = [
        page_of(ticket),
        act_url(ticket, "deliver"),
        reverse("desk:request-changes", args=[ticket.number]),
        reverse("desk:clock", args=[ticket.number, clock.pk]),
    ]
    assert [browser.get(page).status_code for page in pages] == [404] * len(pages)
    posts = [act_url(ticket, "take_up"), reverse("desk:write", args=[ticket.number])]
    assert [browser.post(page, {"kind": "reply", "body": "x"}).status_code for page in posts] == [404] * 2
    assert cast.fresh(ticket).event_seq == ticket.event_seq


def test_a_clock_of_another_request_is_not_found(cast: Cast) -> None:
    ticket, other = cast.submit(), cast.submit()
    clock = Clock.objects.filter(ticket=other).first()
    assert clock is not None
    assert cast.browser(cast.zhou).get(reverse("desk:clock", args=[ticket.number, clock.pk])).status_code == 404


def test_opening_it_marks_its_notices_read(cast: Cast) -> None:
    ticket = cast.submit()
    services.assign(ticket, by=cast.li, at=ticket.received_at, assignee=cast.zhou)
    unread = Notice.objects.filter(recipient=cast.zhou, path=desk_path(ticket), read_at__isnull=True)
    assert unread.exists()
    cast.browser(cast.zhou).get(page_of(ticket))
    assert not unread.exists()
    assert desk_path(ticket) == page_of(ticket)


def test_notes_are_tinted_and_said_to_be_hidden_from_the_client(cast: Cast) -> None:
    ticket = cast.submit()
    services.note(ticket, by=cast.zhou, at=ticket.received_at, body="Looks like the certificate.")
    text = text_of(cast.browser(cast.zhou).get(page_of(ticket)))
    assert "message--note" in text
    assert "not visible to the client" in text


def test_what_stands_in_the_way_is_shown_with_its_reason(cast: Cast) -> None:
    ticket = cast.in_assessment()
    text = text_of(cast.browser(cast.zhou).get(page_of(ticket)))
    assert "There is no plan yet." in text
    assert 'aria-disabled="true"' in text


def test_the_primary_act_is_the_usual_next_step(cast: Cast) -> None:
    browser = cast.browser(cast.zhou)
    ticket = cast.submit()
    assert browser.get(page_of(ticket)).context["primary"].act == "take_up"
    ticket = cast.in_execution()
    assert browser.get(page_of(ticket)).context["primary"].act == "deliver"
    services.wait(ticket, by=cast.zhou, at=ticket.received_at, wait_for=Wait.THIRD_PARTY)
    assert browser.get(page_of(ticket)).context["primary"].act == "resume"
    assert browser.get(page_of(cast.with_plan())).context["primary"] is None
    assert browser.get(page_of(cast.with_plan())).context["primary"] is None


def test_a_quality_officer_may_only_leave_notes(cast: Cast) -> None:
    page = cast.browser(cast.qin).get(page_of(cast.submit()))
    assert [kind for _step, kind in page.context["writing"]] == ["note"]
    assert page.context["primary"] is None


def test_ten_times_the_history_costs_the_same_queries(cast: Cast) -> None:
    ticket = cast.with_plan()
    browser = cast.browser(cast.zhou)

    def happen(times: int) -> None:
        for _ in range(times):
            services.reply(ticket, by=cast.zhou, at=ticket.received_at, body="A word")
            services.reply(ticket, by=cast.chen, at=ticket.received_at, body="An answer")
            services.add_task(ticket, by=cast.zhou, at=ticket.received_at, title="Look", owner=cast.zhao)

    happen(2)
    browser.get(page_of(ticket))
    few = queries(lambda: browser.get(page_of(ticket)))
    happen(18)
    assert queries(lambda: browser.get(page_of(ticket))) == few
    assert few <= 20


@pytest.mark.parametrize("state", ["submit", "in_assessment", "with_plan", "in_execution", "delivered", "closed"])
def test_every_state_shows_within_twenty_queries(cast: Cast, state: str) -> None:
    ticket = getattr(cast, state)()
    browser = cast.browser(cast.li)
    browser.get(page_of(ticket))
    assert queries(lambda: browser.get(page_of(ticket))) <= 20


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_it_shows_in_every_language(cast: Cast, language: str) -> None:
    assert cast.browser(cast.zhou, language).get(page_of(cast.with_plan())).status_code == 200


def test_long_stretches_of_events_are_folded_and_the_latest_stay(cast: Cast) -> None:
    def entry(kind: str) -> Entry:
        return Entry(at=MONDAY, seq=1, kind=kind)

    def shape(kinds: str) -> str:
        entries = [entry("message" if kind == "m" else "event") for kind in kinds]
        return "".join("f" if part.folded else ("m" if part.entry.is_message else "e") for part in stretches(entries))

    assert shape("meeem") == "meeem"
    assert shape("meeeem") == "mfm"
    assert shape("meeeee") == "meeeee"
    assert shape("meeeeee") == "mfee"
    assert shape("") == ""


def test_a_long_conversation_begins_with_its_end(cast: Cast) -> None:
    ticket = cast.submit()
    for n in range(SHOWN + 5):
        services.note(ticket, by=cast.zhou, at=ticket.received_at + timedelta(seconds=n), body=f"Note {n} of many")
    browser = cast.browser(cast.zhou)
    text = text_of(browser.get(page_of(ticket)))
    assert "Note 0 of many" not in text
    assert f"Note {SHOWN + 4} of many" in text
    assert "Note 0 of many" in text_of(browser.get(page_of(ticket), {"all": "1"}))


def test_the_poll_tells_who_did_what_since(cast: Cast) -> None:
    ticket = cast.submit()
    browser = cast.browser(cast.zhou)
    changes = reverse("desk:request-changes", args=[ticket.number])
    seen = cast.fresh(ticket).event_seq
    assert browser.get(changes, {"seen": seen}).status_code == 204
    assert browser.get(changes, {"seen": "much"}).status_code == 204
    services.reply(ticket, by=cast.chen, at=timezone.now(), body="Any news?")
    text = text_of(browser.get(changes, {"seen": seen}))
    assert "陈立 replied" in text
    services.note(ticket, by=cast.zhao, at=timezone.now(), body="Mine")
    assert "赵凯 left a note" in text_of(browser.get(changes, {"seen": seen}))


def test_a_part_for_htmx_leaves_the_composer_alone(cast: Cast) -> None:
    ticket = cast.submit()
    browser = cast.browser(cast.zhou)
    part = text_of(browser.get(page_of(ticket), headers={**HTMX, "HX-Target": "detail"}))
    assert "hx-preserve" in part
    assert "<html" not in part
    assert "hx-preserve" not in text_of(browser.get(page_of(ticket)))
