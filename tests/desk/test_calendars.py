"""Pages of working calendars: list, one of them, editor, publishing (R-047, SLA-02, SLA-03, SLA-06, SLA-30, SLA-31)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from desk.calendars.forms import Draft
from desk.calendars.hours import read_hours, write_hours
from desk.calendars.places import country_choices, place_words, region_choices
from desk.calendars.week import week_rows
from desk.calendars.words import week_line
from sla.models import CalendarVersion, Target, VersionState, WorkingCalendar
from sla.services import calendars as service
from sla.services.calendar_content import WEEK, Content
from sla.services.own_days import OwnDay, OwnKind
from sla.services.templates import ALL_HOURS, OFFICE_HOURS
from tests.cast import MONDAY, Cast
from tests.desk.kit import HTMX, queries, text_of

LIST = reverse("desk:calendars")
NEW = reverse("desk:calendar-new")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def address(name: str, pk: int) -> str:
    return reverse(f"desk:calendar-{name}" if name else "desk:calendar", args=[pk])


def page(browser: Client, calendar: WorkingCalendar, **query: Any) -> HttpResponse:
    return browser.get(address("", calendar.pk), query)


def written(version: CalendarVersion, **changes: Any) -> dict[str, Any]:
    """What the browser sends when somebody opened a draft and changed something."""
    draft = Draft(CalendarVersion.objects.get(pk=version.pk))
    sent = {bound.name: "" if bound.value() is None else bound.value() for bound in draft.form}
    rows = draft.own_days
    sent |= {f"own_days-{bound.name}": bound.value() for bound in rows.management_form}
    for row in rows:
        sent |= {bound.html_name: "" if bound.value() is None else bound.value() for bound in row}
    sent = {name: value for name, value in sent.items() if not name.endswith("-DELETE")}
    return {**sent, **changes}


def own_row(number: int, **values: Any) -> dict[str, Any]:
    return {f"own_days-{number}-{name}": value for name, value in values.items()}


def fresh(version: CalendarVersion) -> CalendarVersion:
    return CalendarVersion.objects.get(pk=version.pk)


@pytest.fixture(autouse=True)
def _it_is_monday(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages read the clock; the years of these tests don't pass."""
    monkeypatch.setattr(timezone, "now", lambda: MONDAY)


@pytest.fixture
def office(cast: Cast) -> WorkingCalendar:
    return WorkingCalendar.objects.get(name="Office hours")


@pytest.fixture
def manager(cast: Cast) -> Client:
    return cast.browser(cast.ma)


@pytest.fixture
def draft(office: WorkingCalendar, cast: Cast) -> CalendarVersion:
    return service.draft_for(office, by=cast.ma, at=timezone.now())


def outdated(version: CalendarVersion) -> None:
    """As if the library had known nothing when the version was made."""
    version.definition = {**version.definition, "holidays": [], "workdays": {}}
    version.save()


# --- who may ----------------------------------------------------------------------------------------


def test_staff_look_and_managers_edit(cast: Cast, office: WorkingCalendar, draft: CalendarVersion) -> None:
    """R-070: pages to look at are for all staff, everything that changes asks for a capability."""
    acts = [
        NEW,
        address("rename", office.pk),
        address("edit", draft.pk),
        address("publish", draft.pk),
        address("discard", draft.pk),
    ]
    for person in (cast.zhou, cast.qin, cast.li):
        browser = cast.browser(person)
        assert browser.get(LIST).status_code == page(browser, office).status_code == 200
        assert NEW not in text_of(browser.get(LIST))
        assert address("edit", draft.pk) not in text_of(page(browser, office))
        for act in acts:
            assert browser.get(act).status_code == 403
        for act in ("draft", "public-days"):
            assert browser.post(address(act, office.pk)).status_code == 403
        assert browser.post(address("preview", draft.pk)).status_code == 403
    for person in (cast.ma, cast.root):
        assert all(cast.browser(person).get(act).status_code == 200 for act in acts)
    assert cast.browser(cast.chen).get(LIST).status_code == 302
    assert page(cast.browser(cast.hua), office).status_code == 404


def test_nothing_changes_by_looking(manager: Client, office: WorkingCalendar, draft: CalendarVersion) -> None:
    for act, pk in (("draft", office.pk), ("public-days", office.pk), ("preview", draft.pk)):
        assert manager.get(address(act, pk)).status_code == 405
    manager.get(address("discard", draft.pk))
    manager.get(address("publish", draft.pk))
    assert fresh(draft).is_draft


@pytest.mark.parametrize("name", ["", "rename", "draft", "public-days", "edit", "preview", "publish", "discard"])
def test_what_is_not_there_is_404(name: str, manager: Client) -> None:
    act = manager.post if name in ("draft", "public-days", "preview") else manager.get
    assert act(address(name, 999_999)).status_code == 404


# --- the list ---------------------------------------------------------------------------------------


