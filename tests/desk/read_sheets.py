"""Reads back what `desk.sheets` writes, with the standard library alone."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from typing import Any
from xml.etree import ElementTree

from django.http import HttpResponse

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
Rows = list[list[Any]]


def read_csv(answer: Any) -> list[list[str]]:
    """The lines of a CSV answer, heads first."""
    assert answer["Content-Type"].startswith("text/csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def read_xlsx(answer: HttpResponse) -> dict[str, Rows]:
    """The rows of each sheet by its name; numbers are floats, empty cells None."""
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        names = [sheet.attrib["name"] for sheet in _parsed(book, "xl/workbook.xml").iter(f"{_MAIN}sheet")]
        return {
            name: _rows(_parsed(book, f"xl/worksheets/sheet{number}.xml")) for number, name in enumerate(names, start=1)
        }


def _parsed(book: zipfile.ZipFile, path: str) -> ElementTree.Element:
    return ElementTree.fromstring(book.read(path))  # noqa: S314 - our own file


def _rows(sheet: ElementTree.Element) -> Rows:
    found: Rows = []
    for row in sheet.iter(f"{_MAIN}row"):
        cells: list[Any] = []
        for cell in row.iter(f"{_MAIN}c"):
            place = _place(cell.attrib["r"])
            cells += [None] * (place - len(cells)) + [_value(cell)]
        found.append(cells)
    return found


def _place(name: str) -> int:
    letters, place = re.match(r"[A-Z]+", name), 0
    for letter in letters[0] if letters else "":
        place = place * 26 + ord(letter) - 64
    return place - 1


def _value(cell: ElementTree.Element) -> Any:
    if cell.attrib.get("t") == "inlineStr":
        return "".join(part.text or "" for part in cell.iter(f"{_MAIN}t"))
    value = cell.find(f"{_MAIN}v")
    return None if value is None else float(value.text or "0")
