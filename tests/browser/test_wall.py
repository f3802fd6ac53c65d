"""The wall reads itself anew in a real browser: focus and scroll stay, what changed is spoken (R-046)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from sla.models import Target, WorkingCalendar
from tests.cast import Cast
from tickets import services

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]


@pytest.fixture(autouse=True)
def _around_the_clock(cast: Cast) -> None:
    """The test may run at any hour: every hour counts."""
    Target.objects.update(calendar=WorkingCalendar.objects.get(name="24×7"), seconds=3600)


AN_HOUR_AHEAD = """
    const hour = 3600000, now = Date.now.bind(Date), origin = performance.timeOrigin;
    Date.now = () => now() + hour;
    Object.defineProperty(performance, "timeOrigin", { value: origin + hour });
"""


def read_anew(page: Page) -> None:
    """What the timer does every quarter of a minute."""
    page.evaluate(
        """() => {
            const wall = document.getElementById("wall");
            const how = { source: wall, target: wall, swap: "outerHTML" };
            window.htmx.ajax("GET", wall.getAttribute("hx-get"), how).catch(() => {});
        }"""
    )


def test_it_refreshes_itself_without_losing_focus_and_speaks_what_changed(
    cast: Cast, open_as: Callable[..., Page]
) -> None:
    now = timezone.now()
    ticket = cast.submit(service=cast.reset, at=now)
    page = open_as(cast.ma)
    page.goto("/desk/levels/now/")
    expect(page.locator("#wall-said")).to_have_text("0 late, 1 due within the hour, 0 paused")
    link = page.locator(f"#next-row-{ticket.number}")
    link.focus()
    late = cast.submit(service=cast.reset, at=now - timedelta(hours=2), subject="Late already")
    # the timer itself: nothing is pressed
    expect(page.locator(f"#late-row-{late.number}")).to_be_visible(timeout=20_000)
    expect(page.locator("#wall-said")).to_have_text("1 late, 1 due within the hour, 0 paused")
    assert page.evaluate("document.activeElement.id") == f"next-row-{ticket.number}"
    expect(page.locator("#wall-away")).to_be_hidden()


def test_scroll_stays_where_it_was(cast: Cast, open_as: Callable[..., Page]) -> None:
    for minutes in range(30):
        cast.submit(service=cast.reset, at=timezone.now() - timedelta(minutes=minutes))
    page = open_as(cast.ma, viewport={"width": 900, "height": 600})
    page.goto("/desk/levels/now/")
    page.evaluate("document.getElementById('content').scrollTop = 300")
    page.evaluate("document.getElementById('lanes').scrollLeft = 90")
    stamp = page.locator("#wall").get_attribute("data-server-now")
    read_anew(page)
    expect(page.locator("#wall")).not_to_have_attribute("data-server-now", stamp or "")
    assert page.evaluate("document.getElementById('content').scrollTop") == 300
    assert page.evaluate("document.getElementById('lanes').scrollLeft") == 90


def test_it_says_when_the_server_is_away_and_when_it_is_back(cast: Cast, open_as: Callable[..., Page]) -> None:
    page = open_as(cast.zhou)
    page.goto("/desk/levels/now/")
    page.context.set_offline(True)
    read_anew(page)
    expect(page.locator("#wall-away")).to_be_visible()
    page.context.set_offline(False)
    read_anew(page)
    expect(page.locator("#wall-away")).to_be_hidden()


def test_a_session_that_has_ended_leads_to_signing_in(cast: Cast, open_as: Callable[..., Page]) -> None:
    page = open_as(cast.zhou)
    page.goto("/desk/levels/now/?hours=8")
    page.context.clear_cookies()
    read_anew(page)
    page.wait_for_url("**/account/login/**")


def test_a_countdown_counts_from_the_servers_instant(cast: Cast, open_as: Callable[..., Page]) -> None:
    """A visitor's clock that is an hour wrong changes nothing, also after the part came anew."""
    cast.submit(service=cast.reset, at=timezone.now())
    page = open_as(cast.ma)
    page.add_init_script(AN_HOUR_AHEAD)
    page.goto("/desk/levels/now/")
    chip = page.locator("[aria-labelledby=list-next] .due").first
    expect(chip).to_contain_text("59 m left")
    stamp = page.locator("#wall").get_attribute("data-server-now")
    read_anew(page)
    expect(page.locator("#wall")).not_to_have_attribute("data-server-now", stamp or "")
    chip.locator(".due-text").evaluate("text => { text.textContent = '?'; }")  # the next tick writes it anew
    expect(chip).to_contain_text("59 m left")


@pytest.mark.parametrize("width", [390, 1440])
def test_no_page_is_wider_than_the_screen(cast: Cast, open_as: Callable[..., Page], width: int) -> None:
    """A phone never scrolls sideways."""
    cast.closed(at=timezone.now() - timedelta(days=1))
    services.reply(cast.submit(service=cast.reset), by=cast.zhou, at=timezone.now(), body="…")
    page = open_as(cast.ma, viewport={"width": width, "height": 844})
    for path in (
        "/desk/levels/",
        "/desk/levels/now/",
        "/desk/levels/now/?screen=1",
        "/desk/levels/now/list/?what=next",
        "/desk/levels/list/?figure=first_response",
        f"/desk/levels/report/?client={cast.huaxin.pk}",
    ):
        page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{path} is {wide} px wide"
