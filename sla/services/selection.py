"""Which target a cycle gets, and why (SLA-33)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from accounts.prepared import prepared
from sla.models import AgreementVersion, ClockKind, Target
from tickets.models import Service, Ticket


@dataclass(frozen=True)
class Matter:
    """What of a request decides on its targets."""

    organisation: int
    type: str
    service: int
    is_technical: bool
    priority: int
    tier: str
    complexity: str

    @classmethod
    def of(cls, ticket: Ticket) -> Matter:
        """The request as it is now."""
        return cls(
            organisation=ticket.organisation_id,
            type=ticket.type,
            service=ticket.service_id,
            is_technical=ticket.service.is_technical,
            priority=ticket.priority,
            tier=ticket.organisation.tier,
            complexity=ticket.complexity,
        )

    def changed(self, data: Mapping[str, Any], technical: Mapping[int, bool]) -> Matter:
        """After a `classified` or `priority_changed` event with this data.

        Args:
            technical: which services are technical, by id.
        """
        if "to" in data:
            return replace(self, priority=data["to"])
        new = {name: data[name]["to"] for name in ("type", "service", "priority", "complexity") if name in data}
        if "service" in new:
            new["is_technical"] = technical.get(new["service"], False)
        return replace(self, **new) if new else self


def technical_services() -> dict[int, bool]:
    """Which services are technical, by id."""
    return dict(Service.objects.values_list("pk", "is_technical"))


@dataclass(frozen=True)
class Selection:
    """The chosen target and the reason, as it is stored; `target` is None where nothing was promised."""

    target: Target | None
    reason: dict[str, Any]


def agreement_for(organisation_id: int, at: datetime) -> AgreementVersion | None:
    """The version that holds for a client at an instant: its own agreement's, else the default agreement's."""
    return next(iter(_agreed(organisation_id, at)), None)


@prepared
def _agreed(organisation: int, at: datetime) -> QuerySet[AgreementVersion]:
    holding = AgreementVersion.objects.holding(at).select_related("agreement").prefetch_related("targets")
    theirs = holding.filter(Q(agreement__organisation=organisation) | Q(agreement__organisation__isnull=True))
    return theirs.order_by("agreement__organisation", "-effective_from", "-number")[:1]


def select(version: AgreementVersion | None, matter: Matter, kind: ClockKind) -> Selection:
    """The most specific matching target of a version; ties go to the lower position (SLA-33)."""
    if version is None:
        return Selection(None, {"why": "no_agreement"})
    about = {"agreement": version.agreement.name, "version": version.number}
    target = best(version.targets.all(), matter, kind)
    if target is None:
        return Selection(None, {"why": "no_target", **about})
    criteria = [name for name, _, _ in named(target, matter)]
    return Selection(target, {"why": "most_specific", "criteria": criteria, "position": target.position, **about})


def best(targets: Iterable[Target], matter: Matter, kind: str) -> Target | None:
    """The most specific of the targets that apply; of equals the one with the lowest position."""
    matching = [target for target in targets if target.kind == kind and applies(target, matter)]
    return min(matching, key=lambda target: (-specificity(target), target.position), default=None)


def applies(target: Target, matter: Matter) -> bool:
    """Whether a request meets all the criteria that a target names."""
    return all(wanted == has for _, wanted, has in named(target, matter))


def specificity(target: Target) -> int:
    """How many criteria a target names."""
    return sum(wanted not in (None, "", False) for wanted in _wanted(target).values())


def named(target: Target, matter: Matter) -> Sequence[tuple[str, object, object]]:
    """The criteria a target names: name, what it asks for, what the request has."""
    has = {
        "type": matter.type,
        "service": matter.service,
        "technical": matter.is_technical,
        "priority": matter.priority,
        "tier": matter.tier,
        "complexity": matter.complexity,
    }
    wanted = _wanted(target)
    return [(name, wanted[name], has[name]) for name in has if wanted[name] not in (None, "", False)]


def _wanted(target: Target) -> dict[str, object]:
    return {
        "type": target.type,
        "service": target.service_id,
        "technical": target.technical_only,
        "priority": target.priority,
        "tier": target.tier,
        "complexity": target.complexity,
    }


@dataclass(frozen=True)
class Considered:
    """A target that was looked at for a request: chosen, applying but beaten, or not applying because of `misses`."""

    target: Target
    is_chosen: bool
    misses: list[str]
    specificity: int


def consider(targets: Sequence[Target], matter: Matter, kind: str) -> list[Considered]:
    """Why a request would get which target: every target of a kind, the chosen one first, then by how near it came."""
    chosen = best(targets, matter, kind)
    rows = [
        Considered(
            target=target,
            is_chosen=target is chosen,
            misses=[name for name, wanted, has in named(target, matter) if wanted != has],
            specificity=specificity(target),
        )
        for target in targets
        if target.kind == kind
    ]
    return sorted(rows, key=lambda row: (not row.is_chosen, len(row.misses), -row.specificity, row.target.position))
