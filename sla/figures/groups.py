"""Compliance broken down: by client, service, team, priority, type (R-046, SLA-60, SLA-61)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Organisation, Team
from sla.figures.compliance import COMPLIANCE_TARGETS, REPAIR_TARGET, Tally, cycles_of, tally_counts
from sla.models import ClockKind, ClockQuerySet
from tickets.figures import Period
from tickets.models import Service, TicketQuerySet
from tickets.states import Priority, TicketType


class Group(StrEnum):
    """What cycles can be told apart by: properties of their request as they are now."""

    CLIENT = "client"
    SERVICE = "service"
    TEAM = "team"
    PRIORITY = "priority"
    TYPE = "type"

    @property
    def label(self) -> str:
        """The property in words."""
        return str(_LABELS[self])

    @property
    def field(self) -> str:
        """The property as a cycle reaches it."""
        return {Group.CLIENT: "ticket__organisation"}.get(self, f"ticket__{self.value}")

    def key_of(self, text: str) -> int | str | None:
        """A key as an address carries it; the empty text is the group of those that have none.

        Raises:
            ValueError: it can't be one.
        """
        if self is Group.TYPE:
            return TicketType(text)
        if not text:
            return None
        if not (text.isascii() and text.isdecimal() and len(text) < 10):
            raise ValueError(f"{text!r} is no key.")
        return int(text)


_LABELS = {
    Group.CLIENT: _("Client"),
    Group.SERVICE: _("Service"),
    Group.TEAM: _("Team"),
    Group.PRIORITY: _("Priority"),
    Group.TYPE: _("Type"),
}
NO_TEAM = pgettext_lazy("of a request", "No team")


@dataclass(frozen=True)
class GroupTally:
    """The cycles of one group in the period and in the one before. `key` None: those that have none."""

    key: int | str | None
    name: str
    now: Tally
    before: Tally

    @property
    def change(self) -> float | None:
        """The share minus that of the period before; None where either has no data."""
        if self.now.share is None or self.before.share is None:
            return None
        return self.now.share - self.before.share


def by_group(
    tickets: TicketQuerySet, period: Period, kind: ClockKind, group: Group, *, at: datetime
) -> list[GroupTally]:
    """The groups that have cycles due in the period, what hurts most first: most missed, then the lowest share.

    Two queries. The rows add up to `compliance` of the same kind.
    """
    now, before = period.holds("due_at"), period.before.holds("due_at")
    found = (
        cycles_of(tickets)
        .filter(kind=kind, due_at__gte=period.before.since, due_at__lt=period.until)
        .order_by()
        .values_list(group.field)
        .annotate(**tally_counts(at, now), **tally_counts(at, before, "_before"))
    )
    counts = [(key, Tally(*counts[:3]), Tally(*counts[3:])) for key, *counts in found]
    present = [row for row in counts if row[1] != Tally()]
    names = names_of(group, [key for key, *_ in present])
    rows = [GroupTally(key, names.get(key, str(key)), *tallies) for key, *tallies in present]
    return sorted(rows, key=lambda row: (-row.now.missed, row.now.share or 0, -row.now.counted, row.name))


def goal_of(kind: ClockKind, group: Group, key: int | str | None) -> float:
    """The share of a group's cycles that has to be met: that of the kind, and of faults that are repaired (R-044)."""
    is_repair = (kind, group, key) == (ClockKind.RESOLUTION, Group.TYPE, TicketType.INCIDENT)
    return REPAIR_TARGET if is_repair else COMPLIANCE_TARGETS[kind]


def in_group(cycles: ClockQuerySet, group: Group, key: int | str | None) -> ClockQuerySet:
    """Of some cycles those of one group."""
    return cycles.filter(**{f"{group.field}__isnull": True} if key is None else {group.field: key})


def names_of(group: Group, keys: Iterable[Any]) -> dict[Any, str]:
    """The names of some keys in the reader's language, and of None. One query, none for priorities and types."""
    fixed: dict[Group, Callable[[Any], str]] = {
        Group.PRIORITY: lambda key: str(Priority(key).label),
        Group.TYPE: lambda key: str(TicketType(key).label),
    }
    wanted = [key for key in keys if key is not None]
    if group in fixed:
        return {key: fixed[group](key) for key in wanted}
    models: dict[Group, type[Model]] = {Group.CLIENT: Organisation, Group.SERVICE: Service, Group.TEAM: Team}
    rows: QuerySet[Any] = models[group]._default_manager.filter(pk__in=wanted)
    return {None: str(NO_TEAM), **{row.pk: str(row) for row in rows}}
