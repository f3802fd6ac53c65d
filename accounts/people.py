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

    def expect(self, rows: Iterable[Any], *columns: str) -> None:
        """Rows, and which of their foreign keys name people."""
        for row in rows:
            for column in columns:
                key: int | None = getattr(row, f"{column}_id")
                if key is not None:
                    self._expected.append((row, column, key))

    def arrive(self) -> None:
        """Everybody comes to their rows. At most one query."""
        missing = {key for _row, _column, key in self._expected} - self._known.keys()
        if missing:
            self._known |= {person.pk: person for person in _people(array_of(missing))}
        for row, column, key in self._expected:
            setattr(row, column, self._known[key])
        self._expected.clear()


@prepared
def _people(keys: str) -> QuerySet[User]:
    return User.objects.filter(OneOf("pk", keys)).order_by()
