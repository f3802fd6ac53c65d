"""Teams and colleagues as the desk's pages offer them."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Q, QuerySet

from accounts.models import Team, User, UserQuerySet
from accounts.prepared import prepared
from accounts.roles import Capability
from tickets.states import OPEN_STATES


@prepared
def active_teams() -> QuerySet[Team]:
    """All teams that take requests. One query."""
    return Team.objects.filter(is_active=True).only("name")


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
    others = _teammates(user.pk) if mine_of(user, teams) else _all_others(user.pk)
    return [*([(user.pk, user.name)] if user.may(Capability.HANDLE) else []), *others]


MOST = 200  # colleagues in a menu


@prepared
def _teammates(user: int) -> QuerySet[User, tuple[int, str]]:
    """From the teams to their people: from all people to their teams is a hundred times as far."""
    mine = Team.objects.filter(is_active=True).filter(Q(members=user) | Q(lead=user)).values("pk")
    members = Team.members.through.objects.filter(team__in=mine).values("user")
    leads = Team.objects.filter(pk__in=mine, lead__isnull=False).values("lead")
    found = handlers().exclude(pk=user).filter(pk__in=members.union(leads))
    return found.values_list("pk", "name")[:MOST]


@prepared
def _all_others(user: int) -> QuerySet[User, tuple[int, str]]:
    return handlers().exclude(pk=user).values_list("pk", "name")[:MOST]


def with_load(people: QuerySet[User]) -> QuerySet[User]:
    """With `load`: how many open requests each carries."""
    carried = Q(assigned__state__in=sorted(OPEN_STATES))
    return people.annotate(load=Count("assigned", filter=carried))
