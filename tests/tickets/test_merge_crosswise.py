"""Two people merge two requests into each other at the same moment: one of them goes on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from tests.cast import MONDAY, Cast
from tickets import services
from tickets.errors import ActError, Invalid
from tickets.models import Ticket

TIMES = 5


@pytest.mark.django_db(transaction=True)
def test_one_of_two_requests_merged_crosswise_stays_open(cast: Cast) -> None:
    for _ in range(TIMES):
        pair = (cast.submit(), cast.submit())
        barrier = Barrier(2)

        def merge(gone: Ticket, into: Ticket, barrier: Barrier = barrier) -> bool:
            try:
                barrier.wait(timeout=10)
                services.merge(gone, by=cast.zhou, at=MONDAY, into=into)
            except (Invalid, ActError):
                return False
            finally:
                connection.close()
            return True

        with ThreadPoolExecutor(2) as pool:
            done = list(pool.map(merge, pair, reversed(pair)))
        assert sorted(done) == [False, True]
        assert [cast.fresh(ticket).is_open for ticket in pair].count(True) == 1


def test_what_was_closed_meanwhile_is_no_place_to_go_on(cast: Cast) -> None:
    gone, into = cast.submit(), cast.submit()
    services.withdraw(cast.fresh(into), by=cast.chen, at=MONDAY)
    with pytest.raises(Invalid, match="into"):
        services.merge(gone, by=cast.zhou, at=MONDAY, into=into)
    assert cast.fresh(gone).is_open