def test_the_list_says_week_place_version_and_use(manager: Client, office: WorkingCalendar) -> None:
    lines = {line.standing.calendar.name: line for line in manager.get(LIST).context["lines"]}
    assert lines["Office hours"].week == "Mon–Fri 09:00–12:00, 13:30–18:00"
    assert (lines["Office hours"].place, lines["Office hours"].standing.targets) == ("China", 2)
    assert lines["24×7"].week == "Every day around the clock"
    assert (lines["24×7"].place, lines["24×7"].standing.targets) == ("No public holidays", 3)
    Target.objects.filter(calendar=office).update(calendar=WorkingCalendar.objects.get(name="24×7"))
    lines = {line.standing.calendar.name: line for line in manager.get(LIST).context["lines"]}
    assert [lines[name].standing.targets for name in ("Office hours", "24×7")] == [0, 5]


def test_provisional_years_and_changed_holidays_are_marked(manager: Client, office: WorkingCalendar) -> None:
    """SLA-03."""
    version = office.versions.get()
    version.provisional_years = [2024, 2027, 2028]
    version.save()
    text = text_of(manager.get(LIST))
    assert "2027, 2028 provisional" in text
    assert "2024" not in text
    assert "Public holidays changed" not in text
    outdated(version)
    assert "Public holidays changed" in text_of(manager.get(LIST))


def test_pending_versions_and_drafts_show_in_the_list(
    manager: Client, office: WorkingCalendar, draft: CalendarVersion
) -> None:
    now = timezone.now()
    service.publish_draft(draft, at=now, effective_from=now + 30 * DAY)
    service.draft_for(office, by=None, at=now)
    service.create("Not yet", Content("UTC", ALL_HOURS), by=None, at=now)
    text = text_of(manager.get(LIST))
    for number in (2, 3):
        assert f"{address('', office.pk)}?version={number}" in text
    assert "not published yet" in text


def test_a_calendar_goes_out_of_use_and_comes_back(cast: Cast, manager: Client, office: WorkingCalendar) -> None:
    """New targets can't choose it; what counts in it goes on."""
    act = address("in-use", office.pk)
    said = manager.post(act, {"in_use": "0"}, follow=True)
    assert "out of use" in text_of(said)
    assert "Take back into use" in text_of(said)
    assert "Out of use" in text_of(manager.get(LIST))
    assert cast.submit(service=cast.reset).due_at is not None
    assert "offered for new targets again" in text_of(manager.post(act, {"in_use": "1"}, follow=True))
    assert "Out of use" not in text_of(manager.get(LIST))
    unpublished = service.create("Not yet", Content("UTC", ALL_HOURS), by=None, at=timezone.now())
    said = manager.post(address("in-use", unpublished.calendar_id), {"in_use": "0"}, follow=True)
    assert "discard its draft instead" in text_of(said)
    assert cast.browser(cast.zhou).post(act, {"in_use": "0"}).status_code == 403


def test_more_calendars_and_versions_cost_no_more_queries(cast: Cast, manager: Client, office: WorkingCalendar) -> None:
    manager.get(LIST)
    few = queries(lambda: manager.get(LIST))
    _many(10)
    for _ in range(10):
        service.publish(office, Content("UTC", ALL_HOURS), at=timezone.now())
    assert queries(lambda: manager.get(LIST)) == few <= 9


def _many(count: int) -> None:
    at = timezone.now()
    for number in range(count):
        made = service.create(f"Calendar {number}", Content("UTC", OFFICE_HOURS, "DE"), by=None, at=at)
        service.publish_draft(made, at=at)
        service.publish_draft(service.draft_for(made.calendar, by=None, at=at), at=at, effective_from=at + DAY)
        service.draft_for(made.calendar, by=None, at=at)


