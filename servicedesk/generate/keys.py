"""Indexes and constraints taken down while much is written, and put back afterwards exactly as they were."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.db import connection

Run = Callable[[list[str]], None]
"""Does statements that don't need each other; perhaps several at a time."""

_INDEXES = """
    SELECT index.relname, pg_get_indexdef(index.oid), coalesce(mark.conname, '') FROM pg_index
    JOIN pg_class AS index ON index.oid = indexrelid JOIN pg_class AS owner ON owner.oid = indrelid
    LEFT JOIN pg_constraint AS mark ON mark.conindid = indexrelid AND mark.contype IN ('u', 'p')
    WHERE owner.relname = ANY(%s) AND NOT indisprimary AND pg_get_indexdef(index.oid) NOT LIKE '%%= ANY (%%' ORDER BY 1
"""
# Those over states stay: PostgreSQL words their condition differently when it reads it back, and they are small.
_UNIQUE = "SELECT conname, conrelid::regclass::text FROM pg_constraint WHERE contype = 'u' AND conname = ANY(%s)"
_FOREIGN = """
    SELECT conname, conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s) ORDER BY 1
"""
_EVERYTHING = """
    SELECT 'constraint', conname, conrelid::regclass::text, pg_get_constraintdef(oid), convalidated::text
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL
    SELECT 'index', indexname, tablename, indexdef, '' FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL
    SELECT 'trigger', tgname, tgrelid::regclass::text, pg_get_triggerdef(oid), tgenabled::text
    FROM pg_trigger WHERE NOT tgisinternal
"""


class Index(NamedTuple):
    """One index; `constraint` is the unique constraint that it stands for, if it does."""

    name: str
    definition: str
    constraint: str


class Foreign(NamedTuple):
    """One reference to another table."""

    name: str
    table: str
    definition: str


@contextmanager
def taken_down(tables: Iterable[str], run: Run) -> Iterator[None]:
    """Without secondary indexes and references for the time of the block.

    Raises:
        AssertionError: something is not back as it was.
    """
    names = list(tables)
    before = _everything()
    indexes, foreign = _rows(_INDEXES, Index, names), _rows(_FOREIGN, Foreign, names)
    unique = dict(_asked(_UNIQUE, [[index.constraint for index in indexes if index.constraint]]))
    _take_down(indexes, foreign, unique)
    try:
        yield
    finally:
        _put_back(indexes, foreign, unique, run)
    if _everything() != before:
        raise AssertionError(f"Not everything is back as it was: {sorted(before ^ _everything())}")


def _take_down(indexes: list[Index], foreign: list[Foreign], unique: dict[str, str]) -> None:
    with connection.cursor() as cursor:
        for reference in foreign:
            cursor.execute(f'ALTER TABLE {reference.table} DROP CONSTRAINT "{reference.name}"')
        for name, table in unique.items():
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for index in indexes:
            if not index.constraint:
                cursor.execute(f'DROP INDEX "{index.name}"')


def _put_back(indexes: list[Index], foreign: list[Foreign], unique: dict[str, str], run: Run) -> None:
    """Indexes first, several at a time; then what is made of them; then references, checked against the rows."""
    run([index.definition for index in indexes])
    run([f'ALTER TABLE {table} ADD CONSTRAINT "{name}" UNIQUE USING INDEX "{name}"' for name, table in unique.items()])
    # Named and checked apart: naming needs both tables for a moment, checking takes long but shares them.
    with connection.cursor() as cursor:
        for reference in foreign:
            cursor.execute(
                f'ALTER TABLE {reference.table} ADD CONSTRAINT "{reference.name}" {reference.definition} NOT VALID'
            )
    run([f'ALTER TABLE {reference.table} VALIDATE CONSTRAINT "{reference.name}"' for reference in foreign])


def _everything() -> set[tuple[Any, ...]]:
    return set(_asked(_EVERYTHING, []))


def _rows(question: str, shape: Callable[..., Any], tables: list[str]) -> list[Any]:
    return [shape(*row) for row in _asked(question, [tables])]


def _asked(question: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
