"""An agreement in a real browser: drafted, offered, commented, changed, signed, in force (R-045)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from sla.models import AgreementState, AgreementVersion
from sla.services.periods import turn
from sla.services.selection import agreement_for
from sla.services.terms import promises_of
from tests.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]


def begin(page: Page, cast: Cast) -> AgreementVersion:
    """A new agreement for Huaxin, like the default one."""
    page.goto("/desk/agreements/")
    page.get_by_role("link", name="New agreement").click()
    page.select_option("select[name=organisation]", str(cast.huaxin.pk))
    page.fill("input[name=name]", "Premium support")
    page.get_by_role("button", name="Begin the draft").click()
    page.wait_for_url("**/edit/")
    return AgreementVersion.objects.get(agreement__name="Premium support")


def press(page: Page, act: str) -> None:
    """Open the form of an act and send it."""
    page.locator(f"a.button[data-dialog=act-{act}]").click()
    page.locator(f"#act-{act} .dialog-acts button[type=submit]").click()
    page.wait_for_load_state("networkidle")


def test_an_agreement_is_drafted_offered_discussed_signed_and_comes_into_force(
    cast: Cast, open_as: Callable[..., Page]
) -> None:
    day = timezone.localdate() + timedelta(days=2)
    manager = open_as(cast.ma)
    version = begin(manager, cast)
    check = manager.locator("#check-result")

    # The table: a row is added, moved, copied and taken out in the page, and the check follows.
    manager.locator("[data-add-row]").click()
    rows = manager.locator(".promise")
    expect(rows).to_have_count(6)
    rows.last.locator("select[name$='-kind']").select_option("resolution")
    rows.last.locator("select[name$='-priority']").select_option("4")
    rows.last.locator("input[name$='-duration']").fill("4 h")
    expect(check).to_contain_text("Targets 3 and 6 are equally specific")
    rows.last.locator("[data-move='-1']").click()
    expect(rows.nth(4).locator("input[name$='-duration']")).to_have_value("4 h")
    expect(rows.nth(4).locator("[data-number]")).to_have_text("5")
    expect(check).to_contain_text("Targets 3 and 5 are equally specific")
    rows.nth(4).locator("[data-copy-row]").click()
    expect(check).to_contain_text("Target 6 never decides")
    rows.nth(5).locator("[data-remove-row]").click()
    expect(check).not_to_contain_text("never decides")

    # Its ladder: a step half an hour after the breach.
    rows.nth(4).locator("summary").click()
    rows.nth(4).locator("[data-add-rung]").click()
    rung = rows.nth(4).locator(".rung").last
    rung.locator("select[name$='-when']").select_option("+m")
    rung.locator("input[name$='-amount']").fill("30")
    rung.locator("select[name$='-raise_to']").select_option("4")

    # Which target, asked of what is typed.
    ticket = cast.submit(service=cast.consulting)
    manager.fill("[name=which-number]", ticket.number)
    manager.press("[name=which-number]", "Enter")
    expect(manager.locator("#answer")).to_contain_text("Target 3 · 48 h")

    # A slip of the keys is shown at its cell, and nothing is lost.
    manager.fill("[name=effective_from]", f"{day}T00:00")
    rows.first.locator("input[name$='-duration']").fill("soon")
    manager.get_by_role("button", name="Save").click()
    expect(manager.locator(".cell-error")).to_contain_text("duration with its unit")
    expect(rows.nth(4).locator("input[name$='-duration']")).to_have_value("4 h")
    rows.first.locator("input[name$='-duration']").fill("20 min")
    manager.get_by_role("button", name="Save").click()
    manager.wait_for_url(f"**/versions/{version.pk}/")
    said = list(promises_of(version))
    assert [promise.seconds // 60 for promise in said] == [20, 120, 2880, 1440, 240, 4320]
    assert [rung.point for rung in said[4].ladder] == ["50%", "80%", "breach", "+30m"]

    press(manager, "offer")
    expect(manager.locator(".stepper .is-now")).to_contain_text("In negotiation")

    # The client, on a phone: reads, asks, and is told that the terms changed meanwhile.
    client = open_as(cast.hua, viewport={"width": 390, "height": 844})
    client.goto("/portal/")
    client.locator("a[href='/portal/agreements/']").first.click()
    client.get_by_role("link", name="Premium support").click()
    expect(client.locator("#terms")).to_contain_text("20 m")
    assert client.evaluate("document.documentElement.scrollWidth") <= 390
    client.fill("form.composer textarea", "能否缩短到 15 分钟？")
    client.locator("form.composer button[type=submit]").click()
    expect(client.locator("#comments")).to_contain_text("能否缩短到 15 分钟？")

    manager.reload()
    expect(manager.locator("#comments")).to_contain_text("能否缩短到 15 分钟？")
    manager.get_by_role("link", name="Edit").click()
    manager.locator("input[name$='-duration']").first.fill("15 min")
    manager.get_by_role("button", name="Save").click()
    manager.wait_for_url(f"**/versions/{version.pk}/")

    client.fill("#sign input[name=name]", "华总")
    client.check("#sign input[name=read]")
    client.locator("#sign button[type=submit]").click()
    expect(client.get_by_role("alert").first).to_contain_text("The terms were changed while you read them")
    expect(client.locator("#terms")).to_contain_text("15 m")
    expect(client.locator("#sign input[name=name]")).to_have_value("华总")
    client.check("#sign input[name=read]")
    client.locator("#sign button[type=submit]").click()
    expect(client.locator("main")).to_contain_text("By 华总")

    version.refresh_from_db()
    assert version.state == AgreementState.SIGNED
    begins = version.effective_from
    assert begins is not None
    turn(begins)
    manager.reload()
    expect(manager.locator(".stepper .is-now")).to_contain_text("In force")
    assert agreement_for(cast.huaxin.pk, begins) == version


@pytest.mark.parametrize("width", [390, 1440])
def test_no_page_of_agreements_is_wider_than_the_screen(cast: Cast, open_as: Callable[..., Page], width: int) -> None:
    """The editor neither, with every ladder open."""
    page = open_as(cast.ma, viewport={"width": width, "height": 844})
    version = begin(page, cast)
    for path in ("/desk/agreements/", "/desk/agreements/new/", f"/desk/agreements/versions/{version.pk}/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    page.goto(f"/desk/agreements/versions/{version.pk}/edit/")
    for summary in page.locator(".promise summary").all():
        summary.click()
    wide = page.evaluate(
        "document.querySelector('.content').scrollWidth - document.querySelector('.content').clientWidth"
    )
    assert wide <= 0