def test_a_long_list_comes_a_page_at_a_time(manager: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desk.calendars.views.PAGE_SIZE", 2)
    _many(2)
    first = manager.get(LIST)
    second = manager.get(LIST + first.context["older"])
    names = [line.standing.calendar.name for found in (first, second) for line in found.context["lines"]]
    assert names == ["24×7", "Calendar 0", "Calendar 1", "Office hours"]
    assert second.context["newer"]


def test_no_calendar_at_all_is_said_in_words(manager: Client) -> None:
    Target.objects.all().delete()
    CalendarVersion.objects.all().delete()
    WorkingCalendar.objects.all().delete()
    text = text_of(manager.get(LIST))
    assert 'class="empty"' in text
    assert NEW in text


# --- one calendar -----------------------------------------------------------------------------------


def test_a_page_shows_the_version_in_force_or_the_one_asked_for(
    manager: Client, office: WorkingCalendar, draft: CalendarVersion
) -> None:
    """SLA-30."""
    assert page(manager, office).context["version"].number == 1
    shown = page(manager, office, version=2)
    assert shown.context["version"] == draft
    assert "In force is version 1" in text_of(shown)
    for nonsense in ("9", "x", "1e3", "9" * 30):
        assert page(manager, office, version=nonsense).status_code == 404


@pytest.mark.parametrize(
    ("language", "holiday", "make_up"),
    [("en", "National Day", "works like Monday"), ("zh-hans", "国庆节", ""), ("zh-hant", "國慶節", "")],
)
def test_the_year_names_its_days_in_the_readers_language(
    cast: Cast, office: WorkingCalendar, language: str, holiday: str, make_up: str
) -> None:
    """SLA-03: 2026 has its holidays and make-up days, each marked and in the list."""
    service.publish(office, Content("Asia/Shanghai", OFFICE_HOURS, "CN"), at=timezone.now())
    shown = page(cast.browser(cast.zhou, language), office, year=2026)
    year = shown.context["year"]
    noted = {day.anchor: day for day in year.noted}
    assert noted["day-2026-10-01"].name == holiday
    assert (noted["day-2026-10-01"].kind, noted["day-2026-10-10"].kind) == ("holiday", "makeup")
    assert make_up in noted["day-2026-10-10"].hours
    assert len(year.months) == 12
    assert sum(day is not None for month in year.months for week in month.weeks for day in week) == 365
    text = text_of(shown)
    assert 'id="day-2026-10-10"' in text
    assert 'href="#day-2026-10-10"' in text


def test_a_provisional_year_says_what_that_means(manager: Client, office: WorkingCalendar) -> None:
    """SLA-03."""
    version = office.versions.get()
    version.provisional_years = [2027]
    version.definition["workdays"] = {"2026-10-10": "mon"}
    version.save()
    text = text_of(page(manager, office, year=2027))
    assert "2027 is provisional" in text
    assert "The notice for 2026 brought 1 make-up working day." in text
    assert "is provisional" not in text_of(page(manager, office, year=2026))


def test_years_are_kept_to_those_one_can_write_days_in(manager: Client, office: WorkingCalendar) -> None:
    this_year = timezone.now().year
    for asked, shown in (("1900", this_year - 10), ("9999", this_year + 15), ("abc", this_year), ("", this_year)):
        year = page(manager, office, year=asked).context["year"]
        assert year.number == shown
    assert not year.is_covered or year.number == this_year
    assert "not in this version" in text_of(page(manager, office, year=this_year + 9))


def test_own_exceptions_are_told_from_public_days(manager: Client, office: WorkingCalendar) -> None:
    days = (
        OwnDay(datetime(2026, 10, 1).date(), OwnKind.OPEN),  # noqa: DTZ001 - a date
        OwnDay(datetime(2026, 12, 30).date(), OwnKind.CLOSED, name="Stocktaking"),  # noqa: DTZ001 - a date
        OwnDay(datetime(2026, 12, 31).date(), OwnKind.SPECIAL, hours=(("09:00", "12:00"),)),  # noqa: DTZ001 - a date
    )
    service.publish(office, Content("Asia/Shanghai", OFFICE_HOURS, "CN", own_days=days), at=timezone.now())
    noted = {day.anchor: day for day in page(manager, office, year=2026).context["year"].noted}
    opened, closed, special = (noted[f"day-2026-{day}"] for day in ("10-01", "12-30", "12-31"))
    assert all(day.is_own for day in (opened, closed, special))
    assert (opened.what, opened.kind) == ("Public holiday not observed", "open")
    assert (closed.name, closed.what, closed.mark) == ("Stocktaking", "Closed, own exception", "×")
    assert (special.hours, special.mark) == ("09:00–12:00", "S")


def test_a_trial_answers_in_the_calendars_own_time(manager: Client, office: WorkingCalendar) -> None:
    """SLA-05: received on Friday 17:40, two hours, due on Monday; with the pieces between."""
    shown = page(manager, office, received="2026-11-27T17:40", duration="2 h")
    answer = shown.context["answer"]
    assert answer.trial.due == datetime(2026, 11, 30, 10, 40, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert [piece.kind for piece in answer.last] == ["counted", "outside", "counted"]
    assert "Mon, Nov 30, 10:40" in text_of(shown)
    over_the_holidays = page(manager, office, received="2026-09-30T17:00", duration="2 h").context["answer"]
    assert "Holiday · National Day" in [piece.what for piece in over_the_holidays.first + over_the_holidays.last]


def test_a_trial_is_there_before_anybody_asks(manager: Client, office: WorkingCalendar) -> None:
    shown = page(manager, office)
    assert shown.context["answer"].trial.duration == 2 * HOUR
    assert "T17:40" in shown.context["trial_form"]["received"].value()


@pytest.mark.parametrize(
    "asked",
    [
        {"received": "yesterday", "duration": "2 h"},
        {"received": "2026-11-27T17:40", "duration": "soon"},
        {"received": "2026-11-27T17:40", "duration": "99999 h"},
        {"received": "0001-01-01T00:00", "duration": "2 h"},
        {"received": "", "duration": ""},
    ],
)
def test_a_question_that_makes_no_sense_gets_a_sentence(
    manager: Client, office: WorkingCalendar, asked: dict[str, str]
) -> None:
    shown = page(manager, office, **asked)
    assert shown.status_code == 200
    assert shown.context["answer"] is None
    assert 'class="field-error"' in text_of(shown)


def test_a_long_trial_is_shortened(manager: Client, office: WorkingCalendar) -> None:
    answer = page(manager, office, received="2026-11-27T17:40", duration="2000 h").context["answer"]
    assert len(answer.first) + len(answer.last) == 14
    assert answer.left_out > 500


def test_versions_say_what_changed_who_and_when(
    cast: Cast, manager: Client, office: WorkingCalendar, draft: CalendarVersion
) -> None:
    """SLA-30."""
    now = timezone.now()
    content = Content("Asia/Taipei", {**OFFICE_HOURS, "sat": [["22:00", "06:00"]]}, "CN")
    service.save_draft(draft, content, revision=1, by=cast.ma, at=now, note="Nights too")
    service.publish_draft(draft, at=now, by=cast.ma)
    lines = page(manager, office).context["record"].lines
    assert [(line.version.number, line.is_current, line.is_first) for line in lines] == [
        (2, True, False),
        (1, False, True),
    ]
    changes = {change.what: (change.before, change.after) for change in lines[0].changes}
    assert changes["Time zone"] == ("Asia/Shanghai", "Asia/Taipei")
    assert changes["Saturday"] == ("closed", "22:00–06:00")
    text = text_of(page(manager, office))
    assert "Nights too" in text
    assert f"published by {cast.ma.name}" in text


def test_more_versions_cost_no_more_queries_and_come_a_page_at_a_time(manager: Client, office: WorkingCalendar) -> None:
    page(manager, office)
    few = queries(lambda: page(manager, office))
    for _ in range(20):
        service.publish(office, Content("UTC", ALL_HOURS), at=timezone.now())
    assert queries(lambda: page(manager, office)) == few <= 14
    first = page(manager, office).context["record"]
    second = page(manager, office, before=first.older).context["record"]
    numbers = [line.version.number for record in (first, second) for line in record.lines]
    assert numbers == list(range(21, 1, -1))
    assert page(manager, office, before="2").context["record"].lines[0].is_first


def test_changed_holidays_are_listed_and_taken_over_with_one_press(
    cast: Cast, manager: Client, office: WorkingCalendar
) -> None:
    """SLA-03."""
    version = office.versions.get()
    known = version.definition
    outdated(version)
    text = text_of(page(manager, office))
    assert "New public holidays" in text
    seen = text_of(page(cast.browser(cast.zhou), office))
    assert "New public holidays" in seen
    assert "Take them over into a draft" not in seen
    answer = manager.post(address("public-days", office.pk))
    made = office.versions.get(number=2)
    assert answer.url == address("edit", made.pk)
    assert made.definition["holidays"] == known["holidays"]
    assert fresh(version).definition["holidays"] == []


def test_running_clocks_under_other_versions_are_counted(cast: Cast, manager: Client, office: WorkingCalendar) -> None:
    """SLA-31."""
    cast.submit(service=cast.reset, at=timezone.now())
    service.publish(office, Content("UTC", ALL_HOURS), at=timezone.now())
    shown = page(manager, office)
    assert shown.context["running"].total == shown.context["running"].elsewhere > 0
    newest = office.versions.get(number=2)
    assert f"{reverse('desk:recalculation-new')}?calendar={office.pk}" in text_of(shown)
    assert f"{reverse('desk:what-if-new')}?calendar={newest.pk}" in text_of(shown)
    assert reverse("desk:recalculation-new") not in text_of(page(manager, office, version=1))


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_every_page_shows_in_every_language(
    cast: Cast, office: WorkingCalendar, draft: CalendarVersion, language: str
) -> None:
    browser = cast.browser(cast.ma, language)
    for path in (LIST, NEW, address("", office.pk), address("edit", draft.pk), address("publish", draft.pk)):
        assert browser.get(path).status_code == 200


# --- new, renamed -----------------------------------------------------------------------------------


def test_a_new_calendar_begins_with_a_template(manager: Client, cast: Cast) -> None:
    assert len(manager.get(NEW).context["templates"]) >= 5
    answer = manager.post(NEW, {"name": " 华东  工作台 ", "template": "us"})
    made = CalendarVersion.objects.get(calendar__name="华东 工作台")
    assert answer.url == address("edit", made.pk)
    assert (made.is_draft, made.country, made.definition["timezone"]) == (True, "US", "America/New_York")
    assert made.edited_by == cast.ma


@pytest.mark.parametrize(
    "sent",
    [
        {"name": "", "template": "us"},
        {"name": "Office hours", "template": "us"},
        {"name": "x" * 200, "template": "us"},
        {"name": "Fine", "template": "moon"},
        {"name": "Fine"},
    ],
)
def test_a_new_calendar_that_can_not_be_is_refused_with_what_was_typed(manager: Client, sent: dict[str, str]) -> None:
    answer = manager.post(NEW, sent)
    assert answer.status_code == 422
    assert f'value="{sent["name"]}"' in text_of(answer) or not sent["name"]
    assert WorkingCalendar.objects.count() == 2


def test_a_calendar_is_renamed(manager: Client, office: WorkingCalendar) -> None:
    assert manager.post(address("rename", office.pk), {"name": "Bureau"}).status_code == 302
    office.refresh_from_db()
    assert office.name == "Bureau"
    answer = manager.post(address("rename", office.pk), {"name": "24×7"})
    assert answer.status_code == 422
    assert "There is a calendar of this name already." in text_of(answer)


# --- the editor -------------------------------------------------------------------------------------


def test_new_draft_leads_to_the_editor_and_to_the_same_one_again(manager: Client, office: WorkingCalendar) -> None:
    first = manager.post(address("draft", office.pk))
    again = manager.post(address("draft", office.pk))
    assert first.url == again.url == address("edit", office.versions.get(number=2).pk)


def test_a_draft_may_begin_like_an_older_version(manager: Client, office: WorkingCalendar) -> None:
    service.publish(office, Content("UTC", ALL_HOURS), at=timezone.now())
    manager.post(address("draft", office.pk), {"like": office.versions.get(number=1).pk})
    assert office.versions.get(number=3).country == "CN"
    other = WorkingCalendar.objects.get(name="24×7").versions.get()
    assert manager.post(address("draft", office.pk), {"like": other.pk}).status_code == 404


def test_what_is_typed_is_saved(manager: Client, draft: CalendarVersion, cast: Cast) -> None:
    """R-047: any number of intervals, until 24:00, over midnight; own days of every kind; a note."""
    changes = {
        "time_zone": "Europe/Berlin",
        "country": "DE",
        "region": "BY",
        "note": "Moved to Munich",
        "hours_mon": "9-12, 1300-17:30",
        "hours_tue": "22:00 – 06:00",
        "hours_wed": "00:00–24:00",
        "hours_thu": "９：00～12：00，13.00至18.00",
        "hours_fri": "",
        "own_days-TOTAL_FORMS": 5,
        **own_row(0, day="2026-12-31", kind="special", like="mon", hours="9-12", name="Silvester"),
        **own_row(1, day="2026-12-28", kind="workday", like="wed", hours="nonsense of another kind 1-2", name=""),
        **own_row(2, day="2026-12-25", kind="open", like="mon", hours="", name=""),
        **own_row(3, day="", kind="closed", like="mon", hours="", name=""),
        **own_row(4, day="2026-12-29", kind="closed", like="mon", hours="", name="", DELETE="on"),
    }
    changes["own_days-1-hours"] = ""
    answer = manager.post(address("edit", draft.pk), written(draft, **changes))
    assert answer.status_code == 302, text_of(answer)
    saved = fresh(draft)
    hours = saved.definition["hours"]
    assert [hours[day] for day in ("mon", "tue", "wed", "thu", "fri")] == [
        [["09:00", "12:00"], ["13:00", "17:30"]],
        [["22:00", "06:00"]],
        [["00:00", "24:00"]],
        [["09:00", "12:00"], ["13:00", "18:00"]],
        [],
    ]
    assert (saved.definition["timezone"], saved.country, saved.region) == ("Europe/Berlin", "DE", "BY")
    assert (saved.note, saved.revision, saved.edited_by) == ("Moved to Munich", 2, cast.ma)
    assert [(row["date"], row["kind"]) for row in saved.exceptions] == [
        ("2026-12-25", "open"),
        ("2026-12-28", "workday"),
        ("2026-12-31", "special"),
    ]
    assert saved.definition["workdays"]["2026-12-28"] == "wed"


def test_opening_and_saving_changes_nothing(manager: Client, draft: CalendarVersion) -> None:
    days = (OwnDay(datetime(2026, 12, 31).date(), OwnKind.SPECIAL, hours=(("09:00", "12:00"),), name="Half"),)  # noqa: DTZ001 - a date
    before = service.save_draft(
        draft,
        Content("Asia/Shanghai", OFFICE_HOURS, "CN", own_days=days),
        revision=1,
        by=None,
        at=timezone.now(),  # type: ignore[arg-type]
    )
    assert manager.post(address("edit", draft.pk), written(draft)).status_code == 302
    after = fresh(draft)
    assert (after.definition, after.exceptions) == (before.definition, before.exceptions)


def test_own_days_are_removed_by_their_tick(manager: Client, draft: CalendarVersion) -> None:
    manager.post(address("edit", draft.pk), written(draft, **own_row(0, day="2026-12-31", kind="closed", like="mon")))
    assert len(fresh(draft).exceptions) == 1
    manager.post(address("edit", draft.pk), written(draft, **own_row(0, DELETE="on")))
    assert fresh(draft).exceptions == []


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"time_zone": "Mars/Base"}, "“Mars/Base” is not a known time zone."),
    ({"time_zone": ""}, "This field is required."),
    ({"country": "ZZ"}, "The public holidays of this country are not known."),
    ({"region": "BY"}, "This country has no such region."),
    ({"hours_mon": "9-13, 12-14"}, "The intervals 09:00–13:00 and 12:00–14:00 overlap."),
    ({"hours_tue": "nine to five"}, "Please write hours such as"),
    ({"hours_wed": "25:00-26:00"}, "“25:00” is not a time of day"),
    ({"hours_thu": "9-9"}, "has no length"),
    ({"note": "x" * 301}, "This is too long."),
    (own_row(0, day="1926-10-01"), "This date lies outside of the years"),
    (own_row(0, day="soon"), "Enter a valid date."),
    (own_row(0, name="No date"), "This field is required."),
    (own_row(0, day="2026-12-31", kind="special"), "Please write the hours of this day"),
    (own_row(0, day="2026-12-31", kind="special", hours="9-12,11-13"), "overlap"),
    ({**own_row(0, day="2026-12-31"), **own_row(1, day="2026-12-31")}, "This date is there twice."),
    ({f"hours_{day}": "" for day in WEEK}, "There is no working time"),
]


