"""Working calendars: public days, own days, drafts and versions (SLA-02, SLA-03, SLA-06, SLA-30, SLA-31)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from sla.models import CalendarVersion, VersionState, WorkingCalendar
from sla.services import public_days as library
from sla.services.calendar_content import Content, compose
from sla.services.calendars import (
    CalendarRefused,
    create,
    discard_draft,
    draft_for,
    publish,
    publish_draft,
    rename,
    save_draft,
    take_over_public_days,
)
from sla.services.differences import differences
from sla.services.own_days import OwnDay, OwnKind
from sla.services.public_days import countries, day_names, drift, public_days, region_names, regions
from sla.services.published import calendars_in_use, engine_calendar, version_at
from sla.services.standing import running_under, standings, targets_in_force, uses_of
from sla.services.templates import ALL_HOURS, OFFICE_HOURS, TEMPLATES, template
from sla.services.trial import trial
from sla.services.versions import EditedMeanwhile
from sla.services.year_days import DayIs, YearDay, make_up_days, year_days
from tests.cast import MONDAY, Cast
from tests.sla.kit import DAYS, HOURS, MINUTES, agreement, calendar, promise
from tickets.errors import Invalid

CHINA = Content("Asia/Shanghai", {**OFFICE_HOURS, "sat": [], "sun": []}, "CN")
ALWAYS = Content("UTC", ALL_HOURS)
NOTHING = Content("UTC", {})
AUTUMN_2025 = datetime(2025, 11, 20, 2, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def own(day: str, kind: OwnKind = OwnKind.CLOSED, **more: Any) -> OwnDay:
    return OwnDay(date.fromisoformat(day), kind, **more)


def fields_of(refused: Callable[[], object]) -> set[str]:
    """The fields that a refusal names."""
    with pytest.raises(Invalid) as caught:
        refused()
    return set(caught.value.message_dict)


def with_own(*days: OwnDay, content: Content = CHINA) -> Content:
    return replace(content, own_days=days)


def days_of(content: Content, year: int = 2026, language: str = "en") -> dict[str, YearDay]:
    definition = compose(content, at=MONDAY).definition
    return {day.day.isoformat(): day for day in year_days(definition, content, year, language)}


def worked(content: Content, day: str, zone: str = "Asia/Shanghai") -> timedelta:
    """What the engine counts on a date."""
    midnight = datetime.fromisoformat(day).replace(tzinfo=ZoneInfo(zone))
    return compose(content, at=MONDAY).calendar.worked(midnight, midnight + DAYS)


@pytest.fixture
def draft(cast: Cast) -> CalendarVersion:
    return create("China desk", CHINA, by=cast.ma, at=MONDAY)


@pytest.fixture
def published(draft: CalendarVersion) -> CalendarVersion:
    return publish_draft(draft, at=MONDAY)


# --- China's public days ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "day", ["2025-01-28", "2025-02-04", "2025-05-05", "2025-10-01", "2025-10-08", "2026-01-02", "2026-02-16"]
)
def test_china_is_closed_on_its_public_holidays(day: str) -> None:
    """SLA-03: the library's days of 2025 and 2026."""
    assert worked(CHINA, day) == timedelta(0)


@pytest.mark.parametrize("day", [f"2026-10-0{number}" for number in range(1, 8)])
def test_the_national_week_of_2026_is_closed_from_the_first_to_the_seventh(day: str) -> None:
    """SLA-03."""
    assert worked(CHINA, day) == timedelta(0)


@pytest.mark.parametrize(
    "day",
    [
        *("2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"),
        *("2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"),
    ],
)
def test_a_make_up_day_works_like_monday(day: str) -> None:
    """SLA-03: 调休, a Saturday or Sunday with Monday's hours."""
    assert date.fromisoformat(day).weekday() in (5, 6)
    assert worked(CHINA, day) == 7 * HOURS + 30 * MINUTES
    assert compose(CHINA, at=MONDAY).definition["workdays"][day] == "mon"


def test_years_beyond_the_last_notice_are_provisional_for_china_alone() -> None:
    """SLA-03: who never orders make-up days is not waited for."""
    assert compose(CHINA, at=MONDAY).provisional_years == [2027, 2028]
    assert compose(CHINA, at=MONDAY).covered_years == [2024, 2025, 2026, 2027, 2028]
    assert compose(Content("Europe/Berlin", OFFICE_HOURS, "DE"), at=MONDAY).provisional_years == []
    assert compose(ALWAYS, at=MONDAY).covered_years == []


