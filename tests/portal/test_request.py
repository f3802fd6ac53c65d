"""The page of a request: where it stands in every state, what happens next and by when, who may see it (R-096)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications.models import Notice
from tests.cast import MONDAY, Cast, a_file
from tests.portal.pages import text_of
from tickets import services
from tickets.models import Ticket
from tickets.states import Wait


def url(ticket: Ticket) -> str:
    return f"/portal/requests/{ticket.number}/"


def words_of(cast: Cast, ticket: Ticket, language: str = "en") -> str:
    page = cast.browser(ticket.requester, language).get(url(ticket))
    assert page.status_code == 200
    return text_of(page)


def test_intake_says_who_answers_by_when(cast: Cast) -> None:
    words = words_of(cast, cast.submit(at=timezone.now()))
    assert "We read your request and answer you. " in words
    assert "First answer by" in words
    assert "Withdraw the request" in words


def test_a_late_answer_is_admitted(cast: Cast) -> None:
    assert "First answer is late, it was due" in words_of(cast, cast.submit())


def test_execution_names_who_takes_care(cast: Cast) -> None:
    words = words_of(cast, cast.in_execution())
    assert "We work on it and hand over the result to you." in words
    assert "周敏 takes care of it." in words


def test_a_plan_is_shown_with_everything_to_decide(cast: Cast) -> None:
    words = words_of(cast, cast.with_plan())
    for expected in (
        "Please choose an option",
        "方案 1",
        "方案 2",
        "第一步",
        "40 min",
        "可回退",
        "Low",
        "Plan version 1",
    ):
        assert expected in words


def test_a_plan_with_one_option_is_ticked(cast: Cast) -> None:
    page = cast.browser(cast.chen).get(url(cast.with_plan(options=1)))
    assert "Please confirm the plan" in text_of(page)
    assert 'name="option" value="1" checked' in page.content.decode()


def test_a_delivery_is_shown_with_its_files(cast: Cast) -> None:
    ticket = cast.in_execution()
    services.deliver(ticket, by=cast.zhou, at=MONDAY, summary="已修复", self_checked=True, files=[a_file("清单.png")])
    page = cast.browser(cast.chen).get(url(ticket))
    assert "Please check the result" in text_of(page)
    assert "清单.png" in page.content.decode()


@pytest.mark.parametrize(
    ("wait", "expected"),
    [
        (Wait.CLIENT, "We need your answer to go on."),
        (Wait.THIRD_PARTY, "We are waiting for a third party"),
        (Wait.DATE, "We go on "),
    ],
)
def test_waiting_says_for_what(cast: Cast, wait: Wait, expected: str) -> None:
    ticket = cast.in_execution()
    until = MONDAY + timedelta(days=2) if wait == Wait.DATE else None
    services.wait(ticket, by=cast.zhou, at=MONDAY, wait_for=wait, until=until)
    words = words_of(cast, ticket)
    assert expected in words
    assert ("Please answer our question" in words) == (wait == Wait.CLIENT)
    assert ("First answer" in words) is False or wait != Wait.CLIENT


def test_the_ends_say_what_became_of_it(cast: Cast) -> None:
    declined = cast.submit()
    services.decline(declined, by=cast.zhou, at=MONDAY, reason="不在范围内")
    assert "We can't take this on." in words_of(cast, declined).replace("&#x27;", "'")
    assert "不在范围内" in words_of(cast, declined)
    withdrawn = cast.submit()
    services.withdraw(withdrawn, by=cast.chen, at=MONDAY)
    assert "The request was withdrawn." in words_of(cast, withdrawn)
    goal = cast.submit(subject="GOAL")
    merged = cast.submit()
    services.merge(merged, by=cast.zhou, at=MONDAY, into=goal)
    assert f"where it goes on. {goal.number}" in words_of(cast, merged)


def test_a_merged_request_does_not_name_one_the_client_may_not_see(cast: Cast) -> None:
    goal, merged = cast.submit(by=cast.wang), cast.submit()
    services.merge(merged, by=cast.zhou, at=MONDAY, into=goal)
    page = cast.browser(cast.chen).get(url(merged))
    assert f'href="{url(goal)}"' not in page.content.decode()


def test_a_closed_request_asks_how_it_went_and_can_be_reopened(cast: Cast) -> None:
    words = words_of(cast, cast.closed(at=timezone.now()))
    assert "How did we do?" in words
    assert "you can reopen it until" in words
    assert "Something is not right after all?" in words


def test_after_its_days_a_closed_request_leads_to_a_new_one(cast: Cast) -> None:
    words = words_of(cast, cast.closed(at=timezone.now() - timedelta(days=40)))
    assert "It was closed more than 14 days ago. Please submit a new request." in words
    assert "How did we do?" not in words


def test_it_shows_nothing_internal(cast: Cast) -> None:
    """R-083."""
    ticket = cast.in_execution()
    services.note(ticket, by=cast.zhou, at=MONDAY, body="geheime Notiz", files=[a_file("geheim.png")])
    services.add_task(ticket, by=cast.zhou, at=MONDAY, title="geheime Aufgabe")
    services.assign(ticket, by=cast.li, at=MONDAY, assignee=cast.zhao)
    page = cast.browser(cast.chen).get(url(ticket)).content.decode()
    assert "geheim" not in page
    assert "李想" not in page


def test_what_people_write_is_shown_as_text(cast: Cast) -> None:
    ticket = cast.submit(subject="<script>alert(1)</script>", description="<img src=x onerror=alert(1)> **fett**")
    page = cast.browser(cast.chen).get(url(ticket)).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "<strong>fett</strong>" in page


def test_a_manager_reads_and_a_colleague_does_not(cast: Cast) -> None:
    """R-070."""
    ticket = cast.closed(at=timezone.now())
    assert cast.browser(cast.wang).get(url(ticket)).status_code == 404
    seen = text_of(cast.browser(cast.hua).get(url(ticket)))
    assert "陈立" in seen
    assert "How did we do?" not in seen  # only the contact is asked


def test_reading_it_marks_its_notices_read(cast: Cast) -> None:
    ticket, other = cast.submit(), cast.submit()
    cast.browser(cast.chen).get(url(ticket))
    unread = Notice.objects.filter(recipient=cast.chen, read_at__isnull=True)
    assert [notice.path for notice in unread] == [url(other)]


def test_strangers_find_nothing(cast: Cast) -> None:
    """Every address of a request is a 404 for another client, for staff, and for numbers that don't exist."""
    ticket = cast.with_plan()
    for person in (cast.stranger, cast.wang, cast.zhou):
        browser = cast.browser(person)
        assert browser.get(url(ticket)).status_code == 404
        assert browser.get(url(ticket) + "changes/").status_code in ({286} if person == cast.zhou else {404})
        for act in ("reply", "confirm_plan", "return_plan", "accept", "reject", "withdraw", "reopen", "survey"):
            assert browser.post(url(ticket) + f"{act}/", {"body": "x"}).status_code == 404
    browser = cast.browser(cast.chen)
    for number in ("SD-2026-999999", "x", "%00", "SD-2026-0000011111111111111111111111111111"):
        page = browser.get(f"/portal/requests/{number}/")
        assert page.status_code == 404
        assert "Nothing here" in text_of(page)
    assert browser.post(url(ticket) + "deliver/").status_code == 404
    assert cast.browser().get(url(ticket)).url.startswith("/account/login/")


