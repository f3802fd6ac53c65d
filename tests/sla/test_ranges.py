"""Long work is cut into ranges of ids: in order, none left out, whatever order the database likes to answer in."""

from __future__ import annotations

import pytest
from django.db import connection

from sla.services.records import ranges
from tests.cast import Cast
from tickets.models import Ticket


@pytest.mark.parametrize("size", [1, 7, 10, 100])
def test_ranges_hold_every_id_once_and_in_order(cast: Cast, size: int) -> None:
    """Also where the planner would rather hash than sort, as it does once it has statistics."""
    known = [cast.submit(service=cast.reset).pk for _ in range(23)]
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tickets_ticket")
        cursor.execute("SET LOCAL enable_sort = off; SET LOCAL enable_incremental_sort = off")
    found = ranges(Ticket.objects.filter(pk__gt=0), "pk", size)
    assert found == sorted(found)
    held = [[pk for pk in known if first <= pk <= last] for first, last in found]
    assert [pk for part in held for pk in part] == known
    assert [len(part) for part in held] == [size] * (23 // size) + [23 % size] * bool(23 % size)


def test_no_rows_make_no_ranges(cast: Cast) -> None:
    assert ranges(Ticket.objects.all(), "pk", 10) == []