def test_a_provisional_year_holds_what_the_law_fixes() -> None:
    """SLA-03."""
    days = days_of(CHINA, 2027)
    assert days["2027-10-01"].kind == DayIs.HOLIDAY
    assert not any(day.kind == DayIs.MAKEUP for day in days.values())
    assert make_up_days(compose(CHINA, at=MONDAY).definition, CHINA)[2026] == 6


# --- precedence and own days ------------------------------------------------------------------------


def test_special_beats_make_up_beats_holiday_beats_week() -> None:
    """SLA-02, for a definition that says everything of one date, as `sla_time` may be told."""
    definition = {
        **compose(NOTHING, at=MONDAY).definition,
        "hours": {**compose(NOTHING, at=MONDAY).definition["hours"], "mon": [["09:00", "10:00"]]},
    }
    said = {"holidays": ["2026-11-16"]}, {"workdays": {"2026-11-16": "mon"}}, {"special": {"2026-11-16": []}}
    kinds = [DayIs.OPEN]
    for more in said:
        definition |= more
        kinds.append(next(day.kind for day in year_days(definition, NOTHING, 2026, "en") if day.day == MONDAY.date()))
    assert kinds == [DayIs.OPEN, DayIs.HOLIDAY, DayIs.MAKEUP, DayIs.SPECIAL]


def test_own_days_beat_what_the_country_says() -> None:
    """SLA-03: closed, open although a public holiday, like another weekday, hours of its own."""
    content = with_own(
        own("2026-10-10"),
        own("2026-10-01", OwnKind.OPEN),
        own("2026-12-19", OwnKind.WORKDAY, like="fri"),
        own("2026-12-31", OwnKind.SPECIAL, hours=(("09:00", "12:00"),), name="Year's end"),
        own("2026-10-02", OwnKind.SPECIAL, hours=(("10:00", "11:00"),)),
    )
    assert worked(content, "2026-10-10") == timedelta(0)
    assert worked(content, "2026-10-01") == worked(content, "2026-12-19") == 7 * HOURS + 30 * MINUTES
    assert worked(content, "2026-12-31") == 3 * HOURS
    assert worked(content, "2026-10-02") == HOURS
    days = days_of(content)
    kinds = [days[day].kind for day in ("2026-10-10", "2026-10-01", "2026-12-19", "2026-12-31")]
    assert kinds == [DayIs.HOLIDAY, DayIs.OPEN, DayIs.MAKEUP, DayIs.SPECIAL]
    assert days["2026-12-31"].name == "Year's end"
    assert [days[day].is_usual for day in ("2026-10-01", "2026-11-16", "2026-11-15")] == [False, True, True]


def test_a_holiday_closes_a_calendar_around_the_clock_too() -> None:
    """SLA-02: the holiday beats the weekly pattern of 24×7."""
    content = Content("Asia/Shanghai", ALL_HOURS, "CN")
    assert worked(content, "2026-10-01") == timedelta(0)
    assert worked(content, "2026-11-16") == 24 * HOURS


def test_own_days_come_back_as_they_were_written() -> None:
    days = (
        own("2026-12-19", OwnKind.WORKDAY, like="fri", name="盘点"),
        own("2026-12-31", OwnKind.SPECIAL, hours=(("09:00", "12:00"),)),
        own("2026-12-30"),
    )
    assert tuple(OwnDay.from_json(day.to_json()) for day in days) == days
    assert own("2026-12-30", name=" a\x00 b ").to_json()["name"] == "a b"


# --- names ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "name"), [("en", "National Day"), ("zh-hans", "国庆节"), ("zh-hant", "國慶節")])
def test_public_holidays_are_named_in_three_languages(language: str, name: str) -> None:
    """SLA-03: in the reader's language."""
    assert days_of(CHINA, language=language)["2026-10-01"].name == name


