"""The queue: order, views, filters, search, pages, the pane, the poll."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from desk.filters import Place, Wanted, counts
from desk.people import active_teams
from tests.cast import MONDAY, Cast
from tests.desk.kit import HTMX, numbers_in, queries, text_of
from tickets import services
from tickets.models import Ticket
from tickets.states import Channel, Wait

QUEUE = reverse("desk:queue")


def test_what_is_due_next_comes_first_and_what_has_no_target_last(cast: Cast) -> None:
    """R-082: the queue is sorted by the next deadline."""
    later = cast.submit(at=MONDAY + timedelta(hours=1))
    sooner = cast.submit(at=MONDAY)
    without = cast.delivered(at=MONDAY)
    found = cast.browser(cast.zhou).get(QUEUE, {"view": "all"})
    assert numbers_in(found) == [sooner.number, later.number, without.number]


def test_each_view_holds_what_it_says_and_counts_it(cast: Cast) -> None:
    mine, free, foreign = cast.in_execution(), cast.submit(), cast.submit(service=cast.complaint)
    cast.closed()
    browser = cast.browser(cast.ma)
    wanted = {
        "all": {mine.number, free.number, foreign.number},
        "unassigned": {free.number, foreign.number},
        "mine": set(),
    }
    for view, numbers in wanted.items():
        found = browser.get(QUEUE, {"view": view})
        assert set(numbers_in(found)) == numbers
        tab = next(tab for tab in found.context["tabs"] if tab["current"])
        assert tab["count"] == str(len(numbers))
    assert len(numbers_in(browser.get(QUEUE, {"view": "closed"}))) == 1
    assert numbers_in(cast.browser(cast.zhou).get(QUEUE, {"view": "mine"})) == [mine.number]
    assert set(numbers_in(cast.browser(cast.zhou).get(QUEUE, {"view": "team"}))) == {mine.number, free.number}


def test_the_tabs_count_what_the_lists_hold_for_everybody(cast: Cast) -> None:
    """Both are asked in their own way; neither sees more than the person may."""
    now = timezone.now()
    cast.in_execution(), cast.closed(), cast.submit(at=now - timedelta(days=30)), cast.submit(service=cast.complaint)
    services.assign(cast.submit(), by=cast.li, at=now, assignee=cast.sun)
    cast.complaint.team = None
    cast.complaint.save()
    cast.submit(service=cast.complaint)
    for name in ("zhou", "zhao", "li", "sun", "qin", "ma", "root"):
        place = Place.of(getattr(cast, name), active_teams())
        seen = Ticket.objects.visible_to(place.user)
        for view, count in counts(place, now).items():
            listed = Wanted(view=view).requests(place, now)
            assert count == listed.count(), (name, view)
            assert set(listed) <= set(seen.open()), (name, view)


def test_the_queue_opens_with_ones_own_team(cast: Cast) -> None:
    assert cast.browser(cast.zhou).get(QUEUE).context["wanted"].view == "team"
    assert cast.browser(cast.qin).get(QUEUE).context["wanted"].view == "all"


def test_late_requests_are_late(cast: Cast) -> None:
    late = cast.submit(at=timezone.now() - timedelta(days=30))
    cast.submit(at=timezone.now())
    assert numbers_in(cast.browser(cast.zhou).get(QUEUE, {"view": "late"})) == [late.number]
    assert numbers_in(cast.browser(cast.zhou).get(QUEUE, {"view": "all", "late": "1"})) == [late.number]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("state", "execution"),
        ("priority", "3"),
        ("channel", "phone"),
        ("person", "me"),
        ("service", "consulting"),
        ("client", "yuanhang"),
        ("team", "data"),
    ],
)
def test_a_filter_keeps_only_what_fits_and_lives_in_the_address(cast: Cast, name: str, value: str) -> None:
    cast.submit()
    fitting = {
        "state": lambda: cast.in_execution(impact=3, urgency=1),
        "priority": lambda: cast.submit(impact=3, urgency=2),
        "channel": lambda: cast.submit(by=cast.zhou, requester=cast.chen, channel=Channel.PHONE),
        "person": lambda: cast.in_execution(),
        "service": lambda: cast.submit(service=cast.consulting),
        "client": lambda: cast.submit(by=cast.stranger),
        "team": lambda: cast.submit(service=cast.complaint),
    }[name]()
    by_key = {"service": cast.services, "client": {"yuanhang": cast.yuanhang}, "team": cast.teams}
    given = str(by_key[name][value].pk) if name in by_key else value
    person = cast.zhou if name == "person" else cast.ma
    found = cast.browser(person).get(QUEUE, {"view": "all", name: given})
    assert numbers_in(found) == [fitting.number]
    assert f"{name}={given}" in text_of(found)


def test_values_that_do_not_exist_are_dropped(cast: Cast) -> None:
    ticket = cast.submit()
    odd = {"view": "sideways", "state": "x", "priority": "nine", "client": "1'", "person": "-", "after": "zz"}
    assert numbers_in(cast.browser(cast.zhou).get(QUEUE, {**odd, "after": ""})) == [ticket.number]
    assert numbers_in(cast.browser(cast.zhou).get(QUEUE, odd)) == []


@pytest.mark.parametrize("q", ["白屏", "502", "华信", "陈立", "console"])
def test_search_finds_chinese_and_latin_words_clients_and_contacts(cast: Cast, q: str) -> None:
    """R-082."""
    wanted = cast.submit()
    cast.submit(by=cast.stranger, subject="Printer", description="Paper jam")
    assert numbers_in(cast.browser(cast.ma).get(QUEUE, {"q": q})) == [wanted.number]


def test_search_reads_internal_notes_and_closed_requests(cast: Cast) -> None:
    ticket = cast.closed()
    services.note(ticket, by=cast.zhou, at=ticket.received_at, body="certificate of node three")
    assert numbers_in(cast.browser(cast.zhou).get(QUEUE, {"q": "certificate"})) == [ticket.number]


def test_a_number_or_its_last_digits_open_the_request(cast: Cast) -> None:
    ticket = cast.submit()
    page = reverse("desk:request", args=[ticket.number])
    browser = cast.browser(cast.zhou)
    for typed in (ticket.number, ticket.number.lower(), ticket.number[-6:], ticket.number[-6:].lstrip("0")):
        assert browser.get(QUEUE, {"q": typed}).headers.get("Location") == page


def test_a_number_one_may_not_see_opens_nothing(cast: Cast) -> None:
    ticket = cast.submit(service=cast.complaint)
    found = cast.browser(cast.zhou).get(QUEUE, {"q": ticket.number})
    assert found.status_code == 200
    assert numbers_in(found) == []


def test_pages_follow_one_another_without_gaps_though_the_list_changes(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.views.queue.PAGE_SIZE", 3)
    running = [cast.submit(at=MONDAY + timedelta(minutes=n)) for n in range(5)]
    still = [cast.delivered(at=MONDAY) for _ in range(3)]
    order = [ticket.number for ticket in [*running, *still]]
    browser = cast.browser(cast.zhou)
    first = browser.get(QUEUE, {"view": "all"})
    assert numbers_in(first) == order[:3]
    assert first.context["newer"] == ""
    cast.submit(at=MONDAY - timedelta(minutes=5))  # comes in before the page one stands on
    second = browser.get(QUEUE + first.context["older"])
    assert numbers_in(second) == order[3:6]
    third = browser.get(QUEUE + second.context["older"])
    assert numbers_in(third) == order[6:]
    assert third.context["older"] == ""
    assert numbers_in(browser.get(QUEUE + third.context["newer"])) == order[3:6]
    assert numbers_in(browser.get(QUEUE + second.context["newer"])) == order[:3]


def test_closed_requests_page_from_the_newest(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desk.views.queue.PAGE_SIZE", 2)
    ended = [cast.closed(at=MONDAY + timedelta(minutes=n)) for n in range(5)][::-1]
    browser = cast.browser(cast.zhou)
    seen, address = [], "?view=closed"
    while address:
        page = browser.get(QUEUE + address)
        seen += numbers_in(page)
        address = page.context["older"]
    assert seen == [ticket.number for ticket in ended]
    assert numbers_in(browser.get(QUEUE + page.context["newer"])) == seen[2:4]


def test_a_search_for_words_and_names_is_one_list_in_both_directions(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What holds the words and what is of a client of that name, each once, newest first; the rest not at all."""
    monkeypatch.setattr("desk.views.queue.PAGE_SIZE", 3)
    wanted = [
        *(cast.submit(service=cast.reset, at=MONDAY + timedelta(minutes=2 * place)) for place in range(4)),
        *(
            cast.submit(
                by=cast.stranger, service=cast.reset, subject="华信的接口", at=MONDAY + timedelta(minutes=place)
            )
            for place in (1, 3, 5)
        ),
        cast.submit(service=cast.reset, subject="华信 both", at=MONDAY + timedelta(minutes=9)),
    ]
    cast.submit(by=cast.stranger, service=cast.reset)
    expected = [ticket.number for ticket in sorted(wanted, key=lambda each: each.received_at, reverse=True)]
    browser, address, there = cast.browser(cast.ma), "?q=华信", []
    while address:
        page = browser.get(QUEUE + address)
        there.append(numbers_in(page))
        address, newer = page.context["older"], page.context["newer"]
    assert [number for page in there for number in page] == expected
    assert numbers_in(browser.get(QUEUE + newer)) == there[-2]


