"""What the page about service levels is asked, and the addresses its numbers lead to (SLA-61)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from functools import cached_property
from typing import Any, TypeVar

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from desk.scope import Scope
from sla.figures import Group
from sla.models import Cause, ClockKind
from tickets.models import Ticket, TicketQuerySet

E = TypeVar("E", bound=Enum)
NOBODY = "nobody"  # in an address: of no team


def named(kind: type[E], value: str | None) -> E | None:
    """The member of that value, if there is one."""
    return next((member for member in kind if member.value == value), None)


class Heat(StrEnum):
    """What the map of weekdays and hours shows."""

    RECEIVED = "received"
    MISSED = "missed"

    @property
    def label(self) -> str:
        """What it shows, in words."""
        return str(_HEATS[self])


_HEATS = {Heat.RECEIVED: _("Requests received"), Heat.MISSED: _("Share missed")}


@dataclass(frozen=True)
class Question:
    """Read from an address; what doesn't exist is dropped.

    Attributes:
        kind: the clock that everything below the figures is about.
        cause: whose worst offenders are shown; None: those of what cost most.
        all_groups: whether the breakdown shows every row.
    """

    user: User
    at: datetime
    scope: Scope
    kind: ClockKind = ClockKind.FIRST_RESPONSE
    group: Group = Group.CLIENT
    heat: Heat = Heat.RECEIVED
    cause: Cause | None = None
    all_groups: bool = False

    @classmethod
    def read(cls, given: Mapping[str, str], user: User, at: datetime) -> Question:
        """From the parameters of an address. Three queries, see `Scope.read`."""
        return cls(
            user=user,
            at=at,
            scope=Scope.read(given, user, at, ranges=True),
            kind=named(ClockKind, given.get("clock")) or cls.kind,
            group=named(Group, given.get("by")) or cls.group,
            heat=named(Heat, given.get("map")) or cls.heat,
            cause=named(Cause, given.get("cause")),
            all_groups=bool(given.get("all")),
        )

    @cached_property
    def tickets(self) -> TicketQuerySet:
        """The requests that everything is counted of: those of the scope that the person may see."""
        return self.scope.narrow(Ticket.objects.visible_to(self.user))

    @property
    def kept(self) -> dict[str, str]:
        """The parameters of its address beyond the scope; usual ones are left out."""
        return {
            "clock": "" if self.kind == Question.kind else self.kind,
            "by": "" if self.group == Question.group else self.group,
            "map": "" if self.heat == Question.heat else self.heat,
            "cause": self.cause or "",
            "all": "1" if self.all_groups else "",
        }

    def query(self, **changes: Any) -> str:
        """The query of an address like this one with something else in it."""
        return self.scope.query(**{**self.kept, **changes})

    def here(self, **changes: Any) -> str:
        """The page's address with something else in it."""
        return f"{reverse('desk:levels')}?{self.query(**changes)}"

    def rows(self, figure: str, **asked: Any) -> str:
        """Where the list behind a number is; see `desk.levels.lists`."""
        return f"{reverse('desk:levels-list')}?{self.scope.query(figure=figure, **asked)}"

    def cycles(self, **asked: Any) -> str:
        """Where the list of some cycles of the clock in question is."""
        return self.rows(self.kind, **asked)

    def file(self, block: str, ending: str) -> str:
        """Where a block, or with "" the whole page, is as a file; `ending`: csv or xlsx."""
        return f"{reverse(f'desk:levels-{ending}')}?{self.query(block=block)}"