def test_a_country_without_the_readers_language_says_it_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the language of the server is."""
    monkeypatch.setenv("LANGUAGE", "de")
    day_names.cache_clear()
    assert day_names("DE", "", 2026, "zh-hans")[date(2026, 10, 3)] == "German Unity Day"
    assert day_names("DE", "", 2026, "en")[date(2026, 10, 3)] == "German Unity Day"
    assert day_names("", "", 2026, "en") == day_names("ZZ", "", 2026, "en") == {}


def test_regions_have_days_and_names_of_their_own() -> None:
    assert "BY" in regions("DE")
    assert region_names("DE")["BY"] == "Bayern"
    assert region_names("ZZ") == {} == region_names("CN")
    assert "2026-01-06" in public_days("DE", "BY", (2026,)).closed
    assert "2026-01-06" not in public_days("DE", "", (2026,)).closed
    assert {"CN", "DE", "US"} <= set(countries())


# --- refusals ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (replace(CHINA, time_zone="Mars/Base"), "time_zone"),
        (replace(CHINA, time_zone=""), "time_zone"),
        (replace(CHINA, time_zone="Asia"), "time_zone"),
        (replace(CHINA, country="ZZ"), "country"),
        (replace(CHINA, region="BY"), "region"),
        (replace(CHINA, hours={"mon": [["09:00", "12:00"], ["11:00", "14:00"]]}), "hours.mon"),
        (replace(CHINA, hours={"tue": [["09:00", "09:00"]]}), "hours.tue"),
        (replace(CHINA, hours={"wed": [["25:00", "26:00"]]}), "hours.wed"),
        (replace(CHINA, hours={"thu": [["24:00", "06:00"]]}), "hours.thu"),
        (with_own(own("1926-10-01")), "own_days.0"),
        (with_own(own("2126-10-01")), "own_days.0"),
        (with_own(own("2026-12-01"), own("2026-12-01", OwnKind.OPEN)), "own_days.1"),
        (with_own(own("2026-12-01", OwnKind.SPECIAL)), "own_days.0"),
        (with_own(own("2026-12-01", OwnKind.SPECIAL, hours=(("09:00", "12:00"), ("11:00", "13:00")))), "own_days.0"),
        (with_own(own("2026-12-01", OwnKind.SPECIAL, hours=(("9", "12:00"),))), "own_days.0"),
        (with_own(own("2026-12-01", OwnKind.WORKDAY, like="fun")), "own_days.0"),
        (with_own(own("2026-12-01", name="x" * 81)), "own_days.0"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(content: Content, field: str) -> None:
    """R-047: unknown zone, overlaps, days of the past century, twice the same date, and so on."""
    assert fields_of(lambda: compose(content, at=MONDAY)) == {field}


def test_everything_wrong_is_said_at_once() -> None:
    content = Content("Mars/Base", {"mon": [["9", "10"]], "sun": [["a", "b"]]}, "ZZ", own_days=(own("1926-10-01"),))
    found = fields_of(lambda: compose(content, at=MONDAY))
    assert found == {"time_zone", "hours.mon", "hours.sun", "country", "own_days.0"}


def test_touching_intervals_midnight_and_nights_are_fine() -> None:
    """SLA-02: any number of intervals, until 24:00, over midnight."""
    hours = {"mon": [["13:00", "24:00"], ["09:00", "13:00"]], "tue": [["22:00", "06:00"]]}
    assert worked(Content("Asia/Shanghai", hours), "2026-11-16") == 15 * HOURS
    assert worked(Content("Asia/Shanghai", hours), "2026-11-18") == 6 * HOURS


@pytest.mark.parametrize(
    "content",
    [NOTHING, with_own(*(own(f"2026-12-{day:02}") for day in range(1, 32)), content=NOTHING)],
)
def test_a_calendar_without_working_time_in_the_coming_year_is_not_kept(
    content: Content, draft: CalendarVersion, cast: Cast
) -> None:
    """SLA-06: at saving, at publishing in one step, and at publishing a draft."""
    assert fields_of(lambda: save_draft(draft, content, revision=1, by=cast.ma, at=MONDAY)) == {"hours"}
    assert fields_of(lambda: publish(draft.calendar, content, at=MONDAY)) == {"hours"}
    empty = create("Nothing", content, by=cast.ma, at=MONDAY)
    assert fields_of(lambda: publish_draft(empty, at=MONDAY)) == {"hours"}
    assert CalendarVersion.objects.get(pk=empty.pk).is_draft


@pytest.mark.parametrize("name", ["", "  ", "\x00", "x" * 121, "China desk", " China  desk "])
def test_a_calendar_needs_a_name_of_its_own(name: str, draft: CalendarVersion, cast: Cast) -> None:
    assert fields_of(lambda: create(name, CHINA, by=cast.ma, at=MONDAY)) == {"name"}
    other = create("Other", CHINA, by=cast.ma, at=MONDAY).calendar
    assert fields_of(lambda: rename(other, name, by=None)) == {"name"}
    assert rename(draft.calendar, "China desk", by=None).name == "China desk"
    assert rename(draft.calendar, "  华东   工作台 ", by=None).name == "华东 工作台"


def test_sentences_are_in_the_readers_language(draft: CalendarVersion) -> None:
    with translation.override("en"), pytest.raises(Invalid) as caught:
        compose(replace(CHINA, hours={"mon": [["09:00", "12:00"], ["11:00", "14:00"]]}), at=MONDAY)
    assert caught.value.message_dict["hours.mon"] == ["The intervals 09:00–12:00 and 11:00–14:00 overlap."]


# --- drafts -----------------------------------------------------------------------------------------


def test_a_draft_is_saved_as_often_as_one_likes(draft: CalendarVersion, cast: Cast) -> None:
    content = with_own(own("2026-12-31"), own("2026-12-24"))
    first = save_draft(draft, content, revision=1, by=cast.ma, at=MONDAY + HOURS, note="  Year\x00's  end ")
    assert (first.revision, first.note, first.edited_by, first.edited_at) == (2, "Year's end", cast.ma, MONDAY + HOURS)
    assert Content.of(first) == with_own(own("2026-12-24"), own("2026-12-31"))
    assert save_draft(first, CHINA, revision=2, by=cast.root, at=MONDAY).revision == 3
    assert fields_of(lambda: save_draft(draft, CHINA, revision=3, by=cast.ma, at=MONDAY, note="x" * 301)) == {"note"}


def test_nobody_saves_over_what_they_have_not_seen(draft: CalendarVersion, cast: Cast) -> None:
    """Two editors: the second is told who was faster, and may then save over it knowingly."""
    save_draft(draft, CHINA, revision=1, by=cast.ma, at=MONDAY)
    with pytest.raises(EditedMeanwhile) as caught:
        save_draft(draft, ALWAYS, revision=1, by=cast.root, at=MONDAY)
    assert cast.ma.name in str(caught.value.sentence)
    assert CalendarVersion.objects.get(pk=draft.pk).definition["timezone"] == "Asia/Shanghai"
    saved = save_draft(draft, ALWAYS, revision=caught.value.revision, by=cast.root, at=MONDAY)
    assert saved.definition["timezone"] == "UTC"


def test_nobody_publishes_what_they_have_not_seen(draft: CalendarVersion, cast: Cast) -> None:
    save_draft(draft, ALWAYS, revision=1, by=cast.ma, at=MONDAY)
    with pytest.raises(EditedMeanwhile):
        publish_draft(draft, at=MONDAY, by=cast.root, revision=1)
    assert publish_draft(draft, at=MONDAY, by=cast.root, revision=2).state == VersionState.PUBLISHED


def test_there_is_one_draft_at_a_time(published: CalendarVersion, cast: Cast) -> None:
    first = draft_for(published.calendar, by=cast.ma, at=MONDAY)
    assert (first.number, Content.of(first)) == (2, CHINA)
    assert draft_for(published.calendar, by=cast.root, at=MONDAY) == first
    assert draft_for(published.calendar, like=published, by=None, at=MONDAY) == first


def test_a_draft_may_begin_with_an_older_version(published: CalendarVersion, cast: Cast) -> None:
    publish(published.calendar, ALWAYS, at=MONDAY + HOURS)
    assert Content.of(draft_for(published.calendar, by=cast.ma, at=MONDAY + DAYS, like=published)) == CHINA


def test_a_draft_leaves_behind_what_can_not_be_said_any_more(
    published: CalendarVersion, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Own days of more than ten years ago, a region the library dropped: no reason to refuse every new draft."""
    published = publish(published.calendar, with_own(own("2016-12-31"), own("2026-12-31")), at=MONDAY + HOURS)
    CalendarVersion.objects.filter(pk=published.pk).update(region="GONE")
    later = draft_for(published.calendar, by=cast.ma, at=MONDAY + 366 * DAYS)
    assert Content.of(later) == with_own(own("2026-12-31"))


