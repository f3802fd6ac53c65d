"""The bar of a clock: what it says in words, and for those who see."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.cast import MONDAY
from web import parts
from web.words import due_words

TARGET = 7200


def bar(counted: float, *, stopped: bool = False, label: str = "Resolution", href: str = "") -> str:
    due = MONDAY + timedelta(hours=2)
    said = due_words(due, MONDAY, stopped=due + timedelta(hours=1) if stopped else None)
    return parts.clock_bar(label, said, counted=counted, target=TARGET, is_settled=stopped, href=href)


def test_an_open_clock_has_a_bar_that_is_read_out() -> None:
    shown = bar(3000)
    assert 'max="7200" value="3000" aria-label="Resolution: 50 m of 2 h used"' in shown
    assert "/ 2 h</span>" in shown


def test_a_bar_is_never_longer_than_its_target_but_the_words_say_how_long_it_was() -> None:
    assert 'value="7200" aria-label="Resolution: 2 h 30 m of 2 h used"' in bar(9000)


def test_a_settled_clock_says_what_it_took() -> None:
    shown = bar(9000, stopped=True)
    assert "<progress" not in shown
    assert '<span class="clock-bar-target">2 h 30 m</span> <span class="clock-bar-target">/ 2 h</span>' in shown


@pytest.mark.parametrize(("href", "tag"), [("/x?a=1&b", 'a href="/x?a=1&amp;b"'), ("", "div")])
def test_it_is_a_link_where_there_is_something_to_open(href: str, tag: str) -> None:
    shown = bar(60, label="<b>", href=href)
    assert shown.startswith(f'<{tag} class="clock-bar">')
    assert "&lt;b&gt;" in shown
    assert "<b>" not in shown
