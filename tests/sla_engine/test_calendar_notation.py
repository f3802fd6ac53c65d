"""What `Calendar.from_json` refuses, by code and place."""

import pickle

import pytest

from sla.engine.calendar import Calendar, CalendarError

GOOD = {"timezone": "Asia/Shanghai", "hours": {"mon": [["09:00", "17:00"]]}}


def monday(*intervals: object) -> dict[str, object]:
    return {"hours": {"mon": list(intervals)}}


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"timezone": "Mars/Olympus"}, "unknown_timezone", "timezone"),
        ({"timezone": "../etc/passwd"}, "unknown_timezone", "timezone"),
        ({"timezone": "Europe"}, "unknown_timezone", "timezone"),
        ({"timezone": ""}, "unknown_timezone", "timezone"),
        ({"timezone": 8}, "wrong_type", "timezone"),
        ({"hours": []}, "wrong_type", "hours"),
        ({"hours": {"monday": []}}, "unknown_weekday", "hours"),
        ({"hours": {"mon": "09:00-17:00"}}, "wrong_type", "hours.mon"),
        (monday(["09:00"]), "wrong_type", "hours.mon[0]"),
        (monday(["09:00", 17]), "wrong_type", "hours.mon[0]"),
        (monday(["9:00", "17:00"]), "bad_time", "hours.mon[0]"),
        (monday(["09:00", "24:01"]), "bad_time", "hours.mon[0]"),
        (monday(["09:60", "10:00"]), "bad_time", "hours.mon[0]"),
        (monday(["٠٩:٠٠", "10:00"]), "bad_time", "hours.mon[0]"),
        (monday(["24:00", "06:00"]), "bad_time", "hours.mon[0]"),
        (monday(["09:00", "09:00"]), "zero_length", "hours.mon[0]"),
        (monday(["13:00", "17:00"], ["09:00", "13:01"]), "overlap", "hours.mon"),
        (monday(["22:00", "06:00"], ["23:00", "24:00"]), "overlap", "hours.mon"),
        ({"holidays": "2026-10-01"}, "wrong_type", "holidays"),
        ({"holidays": ["2026-10-01", "2026-02-30"]}, "bad_date", "holidays[1]"),
        ({"holidays": ["20261001"]}, "bad_date", "holidays[0]"),
        ({"holidays": [None]}, "wrong_type", "holidays[0]"),
        ({"workdays": ["2026-10-10"]}, "wrong_type", "workdays"),
        ({"workdays": {"2026-10-10": "Monday"}}, "unknown_weekday", "workdays.2026-10-10"),
        ({"workdays": {"10 Oct": "mon"}}, "bad_date", "workdays"),
        ({"special": {"2026-02-16": [["12:00", "12:00"]]}}, "zero_length", "special.2026-02-16[0]"),
        ({"special": {"2026-02-16": None}}, "wrong_type", "special.2026-02-16"),
        ({"holiday": ["2026-10-01"]}, "unknown_key", "holiday"),
    ],
)
def test_a_bad_calendar_is_refused_with_a_code_and_a_place(change, code, field):
    """SLA-02"""
    with pytest.raises(CalendarError) as refused:
        Calendar.from_json(GOOD | change)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize("key", ["timezone", "hours"])
def test_a_missing_key_is_named(key):
    with pytest.raises(CalendarError) as refused:
        Calendar.from_json({name: value for name, value in GOOD.items() if name != key})
    assert (refused.value.code, refused.value.field) == ("missing_key", key)


@pytest.mark.parametrize("data", [None, [], "UTC", 7])
def test_anything_but_an_object_is_refused(data):
    with pytest.raises(CalendarError) as refused:
        Calendar.from_json(data)
    assert refused.value.code == "wrong_type"


def test_the_sentence_names_place_and_value():
    with pytest.raises(CalendarError, match=r"hours\.mon\[0\]: '9:00' is not a time of day") as refused:
        Calendar.from_json(GOOD | monday(["9:00", "17:00"]))
    assert refused.value.params == {"value": "9:00"}


def test_an_error_survives_pickling():
    error = CalendarError("overlap", "hours.mon", first="09:00–12:00", second="11:00–13:00")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert (str(again), again.params) == (str(error), error.params)


def test_touching_intervals_and_any_order_are_allowed():
    """SLA-02"""
    swapped = Calendar.from_json(GOOD | monday(["12:00", "17:00"], ["09:00", "12:00"]))
    assert swapped.hours[0] == ((540, 720), (720, 1020))


def test_midnight_is_written_as_24_hours_at_the_end_of_a_day():
    """SLA-02: 22:00–00:00 and 22:00–24:00 are the same hours."""
    late = Calendar.from_json(GOOD | monday(["22:00", "00:00"]))
    assert late == Calendar.from_json(GOOD | monday(["22:00", "24:00"]))
    assert late.to_json()["hours"]["mon"] == [["22:00", "24:00"]]


def test_hours_across_midnight_are_written_as_they_were_read():
    """SLA-02"""
    night = Calendar.from_json(GOOD | monday(["22:00", "06:00"]))
    assert night.hours[0] == ((1320, 1800),)
    assert night.to_json()["hours"]["mon"] == [["22:00", "06:00"]]


def test_a_weekday_without_an_entry_is_closed():
    """SLA-02"""
    assert Calendar.from_json(GOOD).hours[1:] == ((),) * 6