def test_a_draft_can_be_thrown_away_and_with_its_only_version_the_calendar(draft: CalendarVersion, cast: Cast) -> None:
    published = publish_draft(draft, at=MONDAY)
    discard_draft(draft_for(published.calendar, by=cast.ma, at=MONDAY), by=cast.ma)
    assert list(published.calendar.versions.all()) == [published]
    lonely = create("Lonely", CHINA, by=cast.ma, at=MONDAY)
    discard_draft(lonely, by=None)
    assert not WorkingCalendar.objects.filter(name="Lonely").exists()


def test_what_is_published_can_be_neither_changed_nor_thrown_away(published: CalendarVersion, cast: Cast) -> None:
    """SLA-30."""
    with pytest.raises(CalendarRefused):
        save_draft(published, ALWAYS, revision=1, by=cast.ma, at=MONDAY)
    with pytest.raises(CalendarRefused):
        discard_draft(published, by=None)
    before = published.published_at
    assert publish_draft(published, at=MONDAY + DAYS).published_at == before


# --- publishing -------------------------------------------------------------------------------------


def test_a_version_holds_from_its_date_on(published: CalendarVersion, cast: Cast) -> None:
    """SLA-31: what started before keeps its version."""
    later = save_draft(draft_for(published.calendar, by=cast.ma, at=MONDAY), ALWAYS, revision=1, by=cast.ma, at=MONDAY)
    later = publish_draft(later, at=MONDAY, by=cast.ma, effective_from=MONDAY + 7 * DAYS)
    assert (later.published_at, later.published_by) == (MONDAY, cast.ma)
    calendar_id = published.calendar_id
    assert version_at(calendar_id, MONDAY - DAYS) == published
    assert version_at(calendar_id, MONDAY + 7 * DAYS - MINUTES) == published
    assert version_at(calendar_id, MONDAY + 7 * DAYS) == later
    assert engine_calendar(later).timezone == "UTC"


