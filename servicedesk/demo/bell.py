"""Who has read what: everybody looks at the bell now and then, so that only the latest is unread."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from notifications.services import mark_read
from servicedesk.demo.clockwork import Story
from servicedesk.demo.people import Person
from servicedesk.demo.world import World

EVERY = timedelta(days=14)
STAFF_LAST, CLIENTS_LAST = 60, 320  # working minutes before now


def readers(world: World) -> Iterator[Story]:
    """One story per person."""
    for person in world.cast.said.values():
        yield _reads(world, person)


def _reads(world: World, person: Person) -> Story:
    last = world.desk.before(world.now, CLIENTS_LAST if person.role.is_client else STAFF_LAST)
    at: datetime = world.since + EVERY
    while at < last:
        yield at
        mark_read(world.user(person), at)
        at += EVERY
    yield last
    mark_read(world.user(person), last)
