"""Waits for a date end by themselves, whatever else happens to other requests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from tests.cast import MONDAY, Cast
from tickets import services
from tickets.models import Ticket
from tickets.services import waiting
from tickets.states import Wait

UNTIL = MONDAY + timedelta(hours=2)


def _waits(cast: Cast) -> Ticket:
    ticket = cast.in_execution()
    return services.wait(ticket, by=cast.zhou, at=MONDAY, wait_for=Wait.DATE, until=UNTIL)


def test_one_that_fails_keeps_nobody_else_waiting(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    poisoned, other = _waits(cast), _waits(cast)
    end_wait = waiting.end_wait

    def failing(ticket: Ticket, **how: Any) -> None:
        if ticket.pk == poisoned.pk:
            raise ValueError("a calendar without working time")
        end_wait(ticket, **how)

    monkeypatch.setattr(waiting, "end_wait", failing)
    assert services.end_waits_until(UNTIL) == 1
    assert cast.fresh(poisoned).wait == Wait.DATE
    assert not cast.fresh(other).wait


@pytest.mark.django_db(transaction=True)
def test_one_that_somebody_works_on_is_left_to_the_next_look(cast: Cast) -> None:
    ticket = _waits(cast)
    other = connection.copy()
    try:
        with transaction.atomic(), other.cursor() as cursor:
            other.set_autocommit(False)
            cursor.execute("SELECT 1 FROM tickets_ticket WHERE id = %s FOR UPDATE", [ticket.pk])
            assert services.end_waits_until(UNTIL) == 0
    finally:
        other.rollback()
        other.close()
    assert services.end_waits_until(UNTIL) == 1