def test_versions_take_over_in_the_order_in_which_they_are_published(published: CalendarVersion, cast: Cast) -> None:
    publish_draft(draft_for(published.calendar, by=cast.ma, at=MONDAY), at=MONDAY, effective_from=MONDAY + 7 * DAYS)
    third = draft_for(published.calendar, by=cast.ma, at=MONDAY)
    for begins in (None, MONDAY + 7 * DAYS - MINUTES, MONDAY - DAYS):
        assert fields_of(lambda begins=begins: publish_draft(third, at=MONDAY, effective_from=begins)) == {  # type: ignore[misc]
            "effective_from"
        }
    assert publish_draft(third, at=MONDAY, effective_from=MONDAY + 7 * DAYS).state == VersionState.PUBLISHED
    assert version_at(published.calendar_id, MONDAY + 8 * DAYS) == third


def test_a_calendar_without_a_published_version_has_none_at_any_time(draft: CalendarVersion) -> None:
    with pytest.raises(CalendarVersion.DoesNotExist):
        version_at(draft.calendar_id, MONDAY)
    assert draft.calendar not in [version.calendar for version in calendars_in_use()]


def test_every_template_can_be_published(cast: Cast) -> None:
    for each in TEMPLATES:
        made = create(str(each.label), each.content, by=cast.ma, at=MONDAY)
        assert publish_draft(made, at=MONDAY).state == VersionState.PUBLISHED
    assert template("china") == TEMPLATES[0]
    assert template("moon") is None


# --- differences and drift --------------------------------------------------------------------------


def test_differences_name_zone_country_weekdays_and_dates(published: CalendarVersion) -> None:
    hours = {**OFFICE_HOURS, "fri": [["09:00", "12:00"]]}
    content = Content("Asia/Taipei", hours, "CN", own_days=(own("2026-10-01", OwnKind.OPEN), own("2026-12-31")))
    other = publish(published.calendar, content, at=MONDAY + HOURS)
    found = {difference.what: (difference.before, difference.after) for difference in differences(published, other)}
    assert found == {
        "time_zone": ("Asia/Shanghai", "Asia/Taipei"),
        "hours.fri": ([["09:00", "12:00"], ["13:30", "18:00"]], [["09:00", "12:00"]]),
        "2026-10-01": ("closed", None),
        "2026-12-31": (None, "closed"),
    }
    assert differences(published, published) == []


def test_years_that_only_one_version_covers_are_no_difference(published: CalendarVersion) -> None:
    later = publish(published.calendar, CHINA, at=MONDAY + 366 * DAYS)
    assert differences(published, later) == []


