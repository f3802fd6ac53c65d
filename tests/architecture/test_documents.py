"""Documents that are made from the code say what the code says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.urls import Resolver404, resolve

from api.acts import WAYS
from tickets.workflow import document

ROOT = Path(__file__).resolve().parents[2]
COVERAGE = ROOT / "docs" / "coverage.md"

# "SLA-50", "SLA-50…SLA-53", "SLA-10 to SLA-20", "SLA-50, 51": a number, then more of them.
NAMED = re.compile(r"\b(SLA|R)(-\d{2,3}(?:(?:…|,\s|\sto\s)(?:\1-)?\d{2,3}\b)*)")
RULE = re.compile(r"\bSLA-\d+\b")
QUOTED = re.compile(r"`([^`]+)`")


def test_the_workflow_document_is_up_to_date() -> None:
    """Run `manage.py workflow_document` after a change of the workflow."""
    assert (ROOT / "docs" / "workflow.md").read_text(encoding="utf-8") == document()


def test_every_path_the_documents_name_exists() -> None:
    rooms = "accounts|notifications|tickets|sla|quality|web|portal|desk|api|jobs|servicedesk|tests|docs|script"
    named = re.compile(rf"`((?:{rooms})/[\w./-]+)`")
    wrong = {
        f"{page.name}: {path}"
        for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
        for path in named.findall(page.read_text(encoding="utf-8"))
        if not (ROOT / path.rstrip("/")).exists()
    }
    assert not wrong


# --- what is covered --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """A line of a table in docs/coverage.md: the number it is about, and its cells by the names of their columns."""

    number: str
    cells: dict[str, str]

    @property
    def tests(self) -> list[str]:
        """The files of its column "test"."""
        return QUOTED.findall(self.cells["test"])


def cells_of(line: str) -> list[str]:
    """The texts between the bars of a line."""
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def rows() -> Iterator[Row]:
    """Every row of both tables."""
    heads: list[str] = []
    for line in COVERAGE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("|"):
            heads = []
        elif not heads:
            heads = cells_of(line)
        elif not line.startswith("|---"):
            cells = dict(zip(heads, cells_of(line), strict=True))
            yield Row(cells[heads[0]].split()[0], cells)


def place_of(number: str) -> tuple[str, int]:
    """A number such as "SLA-07" as ("SLA", 7), so that it can be compared with those of a range."""
    letters, _, digits = number.partition("-")
    return letters, int(digits)


def numbers_in(text: str) -> set[tuple[str, int]]:
    """Every number a text names, each one of a range too."""
    found = set()
    for letters, named in NAMED.findall(text):
        last = 0
        for joint, digits in re.findall(r"(…|to\s)?(?:[A-Z]+-)?(\d+)", named):
            first = last + 1 if joint else int(digits)
            last = int(digits)
            found |= {(letters, number) for number in range(first, last + 1)}
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pauses: SLA-17, SLA-18.", {17, 18}),
        ("SLA-50…SLA-52, whatever happens", {50, 51, 52}),
        ("SLA-10…12, 31, 32: for any life", {10, 11, 12, 31, 32}),
        ("SLA-10 to SLA-12, SLA-32.", {10, 11, 12, 32}),
        ("SLA-12: 24 h first response, 72 h resolution", {12}),
        ("SLA-03: on Sunday 28", {3}),
        ("R-046, SLA-51: 30 minutes", {51}),
        ("SLA-05, 3 hours", {5}),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, expected: set[int]) -> None:
    assert {number for letters, number in numbers_in(text) if letters == "SLA"} == expected


def test_the_tables_are_in_order_and_each_number_is_there_once() -> None:
    numbers = [row.number for row in rows()]
    assert len(numbers) > 70
    assert numbers == sorted(set(numbers))


def test_every_test_of_a_row_is_a_file_with_tests() -> None:
    wrong = [f"{row.number}: {path}" for row in rows() for path in row.tests if not is_test_file(path)]
    without = [row.number for row in rows() if not row.tests]
    assert (wrong, without) == ([], [])


def is_test_file(path: str) -> bool:
    """Whether there is such a file and it holds a test."""
    return path.startswith("tests/") and (ROOT / path).is_file() and "def test_" in (ROOT / path).read_text()


def test_every_test_of_a_row_names_it() -> None:
    """A number in a test says that the test shows it; a file that doesn't name the row proves nothing about it."""
    wrong = [
        f"{row.number} is not named in {path}"
        for row in rows()
        for path in row.tests
        if is_test_file(path) and place_of(row.number) not in numbers_in((ROOT / path).read_text(encoding="utf-8"))
    ]
    assert wrong == []


def test_every_rule_of_the_clocks_that_is_named_anywhere_has_a_row() -> None:
    """By its own number; what only lies within a range may never have been given."""
    known = {row.number for row in rows()}
    named = {
        number
        for room in ("sla", "tests", "desk", "portal", "api", "web", "tickets", "quality", "notifications")
        for path in (ROOT / room).rglob("*.py")
        if path != Path(__file__).resolve()
        for number in RULE.findall(path.read_text(encoding="utf-8"))
    }
    assert named - known == set()


def test_every_address_of_a_row_leads_somewhere() -> None:
    """Pages, endpoints below `/api/v1`, and acts of requests; `<…>` stands for some number."""
    wrong = [
        f"{row.number}: {said}"
        for row in rows()
        for column, before in (("in the browser", ""), ("in the API", "/api/v1"))
        for said in QUOTED.findall(row.cells.get(column, ""))
        if not (leads_somewhere(before, said) if "/" in said else said in WAYS or said.startswith("manage.py "))
    ]
    assert wrong == []


def leads_somewhere(before: str, said: str) -> bool:
    """Whether "/desk/" or "GET /requests/<number>/?q=" is an address of the product."""
    path = before + re.sub(r"<\w+>", "1", said.split()[-1]).partition("?")[0]
    try:
        found = resolve(path)
    except Resolver404:
        return False
    return found.url_name not in (None, "nothing-here")  # the places where nothing else fits