def test_an_open_request_stands_beside_the_list_and_has_an_address(cast: Cast) -> None:
    ticket = cast.submit()
    browser = cast.browser(cast.zhou)
    page = browser.get(QUEUE, {"open": ticket.number})
    assert 'id="detail"' in text_of(page)
    assert "split--open" in text_of(page)
    part = browser.get(QUEUE, {"open": ticket.number}, headers={**HTMX, "HX-Target": "pane"})
    assert 'id="detail"' in text_of(part)
    assert "data-rows" not in text_of(part)
    assert "HX-Target" in part.headers["Vary"]


def test_a_foreign_request_does_not_open(cast: Cast) -> None:
    ticket = cast.submit()
    browser = cast.browser(cast.sun)
    assert 'id="detail"' not in text_of(browser.get(QUEUE, {"open": ticket.number}))
    part = browser.get(QUEUE, {"open": ticket.number}, headers={**HTMX, "HX-Target": "pane"})
    assert part.status_code == 404


def test_the_poll_says_nothing_until_something_has_changed(cast: Cast) -> None:
    ticket = cast.submit()
    browser = cast.browser(cast.zhou)
    page = browser.get(QUEUE, {"view": "all"})
    ask = {"view": "all", "seen": page.context["seen"], "since": page.context["since"]}
    changes = reverse("desk:queue-changes")
    assert browser.get(changes, ask).status_code == 204
    services.reply(ticket, by=cast.chen, at=timezone.now(), body="Any news?")
    assert "Any news?" in text_of(browser.get(changes, ask))
    cast.submit(at=timezone.now())
    assert "1 new request" in text_of(browser.get(changes, ask))
    assert browser.get(changes, {**ask, "since": "never"}).status_code == 200


