"""The wall: operations now, for everybody on the desk (R-046, SLA-61)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from desk.levels.wall import LONGEST, ticks
from sla.services.terms import store_promises
from tests.cast import MONDAY
from tests.desk.kit import HTMX
from tests.sla.kit import default_agreement, promise
from tickets import services
from tickets.states import Wait

M, H = timedelta(minutes=1), timedelta(hours=1)
MOST_QUERIES = 20


@pytest.fixture(autouse=True)
def _monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=False):
        yield


def wall(cast: Any, person: Any = None, language: str = "en", **parameters: Any) -> Any:
    return cast.browser(person or cast.ma, language).get(reverse("desk:wall"), parameters)


def text_of(response: Any) -> str:
    return unescape(re.sub(r"\s+", " ", response.content.decode()))


def rows_of(response: Any, watch: str) -> list[Any]:
    return next(one["rows"] for one in response.context["lists"] if one["watch"] == watch)


@pytest.fixture
def shift(cast: Any) -> Any:
    """Makes `times` times: one late, two due within the hour (one of them Zhou's), one due later, one paused."""

    def make(times: int = 1) -> None:
        for age in range(times):
            cast.submit(service=cast.complaint, at=MONDAY - 25 * H - age * M)
            cast.submit(service=cast.reset, at=MONDAY - age % 9 * M)
            cast.in_execution(at=MONDAY - age % 9 * M)
            cast.submit(service=cast.complaint, by=cast.stranger, at=MONDAY - 20 * H - age * M)
            waiting = cast.in_assessment(at=MONDAY - 2 * H)
            services.reply(waiting, by=cast.zhao, at=MONDAY - 2 * H, body="…")
            services.wait(waiting, by=cast.zhou, at=MONDAY - H - age * M, wait_for=Wait.CLIENT)

    return make


# --- who ---------------------------------------------------------------------------------------------


def test_everybody_on_the_desk_sees_the_wall_of_what_they_may_see(cast: Any, shift: Any) -> None:
    """R-070: Sun is of the data team, Zhou of the support."""
    shift()
    names = {
        person: [lane["team"].name for lane in wall(cast, getattr(cast, person)).context["lanes"]]
        for person in ("sun", "zhou", "ma", "qin")
    }
    both = ["Application support", "Data"]
    assert names == {"sun": ["Data"], "zhou": ["Application support"], "ma": both, "qin": both}
    for name in ("desk:wall", "desk:wall-list"):
        assert cast.browser(cast.chen).get(reverse(name)).status_code == 302
        assert cast.browser().get(reverse(name)).status_code == 302


def test_a_list_shows_what_one_may_see_and_no_more(cast: Any, shift: Any) -> None:
    """R-070."""
    shift()
    for person, count in ((cast.zhou, 0), (cast.sun, 1), (cast.ma, 1)):
        listed = cast.browser(person).get(reverse("desk:wall-list"), {"what": "late"})
        assert listed.context["count"] == len(listed.context["rows"]) == count


# --- what it says ------------------------------------------------------------------------------------


def test_late_due_next_and_paused_with_turn_person_and_reason(cast: Any, shift: Any) -> None:
    """R-046: what is late (the longest first), what comes next, what waits for whom and since when."""
    shift(2)
    shown = wall(cast)
    late = rows_of(shown, "late")
    assert [row["clock"].due_at for row in late] == sorted(row["clock"].due_at for row in late)
    assert late[0]["turn"] == "Our turn"
    assert {row["ticket"].assignee for row in rows_of(shown, "next")} == {None, cast.zhou}
    paused = rows_of(shown, "paused")
    assert [(row["wait"], row["since"]) for row in paused] == [
        ("Waiting for client", MONDAY - H - M),
        ("Waiting for client", MONDAY - H),
    ]
    text = text_of(shown)
    for words in ("Read at 10:00:00", ">today 08:59</time>", "First response", "周敏", "Unassigned"):
        assert words in text


def test_every_number_opens_a_list_of_as_many(cast: Any, shift: Any) -> None:
    """SLA-61: the figures on top, the counts of the teams, the heads of the lists, the marks."""
    shift(3)
    browser = cast.browser(cast.ma)
    context = browser.get(reverse("desk:wall"), {"hours": 24}).context
    links = [(figure["href"], figure["value"]) for figure in context["figures"]]
    links += [(one["href"], one["count"]) for one in context["lists"]]
    for lane in context["lanes"]:
        team = lane["team"]
        links += [(lane["late_href"], team.late), (lane["soon_href"], team.soon), (lane["paused_href"], team.paused)]
        links += [(mark["href"], mark["count"]) for mark in lane["marks"] if mark["count"] > 1]
    assert len(links) > 15
    for href, count in links:
        if "/list/" in href:
            assert browser.get(href).context["count"] == count, href
    assert sum(count for href, count in links if "/list/" in href) > 30


def test_one_mark_opens_its_request(cast: Any) -> None:
    """The mark of one clock says which, when and what."""
    ticket = cast.submit(service=cast.reset)
    mark = wall(cast).context["lanes"][0]["marks"][0]
    assert mark["href"] == reverse("desk:request", args=[ticket.number])
    assert mark["title"] == f"First response, today 10:30: {ticket.subject}"
    assert mark["x"] == f"{(4 + 0.5) / 36 * 100:.2f}%"


@pytest.mark.parametrize(("hours", "count"), [(2, 1), (4, 2), (8, 3), (24, 4)])
def test_the_axis_reaches_as_far_as_was_chosen(cast: Any, hours: int, count: int) -> None:
    """2, 4, 8 or 24 hours."""
    for ahead in (1, 3, 6, 20):
        cast.submit(service=cast.complaint, at=MONDAY + ahead * H - 24 * H)
    marks = wall(cast, hours=hours).context["lanes"][0]["marks"]
    assert sum(mark["count"] for mark in marks) == count


def test_the_times_along_the_axis_are_round_ones_of_the_readers_zone(cast: Any) -> None:
    """At 10:20 in Shanghai the next whole hours are 11 to 14; one beside the word "now" is not written."""
    with time_machine.travel(MONDAY + 20 * M, tick=False):
        wall(cast)  # activates the reader's zone
        assert [tick["words"] for tick in ticks(MONDAY + 20 * M, 4)] == ["11:00", "12:00", "13:00", "14:00"]
        assert [tick["words"] for tick in ticks(MONDAY + 50 * M, 4)] == ["", "12:00", "13:00", "14:00"]


def test_long_lists_are_capped_and_say_how_many_there_are(cast: Any) -> None:
    """The most urgent are in sight; the rest a press away, here and in the queue."""
    for minutes in range(LONGEST + 4):
        cast.submit(service=cast.reset, at=MONDAY - H - minutes * M)
    shown = wall(cast)
    late = next(one for one in shown.context["lists"] if one["watch"] == "late")
    assert (len(late["rows"]), late["count"]) == (LONGEST, LONGEST + 4)
    assert cast.browser(cast.ma).get(late["queue_href"]).status_code == 200
    assert f"All {LONGEST + 4}" in text_of(shown)


def test_a_clock_on_a_closed_request_is_there_and_said_to_be(cast: Any) -> None:
    """SLA-14: the client wrote after the closing; the queue does not show it, the wall does."""
    store_promises(default_agreement(), [promise("next_response", 60)])
    ticket = cast.closed(at=MONDAY - H)
    services.reply(ticket, by=cast.chen, at=MONDAY - M, body="还有一个问题")
    shown = wall(cast)
    row = rows_of(shown, "next")[0]
    assert (row["ticket"], row["turn"]) == (ticket, "Closed")
    assert "1 request is closed and still has a clock" in text_of(shown)


def test_without_anything_it_says_so(cast: Any) -> None:
    """A quiet night."""
    text = text_of(wall(cast))
    for words in ("Nothing is open", "Nothing is late", "Nothing runs", "Nothing is paused"):
        assert words in text


def test_texts_of_clients_are_shown_as_text(cast: Any) -> None:
    """Also in the title of a mark."""
    cast.submit(service=cast.reset, subject='"><script>alert(1)</script>')
    assert "<script>alert" not in wall(cast).content.decode()


# --- reading itself anew -----------------------------------------------------------------------------


def test_the_browser_asks_every_quarter_minute_for_the_part_that_changes(cast: Any, shift: Any) -> None:
    """With the same choice; the answer is that part alone, and says the server's instant."""
    shift()
    browser = cast.browser(cast.ma)
    whole = browser.get(reverse("desk:wall"), {"hours": 8, "team": cast.data.pk})
    address = f"{reverse('desk:wall')}?hours=8&team={cast.data.pk}"
    assert f'hx-get="{address}"'.replace("&", "&amp;") in whole.content.decode()
    assert 'hx-trigger="every 15s"' in whole.content.decode()
    part = browser.get(address, headers=HTMX)
    assert part.content.decode().strip().startswith('<div class="stack wall-live" id="wall"')
    assert f'data-server-now="{int(MONDAY.timestamp() * 1000)}"' in part.content.decode()
    assert "HX-Request" in part["Vary"]


def test_the_counts_are_spoken(cast: Any, shift: Any) -> None:
    """`aria-live` holds the counts in a sentence, and nothing that changes each time."""
    shift()
    assert (
        '<p class="visually-hidden" id="wall-said" aria-live="polite">1 late, 2 due within the hour, 1 paused</p>'
        in (wall(cast).content.decode())
    )


def test_what_can_be_focused_has_a_name_that_stays(cast: Any, shift: Any) -> None:
    """So that focus is found again in what comes anew: every link of the part has an id of its own."""
    shift(3)
    part = cast.browser(cast.ma).get(reverse("desk:wall"), headers=HTMX).content.decode()
    links = [link for link in re.findall(r"<a [^>]*>", part) if "without-js" not in link]
    ids = [re.search(r' id="([^"]+)"', link) for link in links]
    assert all(ids)
    assert len({found[1] for found in ids if found}) == len(links)


# --- the big screen ----------------------------------------------------------------------------------


def test_on_a_monitor_there_is_nothing_around_it_and_the_theme_can_be_chosen(cast: Any) -> None:
    """No rail, no tabs; dark by choice; and a way back."""
    page = wall(cast, screen=1, theme="dark").content.decode()
    assert 'class="screen"' in page
    assert 'class="rail"' not in page
    assert "levels-tabs" not in page
    assert '<div class="page wall" data-theme="dark">' in page
    assert 'class="rail"' in wall(cast).content.decode()
    assert "data-theme" not in wall(cast, screen=1, theme="pink").content.decode()


# --- the address -------------------------------------------------------------------------------------


def test_the_wall_of_one_team(cast: Any, shift: Any) -> None:
    """For the monitor in its room."""
    shift()
    shown = wall(cast, team=cast.data.pk)
    assert [lane["team"].team for lane in shown.context["lanes"]] == [cast.data.pk]
    assert {row["ticket"].team for one in shown.context["lists"] for row in one["rows"]} == {cast.data}


@pytest.mark.parametrize("nonsense", [{"hours": "5"}, {"team": "x"}, {"team": "9" * 14}, {"theme": "<b>"}])
def test_nonsense_in_the_address_is_dropped(cast: Any, shift: Any, nonsense: dict[str, str]) -> None:
    """What doesn't exist narrows nothing."""
    shift()
    shown = wall(cast, **nonsense)
    assert (shown.status_code, len(shown.context["lanes"]), shown.context["view"].hours) == (200, 2, 4)


@pytest.mark.parametrize(
    "nonsense",
    [
        {},
        {"what": "x"},
        {"what": "due"},
        {"what": "due", "since": "2026-11-16", "until": "x"},
        {"what": "due", "since": "2026-99-99T00:00Z"},
    ],
)
def test_a_list_that_does_not_exist_is_not_found(cast: Any, nonsense: dict[str, str]) -> None:
    """404."""
    assert cast.browser(cast.ma).get(reverse("desk:wall-list"), nonsense).status_code == 404


def test_a_long_list_goes_on_by_keyset(cast: Any) -> None:
    """Sixty paused requests by how long they wait: fifty, then ten, and back."""
    for minutes in range(60):
        waiting = cast.in_assessment(at=MONDAY - 2 * H)
        services.wait(waiting, by=cast.zhou, at=MONDAY - H - minutes * M, wait_for=Wait.CLIENT)
    browser = cast.browser(cast.ma)
    first = browser.get(reverse("desk:wall-list"), {"what": "paused"}).context
    second = browser.get(first["older"]).context
    since = [row["since"] for row in (*first["rows"], *second["rows"])]
    assert (first["count"], len(first["rows"]), len(second["rows"]), second["older"]) == (60, 50, 10, "")
    assert since == sorted(since)
    assert [row["since"] for row in browser.get(second["newer"]).context["rows"]] == since[:50]


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_it_speaks_the_readers_language(cast: Any, shift: Any, language: str) -> None:
    """Nothing fails in any of the three."""
    shift()
    assert wall(cast, language=language).status_code == 200
    listed = cast.browser(cast.ma, language).get(reverse("desk:wall-list"), {"what": "soon"})
    assert listed.context["count"] == 2


def test_the_number_of_queries_does_not_grow_with_the_rows(cast: Any, shift: Any) -> None:
    """Ten times as many, the same queries, at most twenty."""
    pages: list[tuple[str, dict[str, Any]]] = [
        ("desk:wall", {"hours": 24}),
        *(("desk:wall-list", {"what": what}) for what in ("late", "next", "paused", "soon")),
    ]
    shift(1)
    browser = cast.browser(cast.ma)
    browser.get("/")

    def counts() -> list[int]:
        found = []
        for name, parameters in pages:
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(reverse(name), parameters).status_code == 200
            found.append(len(queries))
        return found

    few = counts()
    shift(10)
    many = counts()
    assert all(count <= before for count, before in zip(many, few, strict=True)), (few, many)
    assert max(few) <= MOST_QUERIES