def test_another_country_is_a_difference(published: CalendarVersion) -> None:
    other = publish(published.calendar, Content("Asia/Shanghai", OFFICE_HOURS, "DE", "BY"), at=MONDAY + HOURS)
    found = differences(published, other)
    assert (found[0].what, found[0].before, found[0].after) == ("country", "CN", "DE BY")
    assert {"2026-10-01", "2026-10-10", "2026-12-25"} <= {difference.what for difference in found}


def outdated(version: CalendarVersion, **changes: Any) -> CalendarVersion:
    """A version made when the library knew less: before the notice, with other days."""
    for name, value in changes.items():
        setattr(version, name, value)
    version.save()
    return version


def test_drift_lists_what_the_library_learned(published: CalendarVersion) -> None:
    """SLA-03: days that came and went from today on, years that became official, years that are missing."""
    said = published.definition
    outdated(
        published,
        definition={
            **said,
            "holidays": [day for day in said["holidays"] if day not in ("2026-01-01", "2027-02-05")] + ["2026-12-24"],
            "workdays": {**said["workdays"], "2026-12-26": "mon"},
        },
        provisional_years=[2026, 2027, 2028],
        exceptions=[own("2026-12-28").to_json()],
    )
    found = drift(published, MONDAY.date())
    assert (found.closed, found.opened) == (["2027-02-05"], ["2026-12-24"])  # what lies behind is over
    assert (found.made_up, found.unmade) == ([], ["2026-12-26"])
    assert (found.announced, found.uncovered) == ([2026], [])
    assert found
    assert drift(published, date(2028, 3, 1)).uncovered == [2029]


def test_new_make_up_days_are_drift(published: CalendarVersion) -> None:
    """SLA-03: as on the day in November on which the notice for the next year comes out."""
    before = datetime(2025, 10, 1, tzinfo=UTC)
    said = {**published.definition, "workdays": {}}
    outdated(published, definition=said, provisional_years=[2026, 2027, 2028])
    found = drift(published, before.date())
    assert {"2025-10-11", "2026-01-04", "2026-10-10"} <= set(found.made_up)


def test_a_fresh_version_and_one_without_a_country_have_no_drift(published: CalendarVersion) -> None:
    assert not drift(published, MONDAY.date())
    always = publish(calendar(), ALWAYS, at=MONDAY)
    assert not drift(always, date(2040, 1, 1))
    own_day = publish(published.calendar, with_own(own("2026-12-24"), own("2027-10-01", OwnKind.OPEN)), at=MONDAY)
    assert not drift(own_day, MONDAY.date())


def test_taking_the_public_days_over_makes_a_draft_that_knows_them(published: CalendarVersion, cast: Cast) -> None:
    """SLA-03, SLA-30: the published version stays as it is."""
    said = published.definition
    outdated(published, definition={**said, "holidays": [], "workdays": {}})
    made = take_over_public_days(published.calendar, by=cast.ma, at=MONDAY)
    assert made.is_draft
    assert made.definition == said
    assert CalendarVersion.objects.get(pk=published.pk).definition["holidays"] == []


def test_taking_over_keeps_what_somebody_wrote_into_the_draft(published: CalendarVersion, cast: Cast) -> None:
    there = draft_for(published.calendar, by=cast.ma, at=MONDAY)
    there = save_draft(there, with_own(own("2026-12-31")), revision=1, by=cast.ma, at=MONDAY, note="Year's end")
    assert take_over_public_days(published.calendar, by=cast.root, at=MONDAY).revision == there.revision
    outdated(there, definition={**there.definition, "holidays": []})
    renewed = take_over_public_days(published.calendar, by=cast.root, at=MONDAY + HOURS)
    assert (renewed.pk, renewed.revision, renewed.note) == (there.pk, there.revision + 1, "Year's end")
    assert Content.of(renewed) == with_own(own("2026-12-31"))
    assert "2026-10-01" in renewed.definition["holidays"]


