"""`manage.py generate`: what COPY writes is what the services would have written, only faster."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import AutoField

from accounts.models import Organisation, Team, User
from servicedesk.generate.columns import COLUMNS, check_columns
from servicedesk.generate.loading import NotEmpty, generate
from servicedesk.generate.wish import Wish
from sla.models import CalendarVersion, Clock
from sla.services import rebuild
from sla.services.defaults import ensure_defaults
from sla.services.ladder import ladder_of
from sla.services.pins import agreed_spec
from sla.services.published import published_calendar
from tickets.models import Message, Ticket

NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
WISH = Wish(requests=60, seed=52, now=NOW, open_share=0.4)


def fill(wish: Wish = WISH) -> list[str]:
    said: list[str] = []
    generate(wish, processes=0, tell=said.append)
    return said


def test_the_same_seed_and_instant_make_the_same_data(db: None) -> None:
    first, second = printed(WISH), printed(WISH)
    assert first == second
    assert first != printed(Wish(requests=60, seed=4, now=NOW, open_share=0.4))


def printed(wish: Wish) -> dict[str, str]:
    """A digest of every table after a load, which is then forgotten."""
    with transaction.atomic(), ids_from_one():
        fill(wish)
        found = {model._meta.db_table: digest_of(model._meta.db_table) for model in apps.get_models()}
        transaction.set_rollback(True)
    return found


@contextmanager
def ids_from_one() -> Iterator[None]:
    """As in a new database. What is remembered by id is forgotten, since these ids belong to others outside."""
    with connection.cursor() as cursor:
        for model in apps.get_models():
            key = model._meta.pk
            if isinstance(key, AutoField) and not model._default_manager.exists():
                cursor.execute(f'ALTER TABLE {model._meta.db_table} ALTER COLUMN "{key.column}" RESTART')
    for remembers in (agreed_spec, published_calendar, ladder_of):
        remembers.cache_clear()
    yield
    for remembers in (agreed_spec, published_calendar, ladder_of):
        remembers.cache_clear()


def digest_of(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT row::text FROM "{table}" AS row ORDER BY 1')  # noqa: S608
        return hashlib.sha256("\n".join(row for (row,) in cursor.fetchall()).encode()).hexdigest()


def test_indexes_constraints_and_triggers_are_back(db: None) -> None:
    """`keys.taken_down` compares everything before and after; here that it took something down at all."""
    said = fill()
    assert any("create index" in words or "create unique" in words for words in said)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_constraint WHERE NOT convalidated")
        assert cursor.fetchone() == (0,)


def test_a_calm_desk_has_one_running_clock_for_each_request_and_nothing_due(db: None) -> None:
    fill(Wish(requests=60, seed=52, now=NOW, years=0.02, calm=True))
    assert Clock.objects.unfinished().count() == Ticket.objects.open().count() == 60
    assert not Clock.objects.filter(next_check_at__lt=NOW + timedelta(days=20)).exists()
    assert list(rebuild.verify(Ticket.objects.all())) == []


def test_base_data_that_prepare_made_give_way(db: None) -> None:
    """A calendar gets a version for each of the ten years, which one that is there already would not allow."""
    ensure_defaults(NOW)
    fill()
    assert CalendarVersion.objects.filter(calendar__name="Office hours").count() == 11
    assert not Clock.objects.filter(pin__calendar_version=None).exists()


def test_an_installation_with_people_in_it_is_left_alone(db: None) -> None:
    User.objects.create(email="somebody@desk.test", name="Somebody", role="manager")
    with pytest.raises(NotEmpty):
        fill()
    assert not Organisation.objects.exists()


def test_what_fails_half_way_leaves_nothing(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("servicedesk.generate.making.notices_of", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        fill()
    assert not User.objects.exists()
    assert not Team.objects.exists()
    assert not Message.objects.exists()


def test_all_columns_of_the_models_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """A model with a new column is noticed at the first load, not by somebody who wonders."""
    check_columns()
    monkeypatch.setitem(COLUMNS, "sla_pin", ["id"])
    with pytest.raises(LookupError, match="sla_pin"):
        check_columns()


def test_the_command_says_what_it_made(db: None) -> None:
    out = StringIO()
    call_command("generate", requests=20, seed=1, now="2026-11-20T10:30+08:00", open_share=0.5, processes=0, stdout=out)
    assert "20 requests (" in out.getvalue()
    assert Ticket.objects.count() == 20


@pytest.mark.parametrize("wrong", [{"now": "yesterday"}, {"requests": 0}, {"open_share": 2.0}])
def test_the_command_refuses_what_makes_no_sense(db: None, wrong: dict[str, Any]) -> None:
    with pytest.raises(CommandError):
        call_command("generate", **{"requests": 20, "processes": 0, **wrong})
