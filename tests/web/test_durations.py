"""Durations as people write them, read and written to the second."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django import forms
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from web.durations import DurationField, read_duration
from web.words import exact_words

SECONDS = {
    "30 min": 1800,
    "30m": 1800,
    "2 h": 7200,
    "1 h 30 m": 5400,
    "1h30m": 5400,
    "1.5 h": 5400,
    "1,5 hours": 5400,
    "45 s": 45,
    "48:00": 172800,
    "0:30": 1800,
    "48:00:15": 172815,
    "2 小时 30 分": 9000,
    "2小時30分鐘": 9000,
    "3 天": 259200,
    "1 d 2 h": 93600,
}


@pytest.mark.parametrize(("text", "seconds"), SECONDS.items())
def test_usual_ways_of_writing_are_read(text: str, seconds: int) -> None:
    assert read_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "text", ["", "30", "h", "two hours", "1:75", "-5 m", "5 m and more", "1/2 h", "0.1 s", "3 fortnights"]
)
def test_what_has_no_meaning_or_no_unit_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the message is for developers
        read_duration(text)


@given(st.integers(0, 10**8), st.sampled_from(["en", "zh-hans", "zh-hant"]))
def test_what_is_written_can_be_read_back_exactly(seconds: int, language: str) -> None:
    with translation.override(language):
        assert read_duration(exact_words(seconds)) == timedelta(seconds=seconds)


def test_the_field_says_what_is_wrong_and_shows_what_it_holds() -> None:
    field = DurationField()
    assert field.prepare_value(timedelta(minutes=90)) == "1 h 30 m"
    assert field.clean(" 2 h ") == timedelta(hours=2)
    for text in ("30", "9" * 30 + " d"):
        with pytest.raises(forms.ValidationError):
            field.clean(text)
