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

    def beyond(self, place: str, *, backwards: bool) -> Q:
        """The requests on the far side of a place; none of them for a place that can't be read."""
        at, pk = self.parsed(place)
        if pk is None:
            return Q(pk__in=[])
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


def _above(field: str, at: Any, pk: int) -> Q:
    if at is None:
        return Q(**{f"{field}__isnull": True}, pk__gt=pk)
    return Q(**{f"{field}__gt": at}) | Q(**{field: at}, pk__gt=pk) | Q(**{f"{field}__isnull": True})


def _below(field: str, at: Any, pk: int) -> Q:
    if at is None:
        return Q(**{f"{field}__isnull": False}) | Q(pk__lt=pk)
    return Q(**{f"{field}__lte": at}) & (Q(**{f"{field}__lt": at}) | Q(pk__lt=pk))


@dataclass(frozen=True)
class Page:
    """A stretch of a list, and the places where its neighbours begin; empty where there is none."""

    rows: list[Ticket]
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
    """The page after or before a place, or the first one. One query; the rows come in the list's order.

    Args:
        parts: where given, the list is what these have together, each of them a part of `tickets` with an index of
            its own; the page is put together from the first rows of each.
    """
    backwards = bool(before) and not after
    place = before if backwards else after

    def stretch(found: TicketQuerySet) -> TicketQuerySet:
        ordered = found.order_by(*order.expressions(backwards=backwards))
        return (ordered.filter(order.beyond(place, backwards=backwards)) if place else ordered)[: size + 1]

    found = parts[0] if len(parts) == 1 else tickets
    if len(parts) > 1:
        begin, *others = (stretch(part).values("pk") for part in parts)
        found = tickets.filter(pk__in=begin.union(*others))
    rows = list(stretch(found))
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