@pytest.mark.parametrize(("changes", "sentence"), WRONG)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(
    manager: Client, draft: CalendarVersion, changes: dict[str, Any], sentence: str
) -> None:
    """R-047, SLA-06."""
    sent = written(draft, note="Keep me", **{name: value for name, value in changes.items() if name != "note"})
    sent |= changes
    with translation.override("en"):
        answer = manager.post(address("edit", draft.pk), sent)
    text = text_of(answer).replace("&#x27;", "'")
    assert answer.status_code == 422
    assert sentence in text
    assert "draft-problems" in text
    shown = answer.context["draft"]
    for name, value in sent.items():
        if name in shown.form.fields:
            assert str(shown.form[name].value()) == str(value), name
    for name, value in changes.items():
        if value and name.startswith("own_days"):
            assert str(value) in text
    assert fresh(draft).revision == 1


def test_every_problem_is_said_at_once(manager: Client, draft: CalendarVersion) -> None:
    """What can't be read, and what is read but makes no sense."""
    sent = written(
        draft,
        time_zone="Mars/Base",
        hours_mon="9-13,12-14",
        hours_sun="ten",
        **own_row(0, day="1926-12-31"),
        **own_row(1, day="", name="No date"),
    )
    problems = manager.post(address("edit", draft.pk), sent).context["draft"].problems
    assert len(problems) == 5
    assert len({problem["id"] for problem in problems}) == 5


