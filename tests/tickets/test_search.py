"""Full-text search that finds Chinese and Latin words (R-082)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import MONDAY, Cast
from tickets import services
from tickets.models import Ticket
from tickets.search import search_query, tokens


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("报表系统登录后白屏", "白屏"),
        ("报表系统登录后白屏", "报表"),
        ("报表系统登录后白屏", "屏"),
        ("报表系统登录后白屏", "登录后白屏"),
        ("報表系統登錄後白屏", "報表系統"),
        ("接口返回502错误", "502"),
        ("接口返回502错误", "接口 错误"),
        ("Quarterly access review for Berlin", "berlin"),
        ("Quarterly access review for Berlin", "quart"),
        ("Mail to anna.meyer@nordwind.example bounced", "anna.meyer@nordwind.example"),
        ("Mail to anna.meyer@nordwind.example bounced", "nordwind"),
        ("ＦＵＬＬ　ｗｉｄｔｈ", "full"),
        ("Straße gesperrt", "strasse"),
    ],
)
def test_what_was_written_is_found(cast: Cast, text: str, question: str) -> None:
    ticket = cast.submit(subject=text)
    assert list(Ticket.objects.matching(question, internal=False)) == [ticket]


@pytest.mark.parametrize("question", ["白屏幕", "系统报表", "berlin", "", "   ", "!!! ---", "'", "\\", "a' | 'b", ":*"])
def test_what_was_not_written_is_not_found(cast: Cast, question: str) -> None:
    cast.submit(subject="报表系统登录后白屏", description="nothing else here")
    assert not Ticket.objects.matching(question, internal=True).exists()


@pytest.mark.parametrize("typed", ["{number}", "{short}", "{digits}", "sd {digits}"])
def test_a_number_is_found_as_people_say_it(cast: Cast, typed: str) -> None:
    ticket = cast.submit()
    short = ticket.number.rsplit("-", 1)[1]
    question = typed.format(number=ticket.number.lower(), short=short, digits=short.lstrip("0"))
    assert ticket in Ticket.objects.matching(question, internal=False)


def test_replies_and_file_names_are_found(cast: Cast) -> None:
    ticket = cast.submit()
    services.reply(ticket, by=cast.zhou, at=MONDAY, body="证书已经更换 certificate")
    for question in ("证书", "certificate"):
        assert Ticket.objects.matching(question, internal=False).exists()


@pytest.mark.parametrize(("few", "many"), [(10, -1), (0, 1000), (1, 1000), (2, 1000), (10, 1000)])
def test_few_and_many_are_found_alike(cast: Cast, monkeypatch: pytest.MonkeyPatch, few: int, many: int) -> None:
    """Few are looked up by their ids, many are filtered: who sees what, and what is internal, is the same."""
    monkeypatch.setattr("tickets.search.FEW", few)
    monkeypatch.setattr("tickets.search.MANY", many)
    first, second = cast.submit(subject="打印机 printer"), cast.submit(subject="Printers are out of paper")
    cast.submit(subject="something else")
    foreign = cast.submit(by=cast.stranger, subject="printer")
    services.note(first, by=cast.zhou, at=MONDAY, body="toner")
    everything = Ticket.objects.order_by("pk")
    assert list(everything.matching("print", internal=False)) == [first, second, foreign]
    assert list(everything.visible_to(cast.chen).matching("print", internal=False)) == [first, second]
    assert list(everything.matching("toner", internal=True)) == [first]
    assert not everything.matching("toner", internal=False).exists()


@given(st.text(max_size=60))
def test_any_text_gives_a_valid_question(text: str) -> None:
    """Nothing somebody types can break the query language."""
    query = search_query(text)
    assert query.count("(") == query.count(")")
    assert all(token for token in tokens(text))


@given(st.text(alphabet="报表系统登录白屏", min_size=2, max_size=12), st.data())
def test_every_piece_of_a_chinese_text_is_among_its_words(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text) - 2))
    assert text[start : start + 2] in tokens(text)
