"""Pages that begin after a row instead of at a count, so that the thousandth costs as much as the first."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

PAGE, MAX_PAGE = 50, 200
MAX_ID = 2**63 - 1


def _instant(text: object) -> datetime:
    found = parse_datetime(text) if isinstance(text, str) else None
    if found is None or found.tzinfo is None:
        raise ValueError
    return found


def _number(number: object) -> int:
    if not isinstance(number, int) or isinstance(number, bool) or not -MAX_ID <= number <= MAX_ID:
        raise ValueError
    return number


def _text(text: object) -> str:
    if not isinstance(text, str) or "\x00" in text:
        raise ValueError
    return text


@dataclass(frozen=True)
class Order:
    """An order in which a list can be asked for; ties go by id, in the same direction.

    Attributes:
        nullable: rows without a value come last.
    """

    name: str
    field: str
    descending: bool = False
    nullable: bool = False
    parse: Callable[[object], Any] = _instant


BY_ID = Order("id", "pk", parse=_number)
NEWEST = Order("-id", "pk", descending=True, parse=_number)
BY_NAME = Order("name", "name", parse=_text)
NEWEST_VERSION = Order("-number", "number", descending=True, parse=_number)
BY_POSITION = Order("position", "position", parse=_number)
BY_SEQ = Order("seq", "seq", parse=_number)
DUE = Order("due", "due_at", nullable=True)
CHANGED = Order("-changed", "changed_at", descending=True)


@dataclass(frozen=True)
class Place:
    """The row a page begins after."""

    value: Any
    pk: int


class Keyset(BasePagination):
    """`limit` rows after `cursor`, in the view's `order`; `next` in the answer is the address of the page after it."""

    def paginate_queryset(self, queryset: Any, request: Request, view: APIView | None = None) -> list[Any]:
        """The rows of the page that is asked for.

        Raises:
            ValidationError: at `limit` or `cursor`.
        """
        order: Order = view.order()  # type: ignore[union-attr]
        size = _size(request)
        found = rows(queryset, order, _after(request, order), size + 1)
        page = found[:size]
        self.next = _link(request, order, page[-1]) if len(found) > size else None
        return page

    def get_paginated_response(self, data: Any) -> Response:
        """The page and where to go on."""
        return Response({"next": self.next, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """What the above looks like."""
        link = {"type": "string", "format": "uri", "nullable": True, "description": "The next page."}
        return {
            "type": "object",
            "required": ["next", "results"],
            "properties": {"next": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[Any]:
        """The parameters of every list."""
        size = {"type": "integer", "minimum": 1, "maximum": MAX_PAGE, "default": PAGE}
        return [
            {"name": "limit", "in": "query", "required": False, "schema": size, "description": "Rows per page."},
            {
                "name": "cursor",
                "in": "query",
                "required": False,
                "schema": {"type": "string"},
                "description": "Where to go on; taken from `next`.",
            },
        ]


def _size(request: Request) -> int:
    given = request.query_params.get("limit", "")
    if not given:
        return PAGE
    if not given.isascii() or not given.isdecimal() or len(given) > 9 or int(given) < 1:
        raise ValidationError({"limit": [_("Please write a number.")]})
    return min(int(given), MAX_PAGE)


def _after(request: Request, order: Order) -> Place | None:
    given = request.query_params.get("cursor", "")
    if not given:
        return None
    try:
        name, value, pk = json.loads(base64.urlsafe_b64decode(given.encode("ascii")))
        if name != order.name or (value is None and not order.nullable):
            raise ValueError
        return Place(None if value is None else order.parse(value), _number(pk))
    except (ValueError, TypeError, RecursionError, binascii.Error):
        raise ValidationError({"cursor": [_("This cursor can't be used here.")]}) from None


def _link(request: Request, order: Order, row: Any) -> str:
    value = getattr(row, order.field)
    shown = value.isoformat() if isinstance(value, datetime) else value
    cursor = base64.urlsafe_b64encode(json.dumps([order.name, shown, row.pk]).encode()).decode()
    return replace_query_param(request.build_absolute_uri(), "cursor", cursor)


def rows(queryset: QuerySet[Any], order: Order, after: Place | None, count: int) -> list[Any]:
    """At most `count` rows in this order, from after a place on.

    Rows without a value are asked for in a second query, once those with one are used up: so each of the two is a range
    of an index.
    """
    if not order.nullable:
        return list(_beyond(queryset, order, after)[:count])
    found: list[Any] = []
    if after is None or after.value is not None:
        found = list(_beyond(queryset.filter(**{f"{order.field}__isnull": False}), order, after)[:count])
    if len(found) < count:
        blank = queryset.filter(**{f"{order.field}__isnull": True}).order_by("pk")
        if after is not None and after.value is None:
            blank = blank.filter(pk__gt=after.pk)
        found += blank[: count - len(found)]
    return found


def _beyond(queryset: QuerySet[Any], order: Order, after: Place | None) -> QuerySet[Any]:
    sign, word = ("-", "lt") if order.descending else ("", "gt")
    ordered = queryset.order_by(f"{sign}{order.field}", *([] if order.field == "pk" else [f"{sign}pk"]))
    if after is None:
        return ordered
    tie = Q(**{f"{order.field}__{word}": after.value}) | Q(**{f"pk__{word}": after.pk})
    return ordered.filter(tie, **{f"{order.field}__{word}e": after.value})
