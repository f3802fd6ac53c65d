"""`Idempotency-Key` where no request is made: twins that come at the same moment, and keys of long ago."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from django.db import connection

from accounts.models import User
from accounts.roles import Role
from api.errors import KeyUsed
from api.models import KeyedCall
from api.once import once
from sla.models import WorkingCalendar
from tests.cast import MONDAY, Cast
from tests.sla.kit import DAYS

NOW = MONDAY


@pytest.mark.django_db(transaction=True)
def test_of_twins_that_come_at_once_one_makes_it() -> None:
    person = User.objects.create(email="ma@desk.test", name="Ma", role=Role.MANAGER)
    key, together = uuid4(), Barrier(4)

    def call(number: int) -> tuple[int, bool]:
        together.wait()
        try:
            return once(key, "x", by=person, at=NOW, make=lambda: WorkingCalendar.objects.create(name=f"K{number}"))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(call, range(4)))
    made = WorkingCalendar.objects.get()
    assert {pk for pk, _ in found} == {made.pk}
    assert sorted(is_new for _, is_new in found) == [False, False, False, True]


def test_what_failed_is_not_remembered(cast: Cast) -> None:
    key = uuid4()

    def fail() -> WorkingCalendar:
        WorkingCalendar.objects.create(name="half")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        once(key, "x", by=cast.ma, at=NOW, make=fail)
    assert not WorkingCalendar.objects.filter(name="half").exists()
    _pk, is_new = once(key, "x", by=cast.ma, at=NOW, make=lambda: WorkingCalendar.objects.create(name="whole"))
    assert is_new


def test_a_key_is_of_one_act_and_one_person(cast: Cast) -> None:
    key = uuid4()
    once(key, "x", by=cast.ma, at=NOW, make=lambda: WorkingCalendar.objects.create(name="one"))
    with pytest.raises(KeyUsed):
        once(key, "y", by=cast.ma, at=NOW, make=WorkingCalendar)
    _pk, is_new = once(key, "y", by=cast.root, at=NOW, make=lambda: WorkingCalendar.objects.create(name="two"))
    assert is_new


def test_a_key_is_remembered_for_a_day(cast: Cast) -> None:
    key = uuid4()

    def call(name: str, at: datetime) -> tuple[int, bool]:
        return once(key, "x", by=cast.ma, at=at, make=lambda: WorkingCalendar.objects.create(name=name))

    first, _is_new = call("one", NOW)
    assert call("two", NOW + DAYS - timedelta(seconds=1)) == (first, False)
    second, is_new = call("three", NOW + DAYS)
    assert is_new
    assert KeyedCall.objects.get().made == second
