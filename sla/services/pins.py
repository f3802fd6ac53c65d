"""The targets that cycles were started under or changed to: looked up, chosen where none is pinned yet, stored
(SLA-30, SLA-33)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from django.db.models import QuerySet

from accounts.prepared import OneOf, array_of, prepared
from sla.engine.clock import Choose, Fact, Kind, TargetSpec, Threshold
from sla.models import AgreementVersion, CalendarVersion, ClockKind, Pin, Target
from sla.services.points import threshold_of
from sla.services.published import published_calendar, version_at
from sla.services.selection import Matter, agreement_for, select
from tickets.models import Ticket

Place = tuple[int, str, int]
"""Ticket, kind, and the event from which a pin holds."""


def spec_of(pin: Pin) -> TargetSpec | None:
    """A pinned target in the engine's terms; None where nothing was promised."""
    if pin.target_id is None or pin.calendar_version_id is None:
        return None
    return agreed_spec(pin.target_id, pin.calendar_version_id)


@lru_cache(maxsize=4096)
def agreed_spec(target_id: int, calendar_version_id: int) -> TargetSpec:
    """A target that was agreed, under a published calendar; neither ever changes, so it is made once."""
    target = Target.objects.prefetch_related("ladder").get(pk=target_id)
    return TargetSpec(
        duration=timedelta(seconds=target.seconds),
        calendar=published_calendar(calendar_version_id),
        pauses=frozenset(target.pauses),
        thresholds=thresholds_of(step.point for step in target.ladder.all()),
        ref=(target_id, calendar_version_id),
    )


def thresholds_of(points: Iterable[str]) -> tuple[Threshold, ...]:
    """The engine's thresholds of a ladder's points."""
    return tuple(threshold for point in points if (threshold := threshold_of(point)) is not None)


@prepared
def _stored(tickets: str) -> QuerySet[Pin]:
    return Pin.objects.filter(OneOf("ticket", tickets)).defer("reason").order_by()


@dataclass
class Pins:
    """The pinned targets of some requests; what is not pinned yet is selected and, unless `frozen`, stored."""

    tickets: dict[int, Ticket]
    frozen: bool = False
    known: dict[Place, Pin] = field(default_factory=dict)
    _agreements: dict[tuple[int, datetime], AgreementVersion | None] = field(default_factory=dict)
    _calendars: dict[tuple[int, datetime], CalendarVersion] = field(default_factory=dict)
    _of_kind: dict[tuple[int, str], list[Pin]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for (ticket, kind, _seq), pin in self.known.items():
            self._of_kind.setdefault((ticket, kind), []).append(pin)

    @classmethod
    def of(cls, tickets: Sequence[Ticket], *, frozen: bool = False) -> Pins:
        """With everything that is stored."""
        stored = _stored(array_of(ticket.pk for ticket in tickets)) if tickets else []
        known = {(pin.ticket_id, pin.kind, pin.seq): pin for pin in stored}
        return cls({ticket.pk: ticket for ticket in tickets}, frozen, known)

    def chooser(self, ticket: Ticket) -> Choose:
        """The engine's question for one request: what was promised for this kind of clock at this fact."""

        def choose(kind: Kind, fact: Fact, since: Fact) -> TargetSpec | None:
            return spec_of(self.pin(ticket, kind, fact, since))

        return choose

    def pin(self, ticket: Ticket, kind: Kind, fact: Fact, since: Fact) -> Pin:
        """The pin of a kind at a fact, made now if it is not there yet."""
        place = (ticket.pk, kind.value, fact.key)
        found = self.known.get(place)
        if found is None:
            found = self.known[place] = self._made(ticket, kind, fact, since)
            self._of_kind.setdefault((ticket.pk, kind.value), []).append(found)
        return found

    def of_kind(self, ticket: Ticket, kind: Kind) -> Sequence[Pin]:
        """The pins of one sort of clock of a request."""
        return self._of_kind.get((ticket.pk, kind.value), ())

    def _made(self, ticket: Ticket, kind: Kind, fact: Fact, since: Fact) -> Pin:
        """The versions are those of `since`, the request's properties those of now (SLA-32)."""
        chosen = select(self._agreement(ticket.organisation_id, since.at), Matter.of(ticket), ClockKind(kind))
        calendar = self._calendar(chosen.target, since.at)
        return Pin(
            ticket=ticket,
            seq=fact.key,
            kind=kind.value,
            target=chosen.target,
            calendar_version=calendar,
            reason=chosen.reason,
        )

    def _agreement(self, organisation: int, at: datetime) -> AgreementVersion | None:
        place = (organisation, at)
        if place not in self._agreements:
            self._agreements[place] = agreement_for(organisation, at)
        return self._agreements[place]

    def _calendar(self, target: Target | None, at: datetime) -> CalendarVersion | None:
        if target is None:
            return None
        place = (target.calendar_id, at)
        if place not in self._calendars:
            self._calendars[place] = version_at(target.calendar_id, at)
        return self._calendars[place]

    def store(self) -> None:
        """Write the pins that are new."""
        fresh = [pin for pin in self.known.values() if pin.pk is None]
        if fresh and not self.frozen:
            Pin.objects.bulk_create(fresh)