def test_a_wait_is_named_instead_of_a_countdown(cast: Cast) -> None:
    ticket = cast.in_execution()
    services.reply(ticket, by=cast.zhao, at=ticket.received_at, body="Which version?")
    services.wait(ticket, by=cast.zhou, at=ticket.received_at, wait_for=Wait.CLIENT)
    assert "Waiting for client" in text_of(cast.browser(cast.zhou).get(QUEUE, {"view": "all"}))


def test_an_empty_list_can_be_widened_again_after_a_poll_too(cast: Cast) -> None:
    cast.submit()
    browser, address = cast.browser(cast.zhou), {"view": "all", "channel": Channel.CHAT}
    for found in (browser.get(QUEUE, address), browser.get(reverse("desk:queue-changes"), address)):
        assert numbers_in(found) == []
        assert "Clear the filters" in text_of(found)


def test_an_empty_view_is_calm(cast: Cast) -> None:
    assert "Nothing is due" in text_of(cast.browser(cast.zhou).get(QUEUE))
    assert "Nothing is late" in text_of(cast.browser(cast.zhou).get(QUEUE, {"view": "late"}))
    assert "Nothing fits" in text_of(cast.browser(cast.zhou).get(QUEUE, {"priority": "4"}))


def test_ten_times_the_rows_cost_the_same_queries(cast: Cast) -> None:
    browser = cast.browser(cast.zhou)
    filters = {"view": "all", "client": cast.huaxin.pk, "person": "nobody"}
    for _ in range(3):
        cast.submit()
    browser.get(QUEUE)
    few = queries(lambda: browser.get(QUEUE, filters))
    for _ in range(27):
        cast.submit()
    assert queries(lambda: browser.get(QUEUE, filters)) == few
    assert few <= 12


def test_clients_are_sent_to_their_side(cast: Cast) -> None:
    assert cast.browser(cast.chen).get(QUEUE).status_code == 302
    assert cast.browser().get(QUEUE).status_code == 302


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_the_queue_shows_in_every_language(cast: Cast, language: str) -> None:
    cast.submit()
    assert cast.browser(cast.zhou, language).get(QUEUE).status_code == 200


def test_menus_offer_clients_and_colleagues_by_name(cast: Cast) -> None:
    browser = cast.browser(cast.zhou)
    found = browser.get(reverse("desk:choices", args=["client"]), {"view": "all", "name": "华"})
    assert f"client={cast.huaxin.pk}" in text_of(found)
    assert "远航" not in text_of(found)
    found = browser.get(reverse("desk:choices", args=["person"]), {"name": "赵"})
    assert f"person={cast.zhao.pk}" in text_of(found)
    assert browser.get(reverse("desk:choices", args=["tea"])).status_code == 404
