"""Teams and colleagues as the desk's pages offer them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet

from accounts.models import Team, User, UserQuerySet
from accounts.roles import Capability
from tickets.states import OPEN_STATES


def active_teams() -> list[Team]:
    """All teams that take requests. One query."""
    return list(Team.objects.filter(is_active=True).only("name"))


def mine_of(user: User, teams: Iterable[Team]) -> list[int]:
    """Which of the teams this person belongs to or leads, by id."""
    return [team.pk for team in teams if team.pk in user.team_ids]


def handlers() -> UserQuerySet:
    """Colleagues who can be made responsible."""
    return User.objects.active().able_to(Capability.HANDLE).order_by("name", "pk")


def colleagues_of(user: User, teams: list[Team]) -> list[tuple[int, str]]:
    """Whom this person usually gives work to, by id and name: themselves first, then the people of their teams.
    One query.

    Without a team it is everybody who handles requests.
    """
    mine = mine_of(user, teams)
    found = handlers().exclude(pk=user.pk)
    if mine:
        found = found.filter(Q(teams__in=mine) | Q(leads__in=mine)).distinct()
    others = found.values_list("pk", "name")[:200]
    return [*([(user.pk, user.name)] if user.may(Capability.HANDLE) else []), *others]


def with_load(people: QuerySet[User]) -> QuerySet[User]:
    """With `load`: how many open requests each carries."""
    carried = Q(assigned__state__in=sorted(OPEN_STATES))
    return people.annotate(load=Count("assigned", filter=carried))