def test_an_update_of_the_library_changes_nothing_that_was_published(
    published: CalendarVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SLA-03, SLA-30."""
    due = engine_calendar(published).due(datetime(2026, 9, 30, 9, 0, tzinfo=UTC), 8 * HOURS)
    monkeypatch.setattr(library, "_known", lambda *_: library.PublicDays())
    fresh = CalendarVersion.objects.get(pk=published.pk)
    assert engine_calendar(fresh).due(datetime(2026, 9, 30, 9, 0, tzinfo=UTC), 8 * HOURS) == due
    assert drift(fresh, MONDAY.date()).opened


# --- how calendars stand ----------------------------------------------------------------------------


def test_a_calendar_stands_with_what_holds_what_comes_and_what_is_written(
    published: CalendarVersion, cast: Cast
) -> None:
    """SLA-30, SLA-31."""
    later = publish_draft(
        draft_for(published.calendar, by=cast.ma, at=MONDAY), at=MONDAY, effective_from=MONDAY + 7 * DAYS
    )
    written = draft_for(published.calendar, by=cast.ma, at=MONDAY)
    [found] = standings([published.calendar], MONDAY)
    assert (found.current, found.pending, found.draft, found.newest) == (published, [later], written, later)
    [found] = standings([published.calendar], MONDAY + 7 * DAYS)
    assert (found.current, found.pending, found.newest) == (later, [], later)


def test_a_calendar_of_drafts_alone_is_shown_by_its_draft(draft: CalendarVersion) -> None:
    [found] = standings([draft.calendar], MONDAY)
    assert (found.current, found.pending, found.newest, found.shown) == (None, [], None, draft)
    assert not found.drift


def test_targets_of_agreements_in_force_are_counted(cast: Cast) -> None:
    """An ended or future agreement, and an older version, don't count."""
    always, office = calendar(), calendar("Office hours")
    assert [found.targets for found in standings([always, office], MONDAY)] == [3, 2]
    first = agreement(promise(calendar=office.pk), client=cast.huaxin)
    agreement(promise(calendar=office.pk), promise(minutes=60), of=first.agreement, since=MONDAY - HOURS)
    agreement(promise(calendar=office.pk), client=cast.yuanhang, since=MONDAY + DAYS)
    assert [found.targets for found in standings([always, office], MONDAY)] == [4, 3]
    assert [(use.name, use.targets) for use in uses_of(office, MONDAY)] == [
        ("Default agreement", 2),
        ("华信制造 agreement", 1),
    ]
    assert targets_in_force(MONDAY - 20_000 * DAYS).count() == 0


def test_running_clocks_are_counted_by_version(cast: Cast) -> None:
    """SLA-31: what moving them would be about."""
    cast.submit(service=cast.reset)
    office = calendar("Office hours")
    current = version_at(office.pk, MONDAY)
    running = running_under(office, current)
    assert running.total > 0
    assert running.elsewhere == 0
    newer = publish(office, ALWAYS, at=MONDAY + HOURS)
    assert running_under(office, newer).elsewhere == running.total


# --- the trial --------------------------------------------------------------------------------------


def test_a_trial_says_when_it_is_due_and_what_lies_between() -> None:
    """SLA-05: received on Friday 17:40, two hours, over the weekend."""
    calendar = compose(CHINA, at=MONDAY).calendar
    friday = datetime(2026, 11, 27, 9, 40, tzinfo=UTC)
    found = trial(calendar, friday, 2 * HOURS)
    assert found.due == datetime(2026, 11, 30, 2, 40, tzinfo=UTC)
    assert [piece.kind.value for piece in found.pieces] == ["open", "outside", "open"]
    assert sum((piece.end - piece.start for piece in found.pieces if piece.kind.is_open), timedelta()) == 2 * HOURS


@pytest.mark.parametrize(
    ("start", "duration", "field"),
    [
        (datetime(1800, 1, 1, tzinfo=UTC), HOURS, "received"),
        (datetime(9000, 1, 1, tzinfo=UTC), HOURS, "received"),
        (MONDAY, -HOURS, "duration"),
        (MONDAY, 10 * 365 * DAYS, "duration"),
    ],
)
def test_a_trial_that_makes_no_sense_is_refused(start: datetime, duration: timedelta, field: str) -> None:
    calendar = compose(CHINA, at=MONDAY).calendar
    assert fields_of(lambda: trial(calendar, start, duration)) == {field}


def test_a_trial_without_an_end_is_refused() -> None:
    """A calendar that closes for good gives no answer, and no endless search."""
    calendar = compose(with_own(own("2026-12-31", OwnKind.WORKDAY), content=NOTHING), at=MONDAY).calendar
    assert fields_of(lambda: trial(calendar, MONDAY, HOURS)) == {"duration"}


def test_a_zero_target_is_due_at_once() -> None:
    """SLA-05."""
    found = trial(compose(CHINA, at=MONDAY).calendar, MONDAY, timedelta(0))
    assert (found.due, found.pieces) == (MONDAY, [])
