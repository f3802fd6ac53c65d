"""The people that the rows of a page name, looked up together: one query instead of a join for each of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from accounts.prepared import OneOf, array_of, prepared


class People:
    """Who is known by now, and which rows still wait for theirs.

    Rows are announced with `expect` as they are read; `arrive` looks up everybody who is not known yet and puts them
    where they belong. A row that names nobody stays as it is.
    """

    def __init__(self, *known: User | None) -> None:
        self._known = {person.pk: person for person in known if person is not None}
        self._expected: list[tuple[Any, str, int]] = []
        self._named: set[int] = set()

    def expect(self, rows: Iterable[Any], *columns: str) -> None:
        """Rows, and which of their foreign keys name people; whoever is with a row already is known from now on."""
        for row in rows:
            for column in columns:
                key: int | None = getattr(row, f"{column}_id")
                if key is None:
                    continue
                if (here := row._state.fields_cache.get(column)) is not None:
                    self._known[key] = here
                else:
                    self._expected.append((row, column, key))

    def expect_named(self, keys: Iterable[int]) -> None:
        """Those whose names alone are wanted: see `name`."""
        self._named.update(keys)

    def name(self, key: int) -> str:
        """The name of somebody who has arrived; empty if there is nobody with this key."""
        return self._known[key].name if key in self._known else ""

    def arrive(self) -> None:
        """Everybody comes to their rows. At most one query."""
        missing = (self._named | {key for _row, _column, key in self._expected}) - self._known.keys()
        if missing:
            self._known |= {person.pk: person for person in _people(array_of(missing))}
        for row, column, key in self._expected:
            setattr(row, column, self._known[key])
        self._expected.clear()


@prepared
def _people(keys: str) -> QuerySet[User]:
    return User.objects.filter(OneOf("pk", keys)).order_by()