def test_a_crafted_form_is_refused_without_an_error(manager: Client, draft: CalendarVersion) -> None:
    for sent in (
        {},
        {"revision": "x"},
        written(draft, **{"own_days-TOTAL_FORMS": "9" * 30}),
        written(draft, hours_mon="\x00"),
        {**written(draft), "own_days-TOTAL_FORMS": "100000"},
    ):
        assert manager.post(address("edit", draft.pk), sent).status_code == 422
        assert manager.post(address("preview", draft.pk), sent, headers=HTMX).status_code == 200
    assert fresh(draft).revision == 1


def test_two_editors_notice_each_other(cast: Cast, manager: Client, draft: CalendarVersion) -> None:
    """The second is told who saved, keeps what was typed, and may save over it knowingly."""
    mine = written(draft, hours_sat="10:00–11:00", note="Mine")
    root = cast.browser(cast.root)
    assert root.post(address("edit", draft.pk), written(draft, note="Theirs")).status_code == 302
    answer = manager.post(address("edit", draft.pk), mine)
    text = text_of(answer)
    assert answer.status_code == 409
    assert f"{cast.root.name} saved this draft meanwhile" in text
    assert f"{address('', draft.calendar_id)}?version=2" in text
    assert answer.context["form"]["hours_sat"].value() == "10:00–11:00"
    assert fresh(draft).note == "Theirs"
    again = {**mine, "revision": answer.context["form"]["revision"].value()}
    assert manager.post(address("edit", draft.pk), again).status_code == 302
    assert fresh(draft).note == "Mine"


