"""Time strips: what became of each piece of time, to scale where it counted, and readable where it did not (SLA-41)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from web.strips import COUNTING, GAPS, MOST_PIECES, RANK, Mark, Stretch, Strip, kind_words, make_strip

MONDAY = datetime(2026, 11, 16, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
HOURS = timedelta(hours=1)


def stretches(*parts: tuple[str, float], start: datetime = MONDAY) -> list[Stretch]:
    """Contiguous stretches, from (kind, hours)."""
    found, at = [], start
    for kind, hours in parts:
        end = at + hours * HOURS
        found.append(Stretch(at, end, kind, f"{kind}: x"))
        at = end
    return found


def strip(*parts: tuple[str, float], marks: tuple[Mark, ...] = ()) -> Strip:
    return make_strip("s", stretches(*parts), marks, label="x", words=kind_words())


def widths(found: Strip) -> list[float]:
    return [round(piece.width, 1) for piece in found.pieces]


def test_what_lasted_equally_long_is_equally_wide() -> None:
    found = strip(("counted", 2), ("outside", 1), ("counted", 1))
    assert widths(found) == [50, 25, 25]
    assert [piece.x for piece in found.pieces] == [0, 50, 75]
    assert not found.is_shortened


def test_a_night_is_drawn_shorter_so_that_counted_time_keeps_half_of_the_width() -> None:
    found = strip(("counted", 1), ("outside", 14), ("counted", 1))
    assert widths(found) == [25, 50, 25]
    assert found.is_shortened
    assert [piece.shows_break for piece in found.pieces] == [False, True, False]


def test_only_what_is_long_is_shortened() -> None:
    """A lunch break stays to scale beside a week of waiting."""
    found = strip(("counted", 4), ("outside", 1.5), ("counted", 4), ("paused", 168))
    assert [piece.share < 1 for piece in found.pieces] == [False, False, False, True]
    assert widths(found) == [25, 9.4, 25, 40.6]


def test_what_lies_ahead_never_crowds_out_what_has_passed() -> None:
    found = strip(("counted", 1), ("ahead", 400))
    assert widths(found) == [25, 75]


def test_marks_stand_where_their_instant_is_and_outside_of_the_strip_are_left_out() -> None:
    marks = tuple(Mark(MONDAY + hours * HOURS, "warning", "x") for hours in (1, 9, -1))
    found = strip(("counted", 2), ("outside", 2), marks=marks)
    assert [mark.x for mark in found.marks] == [25]


def test_the_legend_names_each_kind_once_with_its_real_length() -> None:
    found = strip(("counted", 1), ("outside", 14), ("counted", 1))
    assert [(key.kind, key.length) for key in found.legend] == [("counted", 2 * HOURS), ("outside", 14 * HOURS)]
    assert found.patterns == ["outside"]


def test_holidays_with_the_nights_between_them_are_one_piece() -> None:
    """A feast of a week; what it is made of stays in its title and in the legend."""
    week = [("holiday", 9), ("outside", 15)] * 7
    found = strip(("counted", 5), ("outside", 15), *week, ("counted", 5))
    assert [piece.stretch.kind for piece in found.pieces] == ["counted", "outside", "holiday", "outside", "counted"]
    assert "holiday 63 h" in found.pieces[2].stretch.title
    assert {key.kind: key.length for key in found.legend}["holiday"] == 63 * HOURS


def test_a_very_long_cycle_is_drawn_day_by_day() -> None:
    days = [("counted", 3), ("outside", 1.5), ("counted", 4.5), ("outside", 15)] * 100
    found = strip(*days)
    assert len(found.pieces) == 101 < MOST_PIECES
    assert found.pieces[0].stretch.title.startswith("Nov 16: counted 7 h 30 m")
    assert {tick.day for tick in found.axes["wide"]} == {""}, "then the axis shows dates, no times"
    assert "Nov 16" in {tick.text for tick in found.axes["wide"]}


def test_a_day_is_named_once_below_the_first_of_its_times() -> None:
    with timezone.override("Asia/Shanghai"):
        found = strip(("counted", 3), ("outside", 1.5), ("counted", 4.5), ("outside", 15), ("counted", 3))
    assert [(tick.text, tick.day) for tick in found.axes["wide"]] == [
        ("09:00", "Nov 16"),
        ("12:00", ""),
        ("18:00", ""),  # 13:30 has no room beside 12:00
        ("09:00", "Nov 17"),
        ("12:00", ""),
    ]
    assert len(found.axes["narrow"]) < len(found.axes["wide"])


def test_nothing_makes_an_empty_strip() -> None:
    found = strip()
    assert (found.pieces, found.axes) == ([], {})


parts = st.lists(st.tuples(st.sampled_from(RANK[:8]), st.floats(0.001, 400, allow_nan=False)), min_size=1, max_size=400)


@given(parts)
def test_pieces_fill_the_width_in_order_and_none_is_lost(given_parts: list[tuple[str, float]]) -> None:
    found = strip(*given_parts)
    assert found.pieces[0].x == 0
    for left, right in pairwise(found.pieces):
        assert left.stretch.end == right.stretch.start
        assert right.x == pytest.approx(left.x + left.width, abs=0.01)
    last = found.pieces[-1]
    assert last.x + last.width == pytest.approx(100, abs=0.01)
    assert all(piece.width > 0 for piece in found.pieces)


@given(parts)
def test_counted_time_is_never_pressed_below_half_of_the_rest(given_parts: list[tuple[str, float]]) -> None:
    found = strip(*given_parts[:100])
    counted = sum(piece.width for piece in found.pieces if piece.stretch.kind in COUNTING)
    if any(kind in COUNTING for kind, _hours in given_parts[:100]):
        assert counted >= 50 - 0.5 * len(found.pieces) - 0.1, "but for what would else be too narrow to see"


@given(parts)
def test_labels_keep_their_distance(given_parts: list[tuple[str, float]]) -> None:
    found = strip(*given_parts)
    for name, ticks in found.axes.items():
        assert all(right.x - left.x >= GAPS[name] for left, right in pairwise(ticks))
