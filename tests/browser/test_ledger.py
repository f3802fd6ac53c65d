"""The ledger in a real browser: opened from the request, led back to the time line, within the policy (SLA-41)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.cast import Cast
from tickets import services
from tickets.models import Ticket
from tickets.states import Wait

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def ticket(transactional_db: None, cast: Cast) -> Ticket:
    """A consulting request that waited for a third party."""
    at = timezone.now() - timedelta(days=3)
    found = cast.in_assessment(at=at)
    services.wait(found, by=cast.zhou, at=at + timedelta(hours=1), wait_for=Wait.THIRD_PARTY)
    services.resume(cast.fresh(found), by=cast.zhou, at=at + timedelta(hours=30))
    return found


def open_ledger(page: Page, ticket: Ticket) -> None:
    page.goto(f"/desk/requests/{ticket.number}/")
    page.locator(".clock-open a", has_text="Resolution").click()
    expect(page.locator("#clock-dialog")).to_be_visible()


def test_a_clock_opens_its_strip_and_the_pause_leads_to_its_event(
    cast: Cast, ticket: Ticket, open_as: Callable[..., Page]
) -> None:
    page = open_as(cast.zhou)
    open_ledger(page, ticket)
    dialog = page.locator("#clock-dialog")
    picture = dialog.locator(".strip-picture")
    assert "paused" in (picture.get_attribute("aria-label") or "")
    pause = picture.locator(".strip-piece--paused")
    frame, piece = picture.bounding_box(), pause.bounding_box()
    assert frame is not None
    assert piece is not None
    assert 0.2 < piece["width"] / frame["width"] < 0.6
    dialog.locator("a[data-event]", has_text="Waiting for a third party").click()
    expect(dialog).to_be_hidden()
    event = page.locator(".event:target")
    expect(event).to_be_in_viewport()
    expect(event).to_contain_text("Waiting for a third party")


def test_opened_by_its_address_the_page_begins_at_the_event(
    cast: Cast, ticket: Ticket, open_as: Callable[..., Page]
) -> None:
    page = open_as(cast.zhou)
    wait = ticket.events.get(kind="wait_started")
    for n in range(25):
        services.note(cast.fresh(ticket), by=cast.zhou, at=timezone.now(), body=f"Note {n}\n\nof some length")
    page.goto(f"/desk/requests/{ticket.number}/?all=1#m{wait.seq}")
    expect(page.locator(f"#m{wait.seq}")).to_be_in_viewport()


def test_on_a_phone_the_ledger_fits_the_screen(cast: Cast, ticket: Ticket, open_as: Callable[..., Page]) -> None:
    page = open_as(cast.zhou, viewport=PHONE)
    page.goto(f"/desk/requests/{ticket.number}/")
    href = page.locator(".clock-open a", has_text="Resolution").get_attribute("href")
    page.goto(str(href))
    expect(page.locator(".strip-picture")).to_be_visible()
    assert page.evaluate("document.querySelector('.content').scrollWidth") <= PHONE["width"]
    expect(page.locator(".strip-axis--narrow")).to_be_visible()
    expect(page.locator(".strip-axis--wide")).to_be_hidden()


def test_without_scripts_the_clock_is_a_link_to_its_page(
    cast: Cast, ticket: Ticket, open_as: Callable[..., Page]
) -> None:
    page = open_as(cast.zhou, java_script_enabled=False)
    page.goto(f"/desk/requests/{ticket.number}/")
    page.locator(".clock-open a", has_text="Resolution").click()
    expect(page.locator("h1")).to_contain_text("Resolution")
    expect(page.locator(".ledger tbody tr").nth(1)).to_contain_text("Paused")