def test_a_draft_that_was_published_meanwhile_is_not_saved_and_nothing_is_lost(
    manager: Client, draft: CalendarVersion
) -> None:
    """SLA-30."""
    mine = written(draft, hours_sat="10:00–11:00")
    service.publish_draft(draft, at=timezone.now())
    answer = manager.post(address("edit", draft.pk), mine)
    assert answer.status_code == 409
    assert "10:00–11:00" in text_of(answer)
    assert manager.get(address("edit", draft.pk)).status_code == 302


def test_more_own_days_cost_no_more_queries(manager: Client, draft: CalendarVersion, cast: Cast) -> None:
    manager.get(address("edit", draft.pk))
    few = queries(lambda: manager.get(address("edit", draft.pk)))
    days = tuple(OwnDay(timezone.now().date() + number * DAY, OwnKind.CLOSED) for number in range(40))
    content = Content("Asia/Shanghai", OFFICE_HOURS, "CN", own_days=days)
    service.save_draft(draft, content, revision=1, by=cast.ma, at=timezone.now())
    assert queries(lambda: manager.get(address("edit", draft.pk))) == few <= 6


# --- the preview ------------------------------------------------------------------------------------


def previewed(browser: Client, draft: CalendarVersion, **changes: Any) -> HttpResponse:
    return browser.post(address("preview", draft.pk), written(draft, **changes), headers=HTMX)


