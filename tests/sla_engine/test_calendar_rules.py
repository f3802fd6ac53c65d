"""Worked cases of the calendar rules; every instant is written out."""

import copy
import pickle
from datetime import UTC, date, datetime, timedelta

import holidays
import pytest

from sla.engine.calendar import Calendar, CalendarError, DayKind
from tests.sla_engine.desk import ALWAYS, OFFICE, SHANGHAI_OFFICE, WEEKDAYS, at, calendar, june

HOUR = timedelta(hours=1)
BERLIN_NIGHT = calendar([["00:00", "06:00"], ["22:00", "24:00"]], "Europe/Berlin", WEEKDAYS)
BERLIN_ALWAYS = calendar([["00:00", "24:00"]], "Europe/Berlin", WEEKDAYS)
NEW_YORK_ALWAYS = calendar([["00:00", "24:00"]], "America/New_York", WEEKDAYS)


def china(*years: int) -> Calendar:
    """Office hours in Shanghai with the country's holidays and make-up days, from the library (SLA-03)."""
    country = holidays.China(years=years)
    makeup = {day.isoformat(): "mon" for day in country.weekend_workdays if day.year in years}
    return Calendar.from_json(
        {**SHANGHAI_OFFICE.to_json(), "holidays": [day.isoformat() for day in country], "workdays": makeup}
    )


@pytest.mark.parametrize(
    ("desk", "start", "minutes", "due"),
    [
        pytest.param(OFFICE, "2025-06-10T09:00Z", 60, "2025-06-10T10:00Z", id="within one day"),
        pytest.param(OFFICE, "2025-06-10T08:00Z", 60, "2025-06-10T10:00Z", id="before opening"),
        pytest.param(OFFICE, "2025-06-13T17:00Z", 1, "2025-06-16T09:01Z", id="at closing on Friday"),
        pytest.param(OFFICE, "2025-06-10T16:00Z", 60, "2025-06-10T17:00Z", id="used up at closing"),
        pytest.param(OFFICE, "2025-06-14T12:00Z", 0, "2025-06-14T12:00Z", id="zero target out of hours"),
        pytest.param(SHANGHAI_OFFICE, "2025-06-10T17:00+08:00", 2250, "2025-06-17T09:00Z", id="a week, split day"),
        pytest.param(BERLIN_NIGHT, "2025-10-25T23:00+02:00", 300, "2025-10-26T02:00Z", id="autumn night"),
        pytest.param(BERLIN_NIGHT, "2025-03-29T23:00+01:00", 300, "2025-03-30T03:00Z", id="spring night"),
        pytest.param(BERLIN_ALWAYS, "2026-10-25T02:30+01:00", 60, "2026-10-25T02:30Z", id="second 02:30"),
        pytest.param(NEW_YORK_ALWAYS, "2025-11-02T01:30-04:00", 60, "2025-11-02T06:30Z", id="first 01:30"),
        pytest.param(ALWAYS, "2024-02-28T12:00Z", 2880, "2024-03-01T12:00Z", id="leap day"),
    ],
)
def test_a_target_is_due_when_it_is_used_up(desk, start, minutes, due):
    """SLA-04, SLA-05"""
    assert desk.due(at(start), timedelta(minutes=minutes)) == at(due)


@pytest.mark.parametrize(
    ("desk", "start", "end", "hours"),
    [
        pytest.param(OFFICE, "2025-06-10T08:59Z", "2025-06-10T09:00Z", 0, id="the minute before opening"),
        pytest.param(OFFICE, "2025-06-10T16:00Z", "2025-06-10T17:00Z", 1, id="up to closing"),
        pytest.param(OFFICE, "2025-06-10T17:00Z", "2025-06-10T16:00Z", 0, id="end before start"),
        pytest.param(SHANGHAI_OFFICE, "2025-06-10T12:00+08:00", "2025-06-10T13:30+08:00", 0, id="midday break"),
        pytest.param(BERLIN_ALWAYS, "2025-03-30T00:00+01:00", "2025-03-31T00:00+02:00", 23, id="23-hour day"),
        pytest.param(BERLIN_ALWAYS, "2025-10-26T00:00+02:00", "2025-10-27T00:00+01:00", 25, id="25-hour day"),
        pytest.param(ALWAYS, "2024-02-29T00:00Z", "2024-03-01T00:00Z", 24, id="leap day"),
    ],
)
def test_worked_time_is_what_really_passed_within_the_hours(desk, start, end, hours):
    """SLA-04"""
    assert desk.worked(at(start), at(end)) == hours * HOUR


