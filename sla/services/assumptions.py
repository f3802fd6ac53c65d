"""What a what-if assumes: other targets of an agreement, other calendars; as plain data that outlive the draft they
came from (SLA-62)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from sla.engine.calendar import Calendar
from sla.engine.clock import Choose, Fact, Kind, TargetSpec
from sla.models import AgreementVersion, CalendarVersion, Pin, Target, VersionState
from sla.services.pins import spec_of, thresholds_of
from sla.services.published import published_calendar
from sla.services.selection import Matter, best, technical_services
from sla.services.terms import Promise, Rung, promises_of

PinKey = tuple[int, str, int]


# --- notation ---------------------------------------------------------------------------------------


def assume_agreement(version: AgreementVersion, promises: Sequence[Promise] | None = None) -> dict[str, Any]:
    """The assumption that a version (or other promises in its place) had held all the time."""
    said = list(promises_of(version)) if promises is None else promises
    return {
        "agreement": {
            "id": version.agreement_id,
            "organisation": version.agreement.organisation_id,
            "name": version.agreement.name,
            "version": version.number,
            "is_changed": promises is not None,
            "targets": [_promise_to_json(promise) for promise in said],
        }
    }


def assume_calendar(version: CalendarVersion) -> dict[str, Any]:
    """The assumption that a version of a calendar had held all the time."""
    return {
        "calendars": {
            str(version.calendar_id): {
                "name": version.calendar.name,
                "version": version.number,
                "definition": version.definition,
            }
        }
    }


def _promise_to_json(promise: Promise) -> dict[str, Any]:
    return {
        "kind": promise.kind,
        "seconds": promise.seconds,
        "calendar": promise.calendar,
        "type": promise.type,
        "service": promise.service,
        "technical_only": promise.technical_only,
        "priority": promise.priority,
        "tier": promise.tier,
        "complexity": promise.complexity,
        "pauses": list(promise.pauses),
        "points": [rung.point for rung in promise.ladder],
    }


def promise_from_json(row: Mapping[str, Any]) -> Promise:
    """As an assumption keeps it; of its ladder only the points are kept."""
    values = {**row, "pauses": tuple(row["pauses"]), "ladder": tuple(Rung(point) for point in row["points"])}
    values.pop("points")
    return Promise(**values)


# --- the clocks under it ----------------------------------------------------------------------------


@dataclass
class Assumption:
    """An assumption ready to be asked. Targets are told apart by their place in the list."""

    promises: list[Promise] | None
    agreement: int | None
    organisation: int | None
    calendars: dict[int, Calendar]
    technical: dict[int, bool] = field(default_factory=dict)
    own_agreements: dict[int, list[tuple[datetime, datetime | None]]] = field(default_factory=dict)
    _versions: dict[int, tuple[list[datetime], list[int]]] = field(default_factory=dict)
    _chosen: dict[tuple[Matter, str], Target | None] = field(default_factory=dict)
    _specs: dict[tuple[object, ...], TargetSpec] = field(default_factory=dict)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Assumption:
        """From its notation; a handful of queries."""
        agreement, calendars = data.get("agreement"), data.get("calendars", {})
        found = cls(
            promises=[promise_from_json(row) for row in agreement["targets"]] if agreement else None,
            agreement=agreement["id"] if agreement else None,
            organisation=agreement["organisation"] if agreement else None,
            calendars={int(pk): Calendar.from_json(row["definition"]) for pk, row in calendars.items()},
        )
        if agreement:
            found.technical = technical_services()
            found.own_agreements = _periods_of_own_agreements()
        return found

    def concerns(self, organisation: int, at: datetime) -> bool:
        """Whether a request of a client that came at an instant would be measured by it."""
        if self.promises is None:
            return True
        if self.organisation is not None:
            return organisation == self.organisation
        return not any(since <= at and (until is None or at < until) for since, until in self._own(organisation))

    def _own(self, organisation: int) -> list[tuple[datetime, datetime | None]]:
        return self.own_agreements.get(organisation, [])

    def chooser(self, matter_of: Callable[[Fact], Matter], ticket: int, pins: Mapping[PinKey, Pin]) -> Choose:
        """The engine's question under the assumption; where it says nothing of targets, what was pinned holds."""
        if self.promises is not None:
            return lambda kind, fact, since: self._assumed(kind, matter_of(fact), since.at)
        return lambda kind, fact, since: self._pinned(pins.get((ticket, kind.value, fact.key)))

    def _assumed(self, kind: Kind, matter: Matter, at: datetime) -> TargetSpec | None:
        place = (matter, kind.value)
        if place not in self._chosen:
            self._chosen[place] = best(self.targets, matter, kind.value)
        target = self._chosen[place]
        return None if target is None else self._spec(target, at)

    @cached_property
    def targets(self) -> list[Target]:
        """The promises as targets that were never saved, so that they are chosen like real ones."""
        return [
            Target(
                position=position,
                kind=promise.kind,
                seconds=promise.seconds,
                calendar_id=promise.calendar,
                type=promise.type,
                service_id=promise.service,
                technical_only=promise.technical_only,
                priority=promise.priority,
                tier=promise.tier,
                complexity=promise.complexity,
                pauses=list(promise.pauses),
            )
            for position, promise in enumerate(self.promises or (), start=1)
        ]

    def _spec(self, target: Target, at: datetime) -> TargetSpec:
        assumed = self.calendars.get(target.calendar_id)
        version = None if assumed else self._version_at(target.calendar_id, at)
        key = (target.position, version)
        if key not in self._specs:
            promise = (self.promises or [])[target.position - 1]
            self._specs[key] = TargetSpec(
                duration=timedelta(seconds=target.seconds),
                calendar=assumed or published_calendar(version or 0),
                pauses=frozenset(target.pauses),
                thresholds=thresholds_of(rung.point for rung in promise.ladder),
                ref=target.position,
            )
        return self._specs[key]

    def _version_at(self, calendar: int, at: datetime) -> int:
        """The published version that held; the first one for earlier instants."""
        if calendar not in self._versions:
            rows = CalendarVersion.objects.filter(calendar=calendar, state=VersionState.PUBLISHED)
            pairs = rows.order_by("effective_from", "number").values_list("effective_from", "pk")
            self._versions[calendar] = ([since for since, _ in pairs if since], [pk for _, pk in pairs])
        begins, keys = self._versions[calendar]
        return keys[max(0, bisect_right(begins, at) - 1)]

    def _pinned(self, pin: Pin | None) -> TargetSpec | None:
        """What was pinned, in the assumed calendar where the target counts in it."""
        spec = spec_of(pin) if pin is not None else None
        if pin is None or spec is None:
            return None
        key = (pin.target_id, pin.calendar_version_id)
        if key not in self._specs:
            assumed = self.calendars.get(_calendar_of(pin))
            self._specs[key] = spec if assumed is None else replace(spec, calendar=assumed, ref=pin.target_id)
        return self._specs[key]


def _calendar_of(pin: Pin) -> int:
    return pin.target.calendar_id if pin.target is not None else 0


def _periods_of_own_agreements() -> dict[int, list[tuple[datetime, datetime | None]]]:
    found: dict[int, list[tuple[datetime, datetime | None]]] = {}
    rows = AgreementVersion.objects.agreed().filter(agreement__organisation__isnull=False)
    for organisation, since, until in rows.values_list("agreement__organisation", "effective_from", "effective_to"):
        if since is not None:
            found.setdefault(organisation, []).append((since, until))
    return found
