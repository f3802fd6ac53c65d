"""Statements that are put together once and then only filled in: for those that every page makes.

Django takes longer to write a small statement than the database to answer it. `prepared` writes it the first time and
keeps it; what is looked for is put in each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import F, Lookup, Model, QuerySet, Value, prefetch_related_objects
from django.db.models.sql.compiler import SQLCompiler

P = ParamSpec("P")
Row = TypeVar("Row")


@dataclass(frozen=True)
class _Place:
    """Where a value goes. Nothing can be asked of it, so that no statement depends on what is put in later."""

    number: int

    def __bool__(self) -> bool:
        raise TypeError("A prepared statement can't depend on its values; say what it depends on by keyword.")


class _Statement:
    """A statement with places for its values, of one connection.

    Two methods of Django's are replaced on objects of its own, and two attributes of a queryset are read that have no
    public name; `tests/accounts/test_prepared.py` notices when a new version has them otherwise.
    """

    def __init__(self, found: QuerySet[Any]) -> None:
        self._found = found
        self._compiler: SQLCompiler = found.query.get_compiler(using=found.db)
        self._sql, self._parameters = self._compiler.as_sql()
        # The rows are made of the answer as ever, by the compiler that wrote the statement; only it is not asked again.
        found.query.get_compiler = lambda *_, **__: self._compiler  # type: ignore[method-assign]

    def rows(self, values: tuple[Any, ...]) -> list[Any]:
        """What is found for these values."""
        if None in values:
            raise TypeError("A prepared statement can't look for None.")
        filled = tuple(values[each.number] if isinstance(each, _Place) else each for each in self._parameters)
        self._compiler.as_sql = lambda *_, **__: (self._sql, filled)  # type: ignore[method-assign]
        iterable: Any = self._found._iterable_class
        rows: list[Any] = list(iterable(self._found))
        if rows and (related := self._found._prefetch_related_lookups):  # type: ignore[attr-defined]
            prefetch_related_objects(rows, *related)
        return rows


def prepared(build: Callable[P, QuerySet[Any, Row]]) -> Callable[P, list[Row]]:
    """Turn a function that says what is looked for into one that finds it.

    The arguments by place are values of the statement (numbers, texts, instants; never None); those by keyword decide
    how it reads, and each combination of them is kept by itself. The function may depend on nothing else.

    Raises:
        TypeError: the statement depends on a value, or a value is None, which nothing equals.
    """

    @wraps(build)
    def found(*values: P.args, **ways: P.kwargs) -> list[Row]:
        kept: dict[Any, _Statement] = vars(connections[DEFAULT_DB_ALIAS]).setdefault("prepared_statements", {})
        key = (build, *ways.items())
        if key not in kept:
            places = (Value(_Place(number)) for number in range(len(values)))
            kept[key] = _Statement(build(*places, **ways))  # type: ignore[arg-type]  # places stand for the values
        return kept[key].rows(values)

    return found


def gather(row: Model, name: str, rows: list[Any]) -> None:
    """Give a row what belongs to it under a name, as `prefetch_related` does, so that nobody asks for it again."""
    found = getattr(row, name).all()
    found._result_cache, found._prefetch_done = rows, True
    vars(row).setdefault("_prefetched_objects_cache", {})[name] = found


class OneOf(Lookup[Any]):
    """Whether a key is one of some numbers: as `__in`, but all of them are one parameter, whatever their number. As
    thousands of parameters they took Django longer than the whole search took the database.

    Args:
        keys: as `array_of` writes them, or the place of a prepared statement where such a text goes.
    """

    prepare_rhs = False

    def __init__(self, column: str, keys: Any) -> None:
        super().__init__(F(column), keys)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """The column compared to an array."""
        column, parameters = self.process_lhs(compiler, connection)
        keys = self.rhs.value if isinstance(self.rhs, Value) else self.rhs
        return f"{column} = ANY(%s::bigint[])", [*parameters, keys]


def array_of(keys: Iterable[int]) -> str:
    """Numbers as PostgreSQL reads an array of them."""
    return "{" + ",".join(map(str, keys)) + "}"