def test_lord_howe_moves_its_clocks_by_half_an_hour():
    """SLA-04"""
    island = calendar([["00:00", "24:00"]], "Australia/Lord_Howe", WEEKDAYS)
    assert island.worked(at("2025-04-06T00:00+11:00"), at("2025-04-07T00:00+10:30")) == 24.5 * HOUR
    assert island.worked(at("2025-10-05T00:00+10:30"), at("2025-10-06T00:00+11:00")) == 23.5 * HOUR


def test_a_night_shift_over_a_change_of_the_clocks_is_an_hour_longer_or_shorter():
    """SLA-04: it begins on a day of 24 hours and ends on one of 25 or 23."""
    night = calendar([["22:00", "06:00"]], "Europe/Berlin", WEEKDAYS)
    assert night.worked(at("2025-10-25T12:00+02:00"), at("2025-10-26T12:00+01:00")) == 9 * HOUR
    assert night.worked(at("2025-03-29T12:00+01:00"), at("2025-03-30T12:00+02:00")) == 7 * HOUR


def test_hours_that_end_in_the_repeated_hour_end_at_its_first_pass():
    """SLA-04: both ends are read at fold=0."""
    bar = calendar([["20:00", "02:30"]], "Europe/Berlin", WEEKDAYS)
    assert bar.due(at("2025-10-26T00:00+02:00"), 2.5 * HOUR) == at("2025-10-26T00:30Z")
    assert bar.worked(at("2025-10-26T02:30+02:00"), at("2025-10-26T02:59+01:00")) == timedelta()


def test_hours_that_begin_in_the_skipped_hour_begin_when_the_clocks_show_an_hour_more():
    """SLA-04: 02:30 does not exist on this night and is read as 03:30."""
    early = calendar([["02:30", "10:00"]], "Europe/Berlin", WEEKDAYS)
    assert early.due(at("2025-03-30T00:00+01:00"), timedelta(minutes=1)) == at("2025-03-30T03:31+02:00")
    assert early.worked(at("2025-03-30T00:00+01:00"), at("2025-03-30T12:00+02:00")) == 6.5 * HOUR


def test_hours_wholly_within_the_skipped_hour_do_not_happen():
    """SLA-04: 02:30 read as 03:30 lies behind 03:15."""
    short = calendar([["02:30", "03:15"]], "Europe/Berlin", WEEKDAYS)
    assert short.worked(at("2025-03-30T00:00+01:00"), at("2025-03-31T00:00+02:00")) == timedelta()


def test_neighbouring_hours_stay_neighbours_when_the_clocks_change():
    """SLA-04"""
    split = calendar([["00:00", "02:30"], ["02:30", "24:00"]], "Europe/Berlin", WEEKDAYS)
    for start, end in [("2025-03-29", "2025-04-01"), ("2025-10-25", "2025-10-28")]:
        stretch = at(f"{start}T12:00Z"), at(f"{end}T12:00Z")
        assert split.worked(*stretch) == 72 * HOUR


def test_a_day_that_begins_at_one_has_no_hole_before_it():
    """SLA-04: in Havana the clocks change at midnight."""
    havana = calendar([["00:00", "24:00"]], "America/Havana", WEEKDAYS)
    assert havana.worked(at("2025-03-08T00:00-05:00"), at("2025-03-10T00:00-04:00")) == 47 * HOUR
    assert havana.worked(at("2025-11-01T00:00-04:00"), at("2025-11-03T00:00-05:00")) == 49 * HOUR


