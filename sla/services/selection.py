"""Which target a cycle gets, and why (SLA-33)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from sla.models import AgreementState, AgreementVersion, ClockKind, Target
from tickets.models import Ticket


@dataclass(frozen=True)
class Selection:
    """The chosen target and the reason, as it is stored; `target` is None where nothing was promised."""

    target: Target | None
    reason: dict[str, Any]


def agreement_for(organisation_id: int, at: datetime) -> AgreementVersion | None:
    """The version in force for a client at an instant: its own agreement's, else the default agreement's."""
    in_force = (
        AgreementVersion.objects.filter(state__in=[AgreementState.IN_FORCE, AgreementState.ENDED])
        .filter(effective_from__lte=at)
        .filter(Q(effective_to__isnull=True) | Q(effective_to__gt=at))
        .select_related("agreement")
        .prefetch_related("targets")
    )
    found = in_force.filter(
        Q(agreement__organisation=organisation_id) | Q(agreement__organisation__isnull=True)
    ).order_by("agreement__organisation", "-effective_from", "-number")
    return found.first()


def select(version: AgreementVersion | None, ticket: Ticket, kind: ClockKind) -> Selection:
    """The most specific matching target of a version; ties go to the lower position (SLA-33)."""
    if version is None:
        return Selection(None, {"why": "no_agreement"})
    matching = [
        (criteria, target) for target in version.targets.all() if (criteria := _match(target, ticket, kind)) is not None
    ]
    about = {"agreement": version.agreement.name, "version": version.number}
    if not matching:
        return Selection(None, {"why": "no_target", **about})
    criteria, target = max(matching, key=lambda each: (len(each[0]), -each[1].position, -each[1].pk))
    return Selection(target, {"why": "most_specific", "criteria": criteria, "position": target.position, **about})


def _match(target: Target, ticket: Ticket, kind: ClockKind) -> list[str] | None:
    """The criteria a target names, if the request meets them all; None if it does not apply."""
    if target.kind != kind:
        return None
    named = [(name, wanted, has) for name, wanted, has in _criteria(target, ticket) if wanted not in (None, "", False)]
    if any(wanted != has for _, wanted, has in named):
        return None
    return [name for name, _, _ in named]


def _criteria(target: Target, ticket: Ticket) -> Iterable[tuple[str, object, object]]:
    return (
        ("type", target.type, ticket.type),
        ("service", target.service_id, ticket.service_id),
        ("technical", target.technical_only, ticket.service.is_technical),
        ("priority", target.priority, ticket.priority),
        ("tier", target.tier, ticket.organisation.tier),
        ("complexity", target.complexity, ticket.complexity),
    )
