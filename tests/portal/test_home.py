"""The client's home: needs you, under way, done; search; the same number of queries for any number of rows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.cast import MONDAY, Cast
from tests.portal.pages import text_of
from tickets import services
from tickets.models import Ticket
from tickets.states import Wait


def test_without_requests_it_leads_to_the_first_one(cast: Cast) -> None:
    page = cast.browser(cast.chen).get("/portal/")
    assert "No requests yet" in text_of(page)
    assert b'href="/portal/new/"' in page.content


def test_what_needs_the_client_comes_first_and_says_what_to_do(cast: Cast) -> None:
    """R-096."""
    cast.with_plan(subject="PLAN")
    cast.delivered(subject="DELIVERY")
    asked = cast.in_execution(subject="QUESTION")
    services.wait(asked, by=cast.zhou, at=MONDAY, wait_for=Wait.CLIENT)
    cast.submit(subject="UNDERWAY")
    cast.closed(subject="DONE", at=timezone.now())
    words = text_of(cast.browser(cast.chen).get("/portal/"))
    order = ["Needs you", "three short questions", "Under way", "UNDERWAY", "Done", "DONE The request"]
    assert sorted(order, key=words.index) == order
    needs, _under, rest = words.partition("Under way")
    for what in (
        "Choose an option and confirm the plan",
        "Check the delivery and accept it",
        "Answer our question",
        "Tell us how it went",
        "PLAN",
        "DELIVERY",
        "QUESTION",
    ):
        assert what in needs
    assert "UNDERWAY We read your request and answer you." in rest
    assert "DONE The request is closed." in rest


def test_a_row_says_by_when(cast: Cast) -> None:
    cast.submit(at=timezone.now())
    assert "First answer by" in text_of(cast.browser(cast.chen).get("/portal/"))


def test_a_late_row_says_so(cast: Cast) -> None:
    cast.submit(at=MONDAY)
    assert "First answer is late, it was due" in text_of(cast.browser(cast.chen).get("/portal/"))


def test_a_plan_waits_even_while_we_wait_for_something_else(cast: Cast) -> None:
    ticket = cast.with_plan(subject="PLAN")
    services.wait(ticket, by=cast.zhou, at=MONDAY, wait_for=Wait.THIRD_PARTY)
    needs, _under, _rest = text_of(cast.browser(cast.chen).get("/portal/")).partition("Under way")
    assert "Choose an option and confirm the plan" in needs


def test_a_contact_sees_their_own_and_a_manager_chooses(cast: Cast) -> None:
    cast.submit(by=cast.chen, subject="CHENS")
    cast.submit(by=cast.hua, subject="HUAS")
    cast.submit(by=cast.stranger, subject="STRANGERS")
    assert b"HUAS" not in cast.browser(cast.chen).get("/portal/?whose=all").content
    whole = cast.browser(cast.hua).get("/portal/").content
    assert b"CHENS" in whole
    assert b"HUAS" in whole
    assert b"STRANGERS" not in whole
    mine = cast.browser(cast.hua).get("/portal/?whose=mine").content
    assert b"CHENS" not in mine
    assert b"HUAS" in mine


def test_search_finds_words_and_nothing_internal(cast: Cast) -> None:
    """R-082."""
    ticket = cast.submit(subject="报表系统登录后白屏")
    services.note(ticket, by=cast.zhou, at=MONDAY, body="geheim")
    other = cast.submit(by=cast.stranger, subject="报表别人的")
    browser = cast.browser(cast.chen)
    assert ticket.subject in text_of(browser.get("/portal/", {"q": "白屏"}))
    assert other.subject not in text_of(browser.get("/portal/", {"q": "报表"}))
    nothing = browser.get("/portal/", {"q": "geheim"})
    assert ticket.subject not in text_of(nothing)
    assert "Nothing found" in text_of(nothing)


def test_a_number_or_its_last_digits_lead_to_the_request(cast: Cast) -> None:
    """R-082: of those the client may see."""
    ticket, others = cast.submit(), cast.submit(by=cast.stranger)
    colleague = cast.submit(by=cast.wang)
    for text in (ticket.number, f" {ticket.number.lower()} ", str(int(ticket.number[-6:]))):
        assert cast.browser(cast.chen).get("/portal/", {"q": text}).headers["Location"].endswith(f"/{ticket.number}/")
    for foreign in (others, colleague):
        assert "Nothing found" in text_of(cast.browser(cast.chen).get("/portal/", {"q": foreign.number}))
    found = cast.browser(cast.hua).get("/portal/", {"q": colleague.number})
    assert found.headers["Location"].endswith(f"/{colleague.number}/")


@pytest.mark.parametrize(
    "query",
    [
        "q=%00",
        "q=%27%3B--",
        "q=" + "x" * 5000,
        "before=x",
        "before=2026-01-01,1",
        "show=zz",
        "q=!!!",
        "before=2026-13-99T00:00:00%2B00:00,1",
        "before=2026-01-01T00:00:00%2B00:00," + "9" * 30,
    ],
)
def test_nonsense_in_the_address_does_no_harm(cast: Cast, query: str) -> None:
    cast.submit()
    assert cast.browser(cast.chen).get(f"/portal/?{query}").status_code == 200


def test_older_pages_show_each_request_once(cast: Cast) -> None:
    for n in range(47):
        cast.submit(subject=f"N{n:03d}", at=MONDAY + timedelta(minutes=n // 3))
    browser, address, seen = cast.browser(cast.chen), "/portal/?show=open", []
    while address:
        page = browser.get(address)
        seen += [row.ticket.subject for row in page.context["home"].under_way.rows]
        assert page.context["home"].under_way.count == "47"
        address = page.context["older_open"]
    assert len(seen) == len(set(seen)) == 47


def test_counts_are_capped(cast: Cast) -> None:
    cast.submit()
    with connection.cursor() as cursor:
        columns = ", ".join(f.column for f in Ticket._meta.concrete_fields if f.column not in {"id", "number"})
        cursor.execute(
            f"INSERT INTO tickets_ticket (number, {columns})"  # noqa: S608 - column names of our own model
            f" SELECT 'X-' || n, {columns} FROM tickets_ticket, generate_series(1, 150) AS n"
        )
    assert cast.browser(cast.chen).get("/portal/").context["home"].under_way.count == "99+"


def test_it_asks_the_same_number_of_queries_for_any_number_of_rows(cast: Cast) -> None:
    browser, counts = cast.browser(cast.hua), []
    for more in (1, 9):
        for n in range(more):
            cast.submit(subject=f"{n}")
            cast.with_plan()
            cast.delivered()
            cast.closed()
        with CaptureQueriesContext(connection) as asked:
            browser.get("/portal/")
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 15


def test_staff_are_sent_to_their_side(cast: Cast) -> None:
    assert cast.browser(cast.zhou).get("/portal/").status_code == 302
    assert cast.browser().get("/portal/").url.startswith("/account/login/")