def test_results_are_exact_and_in_utc():
    """SLA-01"""
    start = at("2025-06-10T09:00:00.000001+08:00")
    due = SHANGHAI_OFFICE.due(start, timedelta(microseconds=3))
    assert due == datetime(2025, 6, 10, 1, 0, 0, 4, tzinfo=UTC)
    assert due.tzinfo is UTC
    assert SHANGHAI_OFFICE.worked(start, due) == timedelta(microseconds=3)


def test_a_time_without_a_zone_is_refused():
    """SLA-01"""
    naive = june("10 09:00").replace(tzinfo=None)
    with pytest.raises(CalendarError) as refused:
        OFFICE.due(naive, HOUR)
    assert refused.value.code == "naive_time"


def test_a_negative_target_is_refused():
    with pytest.raises(CalendarError) as refused:
        OFFICE.due(june("10 09:00"), -HOUR)
    assert refused.value.code == "negative_duration"


def test_an_interval_across_midnight_belongs_to_the_day_it_begins_on():
    """SLA-02: Friday's night shift reaches into Saturday; Monday's does not begin on Sunday."""
    night = calendar([["22:00", "06:00"]])
    assert night.worked(june("14 00:00"), june("15 00:00")) == 6 * HOUR
    assert night.worked(june("16 00:00"), june("16 12:00")) == timedelta()


def test_a_closed_date_takes_away_the_intervals_that_begin_on_it():
    """SLA-02: the night before a holiday still ends on the holiday's morning, of 24×7 hours nothing remains."""
    night = calendar([["22:00", "06:00"]], days=WEEKDAYS, holidays=["2025-06-11"])
    assert night.worked(june("11 00:00"), june("12 00:00")) == 6 * HOUR
    assert night.worked(june("12 00:00"), june("12 12:00")) == timedelta()
    always = calendar([["00:00", "24:00"]], days=WEEKDAYS, holidays=["2025-06-11"])
    assert always.worked(june("10 00:00"), june("13 00:00")) == 48 * HOUR


def test_time_in_two_intervals_counts_once():
    """SLA-02: Monday's night shift and Tuesday's early one overlap from 05:00 to 06:00."""
    hours = {"mon": [["22:00", "06:00"]], "tue": [["05:00", "09:00"]]}
    both = Calendar.from_json({"timezone": "UTC", "hours": hours})
    assert both.worked(june("09 20:00"), june("10 20:00")) == 11 * HOUR
    assert both.due(june("09 22:00"), 11 * HOUR) == june("10 09:00")


@pytest.mark.parametrize(
    ("exceptions", "hours", "kind"),
    [
        ({}, 24, DayKind.OPEN),
        ({"holidays": ["2025-06-10"]}, 0, DayKind.HOLIDAY),
        ({"holidays": ["2025-06-10"], "workdays": {"2025-06-10": "sun"}}, 4, DayKind.MAKEUP),
        (
            {
                "holidays": ["2025-06-10"],
                "workdays": {"2025-06-10": "sun"},
                "special": {"2025-06-10": [["09:00", "10:00"]]},
            },
            1,
            DayKind.SPECIAL,
        ),
        ({"special": {"2025-06-10": []}}, 0, DayKind.OUTSIDE),
    ],
)
def test_special_hours_beat_a_makeup_day_beats_a_holiday_beats_the_week(exceptions, hours, kind):
    """SLA-02, on a 24×7 calendar that has short hours on Sundays."""
    week = {name: [["00:00", "24:00"]] for name in WEEKDAYS[:6]} | {"sun": [["08:00", "12:00"]]}
    desk = Calendar.from_json({"timezone": "UTC", "hours": week, **exceptions})
    day = june("10 00:00"), june("11 00:00")
    assert desk.worked(*day) == hours * HOUR
    assert kind in {span.kind for span in desk.spans(*day)}


def test_a_half_day_has_its_own_hours():
    """SLA-02"""
    half = calendar(special={"2025-06-10": [["09:00", "12:00"]]})
    assert half.due(june("10 11:00"), 2 * HOUR) == june("11 10:00")


