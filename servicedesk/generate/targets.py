"""Which target a cycle gets: `sla.services.selection`, asked once for each sort of request, not a million times."""

from __future__ import annotations

import json
from bisect import bisect_right
from typing import NamedTuple

from sla.engine.clock import TargetSpec
from sla.engine.instants import instant
from sla.models import AgreementVersion, CalendarVersion, ClockKind, VersionState
from sla.services.ladder import Rung, ladder_of
from sla.services.pins import agreed_spec
from sla.services.selection import Matter, select


class Chosen(NamedTuple):
    """A pin's columns, and what they mean; no target where nothing was promised."""

    target: int | None
    calendar: int | None
    reason: str
    spec: TargetSpec | None


class Targets:
    """Everything that is agreed."""

    def __init__(self) -> None:
        self._agreed = _agreed_versions()
        self._calendars = _calendar_versions()
        self._selected: dict[tuple[int, Matter, str], tuple[int | None, int, str]] = {}

    def choose(self, organisation: int, matter: Matter, kind: str, at: int) -> Chosen:
        """As `sla.services.pins` does: the version that holds at an instant, its most specific target."""
        version = self._holding(organisation, at)
        place = (version.pk if version else 0, matter, kind)
        known = self._selected.get(place)
        if known is None:
            found = select(version, matter, ClockKind(kind))
            calendar = found.target.calendar_id if found.target else 0
            reason = json.dumps(found.reason, ensure_ascii=False)
            known = self._selected[place] = (found.target.pk if found.target else None, calendar, reason)
        target, calendar, reason = known
        if target is None:
            return Chosen(None, None, reason, None)
        published = self._published(calendar, at)
        return Chosen(target, published, reason, agreed_spec(target, published))

    def rung(self, target: int, step: str) -> Rung:
        """What the ladder of a target says of a step."""
        return ladder_of(target).get(step, Rung((), None, None))

    def _holding(self, organisation: int, at: int) -> AgreementVersion | None:
        for client in (organisation, None):
            for since, until, version in self._agreed.get(client, ()):
                if since <= at and (until is None or at < until):
                    return version
        return None

    def _published(self, calendar: int, at: int) -> int:
        """The first one for instants before all of them."""
        begins, versions = self._calendars[calendar]
        return versions[max(0, bisect_right(begins, at) - 1)]


def _agreed_versions() -> dict[int | None, list[tuple[int, int | None, AgreementVersion]]]:
    """By client, the newest first."""
    found: dict[int | None, list[tuple[int, int | None, AgreementVersion]]] = {}
    rows = AgreementVersion.objects.agreed().select_related("agreement").prefetch_related("targets")
    for version in rows.order_by("-effective_from", "-number"):
        assert version.effective_from is not None  # noqa: S101 - `agreed` says so
        until = instant(version.effective_to) if version.effective_to else None
        of_client = found.setdefault(version.agreement.organisation_id, [])
        of_client.append((instant(version.effective_from), until, version))
    return found


def _calendar_versions() -> dict[int, tuple[list[int], list[int]]]:
    found: dict[int, tuple[list[int], list[int]]] = {}
    rows = CalendarVersion.objects.filter(state=VersionState.PUBLISHED, effective_from__isnull=False)
    for version in rows.order_by("effective_from", "number").defer("definition", "exceptions"):
        assert version.effective_from is not None  # noqa: S101 - filtered above
        begins, versions = found.setdefault(version.calendar_id, ([], []))
        begins.append(instant(version.effective_from))
        versions.append(version.pk)
    return found
