"""The editor of a working calendar in a real browser: drag, type, own days, preview, two editors (R-047, SLA-02)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from sla.models import CalendarVersion, WorkingCalendar
from sla.services import calendars as service
from tests.cast import Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]


@pytest.fixture
def draft(cast: Cast) -> CalendarVersion:
    office = WorkingCalendar.objects.get(name="Office hours")
    return service.draft_for(office, by=cast.ma, at=timezone.now())


class Editor:
    """What a manager does with a draft."""

    def __init__(self, page: Page, draft: CalendarVersion) -> None:
        self.page = page
        page.goto(f"/desk/calendars/versions/{draft.pk}/edit/")
        page.wait_for_load_state("networkidle")

    def hours(self, day: str) -> str:
        """What the field of a day says."""
        return self.page.locator(f"[name=hours_{day}]").input_value()

    def drag(self, day: str, start: float, end: float) -> None:
        """Press at an hour, pull to another, let go."""
        x, y, width = self._track(day)
        self.page.mouse.move(x + width * start / 24, y)
        self.page.mouse.down()
        self.page.mouse.move(x + width * (start + end) / 48, y)
        self.page.mouse.move(x + width * end / 24, y)
        self.page.mouse.up()

    def click(self, day: str, hour: float) -> None:
        """On a bar."""
        x, y, width = self._track(day)
        self.page.mouse.click(x + width * hour / 24, y)

    def _track(self, day: str) -> tuple[float, float, float]:
        track = self.page.locator(f"[data-track={day}]")
        track.scroll_into_view_if_needed()
        box = track.bounding_box()
        assert box is not None
        return box["x"], box["y"] + box["height"] / 2, box["width"]

    def save(self) -> None:
        """Press the primary button."""
        self.page.locator(".cal-save .button--primary").click()
        self.page.wait_for_load_state("networkidle")


def test_hours_are_dragged_previewed_and_saved(
    cast: Cast, draft: CalendarVersion, open_as: Callable[..., Page]
) -> None:
    editor = Editor(open_as(cast.ma), draft)
    editor.drag("sat", 9.02, 12.06)
    assert editor.hours("sat") == "09:00–12:00"
    editor.drag("sat", 11.98, 14.7)  # its edge
    assert editor.hours("sat") == "09:00–14:45"
    editor.drag("sat", 18, 23)
    editor.click("sat", 20)
    assert editor.hours("sat") == "09:00–14:45"
    editor.click("mon", 10)
    assert editor.hours("mon") == "13:30–18:00"
    expect(editor.page.locator("[data-unsaved]")).to_be_visible()
    editor.page.locator("[data-week-undo]").click()
    assert editor.hours("mon") == "09:00–12:00, 13:30–18:00"
    editor.page.locator("[data-day=sat] .cal-copy summary").click()
    editor.page.locator("[data-day=sat] [data-copy-day=next]").click()
    assert editor.hours("sun") == "09:00–14:45"

    editor.page.fill("[name=received]", "2026-11-27T17:40")
    editor.page.fill("[name=duration]", "2 h")
    editor.page.press("[name=duration]", "Enter")  # asks, does not save
    expect(editor.page.locator(".cal-due-at")).to_contain_text("Sat, Nov 28, 10:40")
    expect(editor.page.locator("[data-unsaved]")).to_be_visible()
    editor.save()
    saved = CalendarVersion.objects.get(pk=draft.pk)
    assert saved.definition["hours"]["sat"] == saved.definition["hours"]["sun"] == [["09:00", "14:45"]]


def test_a_night_is_typed_and_its_end_dragged_on_the_next_day(
    cast: Cast, draft: CalendarVersion, open_as: Callable[..., Page]
) -> None:
    editor = Editor(open_as(cast.ma), draft)
    editor.page.fill("[name=hours_fri]", "22-6")
    editor.drag("sat", 6, 4)
    assert editor.hours("fri") == "22:00–04:00"
    editor.drag("sat", 2, 12)  # a night is no place to begin
    assert editor.hours("sat") == ""


def test_own_days_come_and_go(cast: Cast, draft: CalendarVersion, open_as: Callable[..., Page]) -> None:
    editor = Editor(open_as(cast.ma), draft)
    add, rows = editor.page.locator("[data-add-row]"), editor.page.locator("[data-row-of-form]:visible")
    assert rows.count() == 0
    for number in range(3):
        add.click()
        assert rows.count() == number + 1
        rows.nth(number).locator("[name$=-day]").fill(f"2027-12-2{number}")
    rows.nth(0).locator("[name$=-kind]").select_option("special")
    rows.nth(0).locator("[name$=-hours]").fill("9-12")
    rows.nth(1).locator("[data-remove-row]").click()
    assert rows.count() == 2
    editor.save()
    assert [row["date"] for row in CalendarVersion.objects.get(pk=draft.pk).exceptions] == ["2027-12-20", "2027-12-22"]
    assert rows.count() == 2


def test_two_editors_in_two_browsers(cast: Cast, draft: CalendarVersion, open_as: Callable[..., Page]) -> None:
    """The second one keeps what was typed, sees who was faster, and saves again."""
    mine, theirs = Editor(open_as(cast.ma), draft), Editor(open_as(cast.root, "zh-hans"), draft)
    theirs.page.fill("[name=note]", "Theirs")
    theirs.save()
    mine.page.fill("[name=note]", "Mine")
    mine.page.fill("[name=hours_sat]", "10:00–11:00")
    mine.save()
    expect(mine.page.locator("main")).to_contain_text(f"{cast.root.name} saved this draft meanwhile")
    assert mine.hours("sat") == "10:00–11:00"
    mine.save()
    assert CalendarVersion.objects.get(pk=draft.pk).note == "Mine"


def test_throwing_away_asks_once(cast: Cast, draft: CalendarVersion, open_as: Callable[..., Page]) -> None:
    """Leaving with something unsaved asks; throwing the draft away has asked already."""
    editor = Editor(open_as(cast.ma), draft)
    asked: list[str] = []
    editor.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    editor.page.fill("[name=hours_sat]", "10:00–11:00")
    editor.page.locator(".back").click()
    expect(editor.page.locator("[name=hours_sat]")).to_have_value("10:00–11:00")
    assert asked == ["beforeunload"]
    editor.page.locator("a[data-dialog=discard]").click()
    editor.page.locator("dialog[open] .button--danger-solid").click()
    editor.page.wait_for_url(f"**/desk/calendars/{draft.calendar_id}/")
    assert asked == ["beforeunload"]
    assert not CalendarVersion.objects.filter(pk=draft.pk).exists()


def test_the_editor_fits_a_phone(cast: Cast, draft: CalendarVersion, open_as: Callable[..., Page]) -> None:
    editor = Editor(open_as(cast.ma, viewport={"width": 390, "height": 844}, has_touch=True), draft)
    wide, room = editor.page.evaluate(
        "(() => { const c = document.querySelector('.content'); return [c.scrollWidth, c.clientWidth]; })()"
    )
    assert wide <= room
    editor.drag("sat", 9, 12)
    assert editor.hours("sat") == "09:00–12:00"
