"""Tables as files: CSV, and XLSX with a sheet per table, of the very numbers that a page shows (SLA-61)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import xlsxwriter
from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

BOM = "\ufeff"  # so that spreadsheets read the file as UTF-8
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 50_000  # in one sheet: beyond, the answer would take too long; a CSV has no limit
_SECONDS_PER_DAY = 86_400


class Unit(StrEnum):
    """What a column holds."""

    TEXT = "text"
    COUNT = "count"
    NUMBER = "number"
    SHARE = "share"  # 0 to 1
    SECONDS = "seconds"
    DAY = "day"
    MOMENT = "moment"


@dataclass(frozen=True)
class Column:
    """A column: its head, and what is in it."""

    label: str
    unit: Unit = Unit.TEXT


@dataclass(frozen=True)
class Table:
    """Named columns with rows of raw values; None is an empty cell. `note` says what the numbers mean."""

    key: str
    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    note: str = ""


# --- CSV ---------------------------------------------------------------------------------------------


def csv_answer(table: Table, name: str) -> StreamingHttpResponse:
    """The table as a CSV file, sent while it is read."""
    answer = StreamingHttpResponse(csv_lines(table), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


class _Echo:
    """A file that hands each line on instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def csv_lines(table: Table) -> Iterator[str]:
    """The lines: heads first. Shares are per cent, durations h:mm:ss, moments those of the reader's zone."""
    writer: Any = csv.writer(_Echo())
    yield BOM + writer.writerow([column.label for column in table.columns])
    for row in table.rows:
        cells = zip(table.columns, row, strict=True)
        yield writer.writerow(["" if value is None else _AS_TEXT[column.unit](value) for column, value in cells])


def plain(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _hours(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


_AS_TEXT: dict[Unit, Callable[[Any], str]] = {
    Unit.TEXT: lambda value: plain(str(value)),
    Unit.COUNT: str,
    Unit.NUMBER: lambda value: f"{value:.2f}",
    Unit.SHARE: lambda value: f"{value * 100:.2f}%",
    Unit.SECONDS: _hours,
    Unit.DAY: lambda value: str(value.isoformat()),
    Unit.MOMENT: lambda value: timezone.localtime(value).isoformat(sep=" ", timespec="seconds"),
}


# --- XLSX --------------------------------------------------------------------------------------------

_FORMATS = {
    Unit.COUNT: "0",
    Unit.NUMBER: "0.00",
    Unit.SHARE: "0.0%",
    Unit.SECONDS: "[h]:mm:ss",
    Unit.DAY: "yyyy-mm-dd",
    Unit.MOMENT: "yyyy-mm-dd hh:mm:ss",
}
_WIDTHS = {Unit.TEXT: 30, Unit.MOMENT: 20}
_USUAL_WIDTH = 13


def xlsx_answer(tables: Sequence[Table], name: str, about: Sequence[tuple[str, str]]) -> HttpResponse:
    """A workbook: what it is about first, then a sheet per table."""
    answer = HttpResponse(workbook(tables, about), content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return answer


def workbook(tables: Sequence[Table], about: Sequence[tuple[str, str]]) -> bytes:
    """The file. `about` are lines of a name and what it says; the notes of the tables come below them."""
    held = io.BytesIO()
    book = xlsxwriter.Workbook(held, {"constant_memory": True, "remove_timezone": True, "in_memory": False})
    bold = book.add_format({"bold": True, "bottom": 1})
    formats = {unit: book.add_format({"num_format": code}) for unit, code in _FORMATS.items()}
    names = _sheet_names([_("About"), *(table.title for table in tables)])
    lines = [*about, *((title, table.note) for title, table in zip(names[1:], tables, strict=True))]
    _write(book.add_worksheet(names[0]), _about_table(lines), bold, formats)
    for title, table in zip(names[1:], tables, strict=True):
        _write(book.add_worksheet(title), table, bold, formats)
    book.close()
    return held.getvalue()


def _about_table(lines: Sequence[tuple[str, str]]) -> Table:
    return Table("about", _("About"), (Column(_("What")), Column(_("Says"))), lines)


def _sheet_names(titles: Sequence[str]) -> list[str]:
    """Names that a workbook allows: without its signs, at most 31 letters, each once."""
    found: list[str] = []
    for title in titles:
        name = re.sub(r"[\[\]:*?/\\']", " ", title).strip()[:31] or "1"
        number = 2
        while name.casefold() in {other.casefold() for other in found}:
            name = f"{name[:28]} {number}"
            number += 1
        found.append(name)
    return found


def _write(sheet: Any, table: Table, bold: Any, formats: dict[Unit, Any]) -> None:
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, _WIDTHS.get(column.unit, max(_USUAL_WIDTH, len(column.label) + 2)))
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, column.label, bold)
    sheet.freeze_panes(1, 0)
    for line, row in enumerate(table.rows, start=1):
        if line > MOST_ROWS:
            sheet.write_string(line, 0, _("The list goes on; take the CSV file for all of it."))
            break
        for place, (column, value) in enumerate(zip(table.columns, row, strict=True)):
            _write_cell(sheet, line, place, value, column.unit, formats)


def _write_cell(sheet: Any, line: int, place: int, value: Any, unit: Unit, formats: dict[Unit, Any]) -> None:
    if value is None:
        return
    if unit is Unit.TEXT:
        sheet.write_string(line, place, str(value))  # never a formula
    elif unit in (Unit.DAY, Unit.MOMENT):
        sheet.write_datetime(line, place, _local(value), formats[unit])
    else:
        sheet.write_number(line, place, value / _SECONDS_PER_DAY if unit is Unit.SECONDS else value, formats[unit])


def _local(value: date | datetime) -> date:
    """A day, or a moment as the reader's clock shows it: a spreadsheet knows no zones."""
    return timezone.localtime(value).replace(tzinfo=None) if isinstance(value, datetime) else value