def test_golden_week_and_its_makeup_days_come_from_the_library():
    """SLA-03: on Sunday 28 September and Saturday 11 October 2025 China works, 1–8 October it rests."""
    desk = china(2025)
    assert desk.worked(at("2025-09-28T00:00+08:00"), at("2025-09-29T00:00+08:00")) == 7.5 * HOUR
    assert desk.worked(at("2025-10-01T00:00+08:00"), at("2025-10-09T00:00+08:00")) == timedelta()
    assert desk.due(at("2025-10-10T17:30+08:00"), HOUR) == at("2025-10-11T09:30+08:00")


def test_a_chinese_year_has_the_working_days_of_the_official_notice():
    """SLA-03: 2025 and 2026 have 248 working days each, of seven and a half hours."""
    desk = china(2025, 2026)
    for year in (2025, 2026):
        stretch = at(f"{year}-01-01T00:00+08:00"), at(f"{year + 1}-01-01T00:00+08:00")
        assert desk.worked(*stretch) == 248 * 7.5 * HOUR


def test_spans_name_holidays_and_makeup_days():
    """SLA-41: from Wednesday 8 to Saturday 11 October 2025."""
    spans = china(2025).spans(at("2025-10-08T00:00+08:00"), at("2025-10-11T12:00+08:00"))
    shown = [(span.start.isoformat()[8:16], span.kind.value) for span in spans]
    assert shown == [
        ("07T16:00", "outside"),
        ("08T01:00", "holiday"),
        ("08T04:00", "outside"),
        ("08T05:30", "holiday"),
        ("08T10:00", "outside"),
        ("09T01:00", "open"),
        ("09T04:00", "outside"),
        ("09T05:30", "open"),
        ("09T10:00", "outside"),
        ("10T01:00", "open"),
        ("10T04:00", "outside"),
        ("10T05:30", "open"),
        ("10T10:00", "outside"),
        ("11T01:00", "makeup"),
    ]


def test_a_target_longer_than_a_year_is_due():
    """SLA-05: 400 working days of eight hours are eighty weeks."""
    assert OFFICE.due(june("09 09:00"), 400 * 8 * HOUR) == at("2026-12-18T17:00Z")


def test_a_calendar_that_never_opens_is_refused_instead_of_searched_for_ever():
    """SLA-06"""
    closed = calendar(days=(), special={"2025-06-10": [["09:00", "10:00"]]})
    assert closed.due(june("01 00:00"), HOUR) == june("10 10:00")
    with pytest.raises(CalendarError, match="no working time") as refused:
        closed.due(june("01 00:00"), 2 * HOUR)
    assert refused.value.code == "no_working_time"


def test_a_question_over_more_than_two_hundred_years_is_refused():
    """A slip of the keyboard must not keep a worker busy."""
    with pytest.raises(CalendarError) as refused:
        ALWAYS.due(june("01 00:00"), timedelta(days=5_000_000))
    assert refused.value.code == "too_far"
    with pytest.raises(CalendarError) as refused:
        OFFICE.worked(june("01 00:00"), at("2300-01-01T00:00Z"))
    assert refused.value.code == "too_far"


def test_a_calculation_beyond_all_dates_is_refused():
    with pytest.raises(CalendarError) as refused:
        ALWAYS.due(at("9999-12-30T00:00Z"), timedelta(days=3))
    assert refused.value.code == "out_of_range"


def test_a_usable_calendar_has_working_time_in_the_coming_year():
    """SLA-06"""
    once = calendar(days=(), special={"2026-06-09": [["09:00", "10:00"]]})
    once.check_usable(date(2025, 6, 10))
    for day in (date(2025, 6, 9), date(2026, 6, 10), date(2024, 2, 29)):
        with pytest.raises(CalendarError) as refused:
            once.check_usable(day)
        assert refused.value.code == "no_working_time"


def test_equal_calendars_are_equal_also_after_pickling():
    """A calendar is a value: equal content, equal object, equal hash."""
    one = calendar(holidays=["2025-06-11"])
    for other in (pickle.loads(pickle.dumps(one)), copy.deepcopy(one), Calendar.from_json(one.to_json())):  # noqa: S301
        assert other == one
        assert hash(other) == hash(one)
    assert one != OFFICE
    assert one != "a calendar"


def test_the_same_notation_gives_the_same_object():
    assert calendar() is OFFICE