def test_the_preview_draws_and_calculates_what_is_typed_and_saves_nothing(
    manager: Client, draft: CalendarVersion
) -> None:
    """R-047: year and trial of the unsaved draft."""
    shown = previewed(
        manager,
        draft,
        hours_sat="10:00–12:00",
        received="2026-11-27T17:40",
        duration="2 h",
        year="2027",
        **own_row(0, day="2027-12-31", kind="closed", like="mon", name="Closing"),
    )
    assert shown.context["answer"].trial.due == datetime(2026, 11, 28, 11, 40, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert shown.context["year"].number == 2027
    assert "Closing" in text_of(shown)
    assert (fresh(draft).revision, fresh(draft).exceptions) == (1, [])


def test_a_preview_that_can_not_be_drawn_keeps_the_last_one_and_says_why(
    manager: Client, draft: CalendarVersion
) -> None:
    shown = previewed(manager, draft, hours_mon="9-13,12-14")
    assert shown["HX-Reswap"] == "none"
    text = text_of(shown)
    assert "overlap" in text
    assert 'id="draft-problems" aria-live="polite" hx-swap-oob="innerHTML"' in text
    assert 'class="cal-year"' not in text


def test_a_week_without_hours_is_drawn_with_a_warning(manager: Client, draft: CalendarVersion) -> None:
    """SLA-06."""
    shown = previewed(manager, draft, **{f"hours_{day}": "" for day in WEEK})
    assert "There is no working time" in text_of(shown)
    assert 'class="cal-year"' in text_of(shown)


def test_regions_follow_the_country(manager: Client, draft: CalendarVersion) -> None:
    assert 'id="region-field"' not in text_of(previewed(manager, draft, region_of="CN"))
    text = text_of(previewed(manager, draft, country="DE", region_of="CN"))
    assert 'id="region-field"' in text
    assert "Bayern (BY)" in text


def test_the_preview_works_without_scripts(manager: Client, draft: CalendarVersion) -> None:
    """The same address answers with the whole editor and everything typed in it."""
    sent = written(draft, hours_sat="10:00–12:00", note="Typed")
    shown = manager.post(address("preview", draft.pk), sent)
    assert shown.status_code == 200
    assert shown.context["form"]["note"].value() == "Typed"
    assert "10:00–12:00" in text_of(shown)
    assert fresh(draft).revision == 1
    more = manager.post(address("preview", draft.pk), {**sent, "more": "yes"})
    before, after = (len(answer.context["draft"].own_days.forms) for answer in (shown, more))
    assert after == before + 2


# --- publishing and discarding ----------------------------------------------------------------------


def test_publishing_says_what_it_means(cast: Cast, manager: Client, draft: CalendarVersion) -> None:
    """SLA-30, SLA-31: running clocks keep their version; how many run; what changes."""
    cast.submit(service=cast.reset, at=timezone.now())
    manager.post(address("edit", draft.pk), written(draft, hours_sat="10:00–12:00"))
    shown = manager.get(address("publish", draft.pk))
    text = text_of(shown)
    assert shown.context["running"].total > 0
    assert "keep the version" in text or "keeps the version" in text
    assert "2 targets of agreements in force use this calendar." in text
    assert [(change.what, change.after) for change in shown.context["changes"]] == [("Saturday", "10:00–12:00")]


def test_saving_and_publishing_leads_to_the_confirmation(manager: Client, draft: CalendarVersion) -> None:
    answer = manager.post(address("edit", draft.pk), written(draft, then="publish"))
    assert answer.url == address("publish", draft.pk)
    assert fresh(draft).is_draft


def send_publish(browser: Client, draft: CalendarVersion, **more: Any) -> HttpResponse:
    return browser.post(address("publish", draft.pk), {"revision": fresh(draft).revision, "when": "now", **more})


def test_a_draft_is_published_from_now_on(cast: Cast, manager: Client, draft: CalendarVersion) -> None:
    answer = send_publish(manager, draft)
    done = fresh(draft)
    assert answer.url == f"{address('', draft.calendar_id)}?version=2"
    assert (done.state, done.published_by, done.effective_from) == (
        VersionState.PUBLISHED,
        cast.ma,
        done.published_at,
    )
    assert manager.get(address("publish", draft.pk)).status_code == 302
    assert send_publish(manager, draft).status_code == 302  # a second press does nothing


def test_a_draft_is_published_from_a_date_in_the_persons_own_time(
    cast: Cast, manager: Client, draft: CalendarVersion
) -> None:
    """SLA-31."""
    User.objects.filter(pk=cast.ma.pk).update(time_zone="Europe/Berlin")
    day = (timezone.now() + 40 * DAY).strftime("%Y-%m-%dT09:00")
    assert send_publish(manager, draft, when="later", effective_from=day).status_code == 302
    begins = fresh(draft).effective_from
    assert begins is not None
    assert begins.astimezone(ZoneInfo("Europe/Berlin")).strftime("%Y-%m-%dT%H:%M") == day


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"when": "later"}, "Please say from when it holds."),
        ({"when": "later", "effective_from": "2001-01-01T00:00"}, "This lies in the past."),
        ({"when": "later", "effective_from": "soon"}, "Enter a valid date/time."),
    ],
)
def test_a_date_that_can_not_be_is_refused(
    manager: Client, draft: CalendarVersion, sent: dict[str, str], sentence: str
) -> None:
    answer = send_publish(manager, draft, **sent)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert fresh(draft).is_draft


