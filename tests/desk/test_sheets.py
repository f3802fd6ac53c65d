"""Tables as CSV and XLSX: what each unit becomes (SLA-61)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.http import HttpResponse
from django.utils import timezone

from desk import sheets
from desk.sheets import Column, Table, Unit, csv_answer, workbook
from tests.desk.read_sheets import read_csv, read_xlsx

MOMENT = datetime(2026, 11, 16, 2, 30, tzinfo=UTC)  # 10:30 in Shanghai
ROW: tuple[Any, ...] = ("華信", 1234, 4.5, 14 / 15, 100 * 3600 + 65, date(2026, 11, 16), MOMENT)
COLUMNS = [Column(unit.value, unit) for unit in Unit]


def xlsx(*tables: Table) -> dict[str, list[list[Any]]]:
    return read_xlsx(HttpResponse(workbook(tables, [("Scope", "everything")])))


def test_a_csv_says_what_a_person_would_and_spreadsheets_read_back() -> None:
    """Shares in per cent, durations h:mm:ss, moments as ISO in the reader's zone, with its offset."""
    with timezone.override(ZoneInfo("Asia/Shanghai")):
        lines = read_csv(csv_answer(Table("x", "X", COLUMNS, [ROW, [None] * 7]), "x"))
    assert lines[1] == ["華信", "1234", "4.50", "93.33%", "100:01:05", "2026-11-16", "2026-11-16 10:30:00+08:00"]
    assert lines[2] == [""] * 7


def test_an_xlsx_holds_numbers_and_dates_not_their_words() -> None:
    """A duration is a part of a day, a moment is a date of the reader's zone."""
    with timezone.override(ZoneInfo("Asia/Shanghai")):
        row = xlsx(Table("x", "X", COLUMNS, [ROW]))["X"][1]
    assert row[:3] == ["華信", 1234, 4.5]
    assert row[3] == pytest.approx(14 / 15)
    assert row[4] * 86_400 == pytest.approx(100 * 3600 + 65)
    day = (date(2026, 11, 16) - date(1899, 12, 30)).days
    assert row[5:] == [day, pytest.approx(day + 10.5 / 24)]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_no_text_becomes_a_formula(text: str) -> None:
    """In neither kind of file."""
    table = Table("x", "X", [Column("t")], [[text]])
    assert read_csv(csv_answer(table, "x"))[1] == [f"'{text}"]
    assert isinstance(xlsx(table)["X"][1][0], str)


def test_sheets_have_names_that_workbooks_allow_each_once() -> None:
    """At most 31 letters, none of the signs that are forbidden."""
    tables = [
        Table("x", title, [Column("t")], []) for title in ("a/b: [c]?*\\", "Long " * 10, "Long " * 10, "", "about")
    ]
    names = list(xlsx(*tables))
    assert len({name.casefold() for name in names}) == 6
    assert all(0 < len(name) <= 31 and not set(name) & set("[]:*?/\\") for name in names)


def test_what_a_workbook_is_about_stands_first_with_the_notes_of_its_tables() -> None:
    """So that a sheet that is passed on can be understood."""
    about = xlsx(Table("x", "X", [Column("t")], [], note="what counts"))["About"]
    assert about[1:] == [["Scope", "everything"], ["X", "what counts"]]


def test_a_list_that_is_too_long_for_a_sheet_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left out silently."""
    monkeypatch.setattr(sheets, "MOST_ROWS", 3)
    rows = xlsx(Table("x", "X", [Column("t")], ([str(number)] for number in range(9))))["X"]
    assert [row[0] for row in rows[1:]] == ["0", "1", "2", "The list goes on; take the CSV file for all of it."]
