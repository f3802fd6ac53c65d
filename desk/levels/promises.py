"""What was agreed with a client in a period, and its targets in words (R-045, SLA-33)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Organisation, Tier
from sla.models import AgreementVersion, ClockKind, Target
from tickets.figures import Period
from tickets.states import Complexity, Priority, TicketType
from web.agreements import pauses_words
from web.words import exact_words


@dataclass(frozen=True)
class Promise:
    """A target as a sentence's parts: clock, what it applies to, how long, by which calendar, what stops the count."""

    clock: str
    applies_to: str
    within: str
    calendar: str
    pauses: str


@dataclass(frozen=True)
class Agreed:
    """A version of an agreement that held in the period, or in a part of it."""

    version: AgreementVersion
    promises: tuple[Promise, ...]


def agreed_in(client: Organisation, period: Period) -> list[Agreed]:
    """The client's own versions that held in the period; the default ones too, where those leave a part of it open.

    Three queries.
    """
    overlapping = Q(effective_from__lt=period.until) & (Q(effective_to__isnull=True) | Q(effective_to__gt=period.since))
    whose = Q(agreement__organisation=client) | Q(agreement__organisation__isnull=True)
    versions = list(
        AgreementVersion.objects.agreed()
        .filter(overlapping, whose)
        .select_related("agreement")
        .prefetch_related("targets__calendar", "targets__service")
        .order_by("effective_from", "number")
    )
    own = [version for version in versions if version.agreement.organisation_id == client.pk]
    shown = own if _covers(own, period) else versions
    return [Agreed(version, tuple(promise_of(target) for target in version.targets.all())) for version in shown]


def _covers(versions: list[AgreementVersion], period: Period) -> bool:
    """Whether versions, in the order of their beginnings, leave nothing of the period open."""
    reached = period.since
    for version in versions:
        if version.effective_from is None or version.effective_from > reached:
            return False
        reached = max(reached, version.effective_to or period.until)
    return reached >= period.until


def promise_of(target: Target) -> Promise:
    """A target in words."""
    return Promise(
        clock=str(ClockKind(target.kind).label),
        applies_to=applies_words(target),
        within=exact_words(target.seconds),
        calendar=str(target.calendar),
        pauses=pauses_words(target.pauses) or pgettext("waits that pause a clock", "nothing"),
    )


def applies_words(target: Target) -> str:
    """What a target applies to: "Incident · High"; everything where it names nothing."""
    said = [
        TicketType(target.type).label if target.type else "",
        target.service or "",
        _("technical services") if target.technical_only else "",
        Priority(target.priority).label if target.priority is not None else "",
        Tier(target.tier).label if target.tier else "",
        Complexity(target.complexity).label if target.complexity else "",
    ]
    return " · ".join(str(part) for part in said if part) or _("everything")
