"""Keyset pagination: a page costs the same wherever in the list it lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import F, Q
from django.db.models.expressions import OrderBy

from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet


@dataclass(frozen=True)
class Order:
    """An order by one moment and then by id.

    Attributes:
        field: the moment; without one a request comes last.
        falling: newest first; for moments that every request of the list has.
    """

    field: str
    falling: bool = False

    def place_of(self, ticket: Ticket) -> str:
        """Where a request stands in this order, as an address carries it."""
        at: datetime | None = getattr(ticket, self.field)
        return f"{at.astimezone(UTC):%Y%m%dT%H%M%S.%f}_{ticket.pk}" if at else f"-_{ticket.pk}"

    def expressions(self, *, backwards: bool) -> list[OrderBy]:
        """What the database sorts by."""
        if self.falling != backwards:
            return [F(self.field).desc(nulls_first=backwards or None), F("pk").desc()]
        return [F(self.field).asc(nulls_last=True), F("pk").asc()]

    def beyond(self, place: str, *, backwards: bool) -> list[Q]:
        """The requests on the far side of a place, as stretches that follow one another, each of them a range of the
        index; none for a place that can't be read."""
        at, pk = self.parsed(place)
        if pk is None:
            return []
        return _below(self.field, at, pk) if self.falling != backwards else _above(self.field, at, pk)

    def parsed(self, place: str) -> tuple[Any, int | None]:
        """The moment and the id of a place; no id where it can't be read."""
        return _parsed(place)


@dataclass(frozen=True)
class NumberOrder(Order):
    """An order by one number and then by id."""

    def place_of(self, ticket: Any) -> str:
        """Where a row stands in this order."""
        return f"{float(getattr(ticket, self.field))!r}_{ticket.pk}"

    def parsed(self, place: str) -> tuple[Any, int | None]:
        """The number and the id of a place; no id where it can't be read."""
        number, _, pk = place.partition("_")
        try:
            return float(number), _key(pk)
        except ValueError:
            return None, None


BY_DUE = Order("due_at")
BY_END = Order("closed_at", falling=True)
BY_CHANGE = Order("changed_at", falling=True)


def _parsed(place: str) -> tuple[datetime | None, int | None]:
    at, _, pk = place.partition("_")
    key = _key(pk)
    if key is None or at == "-":
        return None, key
    try:
        return datetime.strptime(at, "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC), key
    except ValueError:
        return None, None


def _key(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _above(field: str, at: Any, pk: int) -> list[Q]:
    """What comes later, then what has no moment."""
    blank = Q(**{f"{field}__isnull": True})
    if at is None:
        return [blank & Q(pk__gt=pk)]
    return [Q(**{f"{field}__gte": at}) & (Q(**{f"{field}__gt": at}) | Q(pk__gt=pk)), blank]


def _below(field: str, at: Any, pk: int) -> list[Q]:
    """What comes earlier; from a place without a moment first the others without one."""
    if at is None:
        return [Q(**{f"{field}__isnull": True}, pk__lt=pk), Q(**{f"{field}__isnull": False})]
    return [Q(**{f"{field}__lte": at}) & (Q(**{f"{field}__lt": at}) | Q(pk__lt=pk))]


@dataclass(frozen=True)
class Page:
    """A stretch of a list, and the places where its neighbours begin; empty where there is none. Rows are what the
    queryset yields."""

    rows: list[Any]
    previous: str
    following: str


def page_of(
    tickets: TicketQuerySet,
    order: Order,
    *,
    parts: Sequence[TicketQuerySet] = (),
    after: str = "",
    before: str = "",
    size: int = 50,
) -> Page:
    """The page after or before a place, or the first one; the rows come in the list's order. One query, and one more
    where a page holds the last rows with a moment and the first without one.

    Args:
        parts: where given, the list is what these have together, each of them a part of `tickets` with an index of
            its own; the page is put together from the first rows of each.
    """
    backwards = bool(before) and not after
    place = before if backwards else after

    rows: list[Any] = []
    for stretch in order.beyond(place, backwards=backwards) if place else [Q()]:
        if len(rows) <= size:
            rows += _first(tickets, stretch, order.expressions(backwards=backwards), parts, size + 1 - len(rows))
    is_more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    if not rows:
        return Page([], "", "")
    first, last = order.place_of(rows[0]), order.place_of(rows[-1])
    return Page(
        rows,
        previous=first if (is_more if backwards else bool(after)) else "",
        following=last if (bool(before) if backwards else is_more) else "",
    )


def _first(
    tickets: TicketQuerySet, stretch: Q, ordered: list[OrderBy], parts: Sequence[TicketQuerySet], count: int
) -> TicketQuerySet:
    """The first rows of a stretch: of one index, or merged from those of each part."""

    def begin(found: TicketQuerySet) -> TicketQuerySet:
        return found.filter(stretch).order_by(*ordered)[:count]

    if len(parts) > 1:
        one, *others = (begin(part).values("pk") for part in parts)
        return tickets.filter(pk__in=one.union(*others)).order_by(*ordered)[:count]
    return begin(parts[0] if parts else tickets)