def test_it_costs_at_most_twenty_queries_however_long_it_is(cast: Cast) -> None:
    ticket, counts = cast.with_plan(), []
    browser = cast.browser(cast.chen)
    for more in (1, 9):
        for n in range(more):
            services.reply(ticket, by=cast.zhou, at=MONDAY, body=f"{n}", files=[a_file()])
        with CaptureQueriesContext(connection) as asked:
            browser.get(url(ticket))
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 20


class TestChanges:
    """While the page is open it asks what the other side changed."""

    def _seen(self, cast: Cast, ticket: Ticket) -> tuple[Any, str]:
        browser = cast.browser(cast.chen)
        page = browser.get(url(ticket)).context["page"]
        return browser, f"{url(ticket)}changes/?seen={page.seen}&panel={page.panel}"

    def test_nothing_new_is_an_empty_answer(self, cast: Cast) -> None:
        ticket = cast.in_execution()
        browser, address = self._seen(cast, ticket)
        assert browser.get(address).status_code == 204
        services.note(ticket, by=cast.zhou, at=MONDAY, body="intern")
        assert browser.get(address).status_code == 204

    def test_a_reply_brings_the_conversation_and_leaves_what_is_typed(self, cast: Cast) -> None:
        ticket = cast.in_execution()
        browser, address = self._seen(cast, ticket)
        services.reply(ticket, by=cast.zhou, at=MONDAY, body="Neuigkeit")
        answer = browser.get(address)
        said = answer.content.decode()
        assert "Neuigkeit" in said
        assert 'id="entries" hx-swap-oob' in said
        assert 'id="panel"' not in said
        assert "<textarea" not in said
        assert "The request has changed." in answer["HX-Trigger"]

    def test_a_new_state_brings_what_can_be_done_now(self, cast: Cast) -> None:
        ticket = cast.in_execution()
        browser, address = self._seen(cast, ticket)
        services.deliver(ticket, by=cast.zhou, at=MONDAY, summary="fertig", self_checked=True)
        said = browser.get(address).content.decode()
        assert 'id="panel" class="part" hx-swap-oob' in said
        assert f'action="{url(ticket)}accept/"' in said

    def test_it_stops_when_somebody_signed_out(self, cast: Cast) -> None:
        assert cast.browser().get(f"{url(cast.submit())}changes/?seen=1").status_code == 286
