"""Loading the demonstration data: all of it or nothing, the same for the same seed and instant."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from accounts.models import User
from notifications.services import delivery_held
from quality.models import Survey
from quality.services.surveys import ensure_questions
from servicedesk.demo import agreements, bell, catalogue, past, people, present
from servicedesk.demo.clockwork import Clockwork
from servicedesk.demo.hours import COUNTRIES, Hours
from servicedesk.demo.people import SHANGHAI
from servicedesk.demo.world import World
from sla.services.defaults import ensure_defaults
from tickets.models import Message, Ticket
from tickets.services.catalogue import ensure_priority_matrix

DAYS = 90
OPEN_SHARE = 0.5  # of a small load, so that there is a past as well


class NotEmpty(Exception):
    """There are people already; demonstration data never mix with anybody's own."""


@dataclass(frozen=True)
class Figures:
    """What was made."""

    requests: int
    open: int
    late: int
    messages: int
    surveys: int


def load(*, seed: int, requests: int, now: datetime) -> Figures:
    """Make everything up to `now`.

    One transaction: a load that is interrupted leaves an empty installation, and the next one begins anew.

    Raises:
        NotEmpty: there are people in the database.
    """
    now = now.replace(microsecond=0)
    with transaction.atomic(), delivery_held():
        if User.objects.exists():
            raise NotEmpty
        world = _stage(now)
        opened = min(len(present.WISHES), int(requests * OPEN_SHARE))
        clockwork = Clockwork(until=now)
        clockwork.add(life.tell() for life in past.lives(world, requests - opened, seed))
        clockwork.add(life.tell() for life in present.lives(world, opened, seed))
        clockwork.add(agreements.stories(world.cast, now))
        clockwork.add(bell.readers(world))
        with _in_haste():
            clockwork.run()
            agreements.ask(world.cast, now)
        return _figures(now)


def _stage(now: datetime) -> World:
    since = now - timedelta(days=DAYS)
    founded = since - timedelta(days=200)
    ensure_priority_matrix()
    ensure_defaults(now)
    ensure_questions()
    cast = people.make(founded)
    services = catalogue.make(cast)
    agreements.make(cast, founded, now)
    hours = {zone: Hours.of(zone, now) for zone in COUNTRIES}
    return World(cast=cast, services=services, hours=hours, desk=hours[SHANGHAI], since=since, now=now)


@contextmanager
def _in_haste() -> Iterator[None]:
    """Spare what a long load doesn't need.

    Nobody gathers statistics on rows that are not committed, so plans for small tables and compiled ones are ruled out;
    and nearly nothing that is made lives in a cycle, so the collector would search for garbage in vain.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL jit = off")
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _figures(now: datetime) -> Figures:
    return Figures(
        requests=Ticket.objects.count(),
        open=Ticket.objects.open().count(),
        late=Ticket.objects.late(now).count(),
        messages=Message.objects.count(),
        surveys=Survey.objects.filter(answered_at__isnull=False).count(),
    )
