"""Who is there before the first request: clients, our people in their teams; and what they work with."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import pairwise
from random import Random

from django.contrib.auth.hashers import make_password

from accounts.models import Accent, Organisation, Team, Tier, User
from accounts.roles import Role
from quality.services.surveys import ensure_questions
from servicedesk.generate import names
from servicedesk.generate.levels import forget_defaults, make_levels
from servicedesk.generate.services import make_services, said
from servicedesk.generate.wish import Wish
from tickets.services.catalogue import ensure_priority_matrix
from web.demo import DEMO_DOMAIN, DEMO_PASSWORD

ABROAD = ("Europe/Berlin", "Europe/London", "America/New_York", "Asia/Hong_Kong", "Asia/Taipei")
SHANGHAI = "Asia/Shanghai"
CHINESE_SHARE = 0.64
TEAM_SIZE = 18
SIZE_FLAT = 4  # the larger, the less the first clients stand out


def make_stage(wish: Wish) -> None:
    """Everything but the requests, through the models."""
    rng = Random(f"{wish.seed} stage")  # noqa: S311 - no secrets
    forget_defaults()
    ensure_priority_matrix()
    ensure_questions()
    organisations = _make_organisations(wish, rng)
    _make_people(wish, rng, organisations)
    teams = _make_teams(wish, rng)
    make_services(teams)
    make_levels(wish)


def _make_organisations(wish: Wish, rng: Random) -> list[Organisation]:
    """The first are the largest, and rather the strategic ones."""
    count = wish.organisations
    codes = ["zh" if rng.random() < CHINESE_SHARE else "en" for _ in range(count)]
    accents = list(Accent)
    return Organisation.objects.bulk_create(
        Organisation(
            name=names.client(code, codes[:place].count(code)),
            tier=_tier(place / count, rng),
            accent=accents[place % len(accents)],
            created_at=wish.since,
        )
        for place, code in enumerate(codes)
    )


def _tier(rank: float, rng: Random) -> Tier:
    weights = [6, 30, 64] if rank > 0.2 else [40, 40, 20]
    return rng.choices([Tier.STRATEGIC, Tier.IMPORTANT, Tier.STANDARD], weights)[0]


def _make_people(wish: Wish, rng: Random, organisations: list[Organisation]) -> None:
    people = [*_staff(wish, rng), *_clients(wish, rng, organisations)]
    User.objects.bulk_create(_signing_in(people, wish), batch_size=2000)


def _staff(wish: Wish, rng: Random) -> Iterator[User]:
    for number, role in enumerate(_staff_roles(wish), start=1):
        code = "zh" if rng.random() < CHINESE_SHARE else "en"
        yield _person(wish, names.person(rng, code), role, code, SHANGHAI, f"s{number:04d}@desk.test")


def _staff_roles(wish: Wish) -> list[Role]:
    """A few who lead the whole, a lead for each team, and of the rest a third specialists."""
    few = max(1, wish.staff // 100)
    above = [Role.ADMINISTRATOR] + [Role.MANAGER] * few + [Role.QUALITY_OFFICER] * few
    leads = [Role.TEAM_LEAD] * _team_count(wish)
    rest = wish.staff - len(above) - len(leads)
    return [*above, *leads, *(Role.SPECIALIST if place % 3 == 0 else Role.AGENT for place in range(rest))]


def _team_count(wish: Wish) -> int:
    return max(2, min(len(names.TEAMS), wish.staff // TEAM_SIZE))


def _clients(wish: Wish, rng: Random, organisations: list[Organisation]) -> Iterator[User]:
    """The first of each client is its manager."""
    counts = shares_of(wish.clients, organisations)
    for place, (organisation, count) in enumerate(zip(organisations, counts, strict=True)):
        code = "en" if organisation.name.isascii() else "zh"
        zone = SHANGHAI if code == "zh" else rng.choice(ABROAD)
        for number in range(1, count + 1):
            role = Role.CLIENT_MANAGER if number == 1 or number % 12 == 0 else Role.CLIENT_CONTACT
            address = f"p{number:04d}@client{place + 1:03d}.test"
            yield _person(wish, names.person(rng, code), role, code, zone, address, organisation)


def shares_of(total: int, organisations: list[Organisation]) -> list[int]:
    """How many of something each organisation has: the first most, none fewer than three."""
    weights = [1 / (place + SIZE_FLAT) for place in range(len(organisations))]
    free = total - 3 * len(organisations)
    marks, reached = [0], 0.0
    for weight in weights:
        reached += weight
        marks.append(round(free * reached / sum(weights)))
    return [3 + after - before for before, after in pairwise(marks)]


def _person(
    wish: Wish, name: str, role: Role, code: str, zone: str, address: str, organisation: Organisation | None = None
) -> User:
    return User(
        email=address,
        name=name,
        role=role,
        organisation=organisation,
        language="zh-hans" if code == "zh" else "en",
        time_zone=zone,
        created_at=wish.since,
    )


def _signing_in(people: list[User], wish: Wish) -> list[User]:
    """The first of each role has the demonstration password and an address the sign-in page lists; nobody else has
    any."""
    known = make_password(DEMO_PASSWORD, salt=f"generated{wish.seed}")
    seen: set[str] = set()
    for person in people:
        if person.role in seen:
            person.password = f"!{hashlib.sha256(person.email.encode()).hexdigest()[:40]}"
        else:
            seen.add(person.role)
            person.password, person.email = known, f"{person.role.replace('_', '.')}@desk{DEMO_DOMAIN}"
    return people


def _make_teams(wish: Wish, rng: Random) -> list[Team]:
    leads = list(User.objects.filter(role=Role.TEAM_LEAD).order_by("pk"))
    others = list(User.objects.filter(role__in=[Role.AGENT, Role.SPECIALIST]).order_by("pk"))
    teams = Team.objects.bulk_create(
        Team(name=said(*words), lead=lead) for words, lead in zip(names.TEAMS, leads, strict=False)
    )
    for place, team in enumerate(teams):
        team.members.set([leads[place], *others[place :: len(teams)]])
    return teams
