"""Orders for keyset pagination (`desk.paging.page_of`) of rows that no moment sorts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q
from django.db.models.expressions import OrderBy

LONGEST = 19  # digits of an id


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < LONGEST else None


@dataclass(frozen=True)
class ById:
    """By id alone; `falling` puts the newest first."""

    falling: bool = False

    def place_of(self, row: Any) -> str:
        """Where a row stands, as an address carries it."""
        return str(row.pk)

    def expressions(self, *, backwards: bool) -> list[OrderBy]:
        """What the database sorts by."""
        return [F("pk").desc() if self.falling != backwards else F("pk").asc()]

    def beyond(self, place: str, *, backwards: bool) -> list[Q]:
        """The rows on the far side of a place; none for a place that can't be read."""
        pk = _id(place)
        if pk is None:
            return []
        return [Q(pk__lt=pk) if self.falling != backwards else Q(pk__gt=pk)]


@dataclass(frozen=True)
class FlipsFirst:
    """What flips, then the rest, each by id (the index `changes_flips_first`)."""

    def place_of(self, row: Any) -> str:
        """Where a row stands."""
        return f"{int(row.flips)}_{row.pk}"

    def expressions(self, *, backwards: bool) -> list[OrderBy]:
        """What the database sorts by."""
        if backwards:
            return [F("flips").asc(), F("pk").desc()]
        return [F("flips").desc(), F("pk").asc()]

    def beyond(self, place: str, *, backwards: bool) -> list[Q]:
        """The rows on the far side of a place, in stretches; none for a place that can't be read."""
        flips, _underscore, text = place.partition("_")
        pk = _id(text)
        if pk is None or flips not in ("0", "1"):
            return []
        if backwards:
            before = Q(flips=flips == "1", pk__lt=pk)
            return [before] if flips == "1" else [before, Q(flips=True)]
        after = Q(flips=flips == "1", pk__gt=pk)
        return [after, Q(flips=False)] if flips == "1" else [after]