def test_versions_take_over_in_order(manager: Client, office: WorkingCalendar, draft: CalendarVersion) -> None:
    """A date before that of a version published earlier is refused, also "now"."""
    now = timezone.now()
    service.publish_draft(draft, at=now, effective_from=now + 30 * DAY)
    third = service.draft_for(office, by=None, at=now)
    answer = send_publish(manager, third)
    assert answer.status_code == 422
    assert "takes effect later than this" in text_of(answer)


def test_nobody_publishes_what_somebody_else_just_saved(cast: Cast, manager: Client, draft: CalendarVersion) -> None:
    seen = {"revision": draft.revision, "when": "now"}
    cast.browser(cast.root).post(address("edit", draft.pk), written(draft, hours_sat="10:00–12:00"))
    answer = manager.post(address("publish", draft.pk), seen)
    assert answer.status_code == 409
    assert f"{cast.root.name} saved this draft meanwhile" in text_of(answer)
    assert fresh(draft).is_draft
    again = {**seen, "revision": answer.context["form"]["revision"].value()}
    assert manager.post(address("publish", draft.pk), again).status_code == 302


def test_an_unusable_draft_can_not_be_published(manager: Client, draft: CalendarVersion) -> None:
    """SLA-06."""
    draft.definition = {**draft.definition, "hours": dict.fromkeys(WEEK, [])}  # noqa: RUF024 - never changed
    draft.save()
    answer = send_publish(manager, draft)
    assert answer.status_code == 422
    assert "There is no working time" in text_of(answer)


def test_a_draft_is_thrown_away(manager: Client, office: WorkingCalendar, draft: CalendarVersion) -> None:
    assert manager.post(address("discard", draft.pk)).url == address("", office.pk)
    assert office.versions.count() == 1
    lonely = service.create("Lonely", Content("UTC", ALL_HOURS), by=None, at=timezone.now())
    assert "the calendar goes with its draft" in text_of(manager.get(address("discard", lonely.pk)))
    assert manager.post(address("discard", lonely.pk)).url == LIST
    published = office.versions.get()
    manager.post(address("discard", published.pk))
    assert office.versions.count() == 1


# --- words ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        ({}, "no weekly hours"),
        (ALL_HOURS, "Every day around the clock"),
        ({"mon": [["09:00", "12:00"]], "tue": [["09:00", "12:00"]]}, "Mon, Tue 09:00–12:00"),
        (
            {**{day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "fri")}, "sat": [["22:00", "06:00"]]},
            "Mon–Wed, Fri 09:00–17:00 · Sat 22:00–06:00",
        ),
    ],
)
def test_a_week_in_one_line(hours: Any, said: str) -> None:
    assert week_line(hours) == said


def test_a_night_is_drawn_on_both_of_its_days() -> None:
    """SLA-02."""
    rows = {row.key: row for row in week_rows({"sun": [["22:00", "06:00"]]})}
    assert [(one.start, one.length, one.is_carried) for one in rows["sun"].segments] == [(1320, 120, False)]
    assert [(one.start, one.length, one.is_carried) for one in rows["mon"].segments] == [(0, 360, True)]


def test_places_are_named_and_ordered_for_the_reader() -> None:
    for language, china, first in (("en", "China", "Afghanistan"), ("zh-hans", "中国", "阿尔巴尼亚")):
        with translation.override(language):
            choices = country_choices()
            assert dict(choices)["CN"] == china
            assert choices[1][1] == first
    assert place_words("DE", "BY") == "Germany, Bayern"
    assert region_choices("CN") == [("", "The whole country")]


minutes = st.integers(0, 1439).map(lambda minute: f"{minute // 60:02}:{minute % 60:02}")


@given(st.lists(st.tuples(minutes, minutes)))
def test_hours_read_back_as_they_were_written(intervals: list[tuple[str, str]]) -> None:
    assert read_hours(write_hours(intervals)) == tuple(intervals)


@pytest.mark.parametrize("text", ["nine", "9-", "9-12 13-14", "9:5-10", "-9", "1-2-3", "９ 点"])
def test_hours_that_can_not_be_read_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="interval"):
        read_hours(text)
