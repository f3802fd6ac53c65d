"""The requests of the last ninety days: when they come, from whom, about what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from random import Random

from servicedesk.demo.course import draw
from servicedesk.demo.people import MAIN_AGENT, Person
from servicedesk.demo.story import Life
from servicedesk.demo.world import World, fitting_scenarios, is_overloaded

ASKED_FOR = {
    "application-fault": 27,
    "access": 22,
    "data-service": 14,
    "consulting": 8,
    "change": 8,
    "training": 6,
    "site": 11,
    "complaint": 5,
}
BY_WEEKDAY = (1.4, 1.1, 1.0, 1.0, 0.85, 0.12, 0.09)
DAY_OFF = 0.1  # of a usual day, when it is a public holiday
BY_HOUR = (0.4, 0.2, 0.2, 0.2, 0.3, 0.5, 1, 3, 9, 14, 13, 9, 4, 8, 11, 10, 8, 6, 3, 2, 1.5, 1, 0.8, 0.5)
TWIN_WITHIN = timedelta(hours=30)


def lives(world: World, count: int, seed: int) -> Iterator[Life]:
    """So many requests in the order in which they come; a duplicate knows the request it repeats."""
    rng = Random(f"{seed} past")  # noqa: S311 - demonstration data, no secrets
    drawn = sorted(_arrivals(world, count, rng), key=lambda pair: (pair[0], pair[1].key))
    earlier: dict[tuple[str, str], Life] = {}
    for place, (at, client) in enumerate(drawn):
        life = _life(world, client, at, Random(f"{seed} past {place}"))  # noqa: S311 - the same
        twin = (client.language, life.scenario.service)
        original = earlier.get(twin)
        if original and at - original.begins < TWIN_WITHIN and original.client in world.cast.colleagues(client):
            life.original = original
        earlier[twin] = life
        yield life


def _arrivals(world: World, count: int, rng: Random) -> list[tuple[datetime, Person]]:
    contacts = world.cast.contacts()
    clients = rng.choices(contacts, [person.weight for person in contacts], k=count)
    return [(_arrival(world, client, rng), client) for client in clients]


def _arrival(world: World, client: Person, rng: Random) -> datetime:
    """An instant by the habits of the client's place, drawn anew until it lies in the simulated time."""
    hours = world.hours_of(client)
    while True:
        day = world.since + timedelta(days=rng.uniform(0, (world.now - world.since).days + 1))
        local = datetime.combine(day.astimezone(hours.zone).date(), time(), hours.zone)
        hour = rng.choices(range(24), BY_HOUR)[0]
        at = (local + timedelta(hours=hour, seconds=rng.randrange(3600))).astimezone(UTC)
        weight = BY_WEEKDAY[local.weekday()]
        if local.weekday() < 5 and not hours.is_working_day(at):
            weight *= DAY_OFF
        elif not world.desk.is_working_day(at):
            weight *= 0.5
        if world.since <= at < world.now and rng.random() * max(BY_WEEKDAY) < weight:
            return at


def _life(world: World, client: Person, at: datetime, rng: Random) -> Life:
    while True:
        service = rng.choices(list(ASKED_FOR), list(ASKED_FOR.values()))[0]
        fitting = fitting_scenarios(service, client.language)
        if fitting:
            break
    expert = service == "consulting" or rng.random() < 0.35
    owner = world.pick_owner(rng, service, client.language, expert=expert)
    burden = 1.6 if is_overloaded(owner) else 1.15 if owner.key == MAIN_AGENT else 1.0
    return Life(
        world=world,
        scenario=rng.choice(fitting),
        client=client,
        owner=owner,
        course=draw(rng, progress=world.progress(at), burden=burden),
        begins=at,
        rng=rng,
    )
