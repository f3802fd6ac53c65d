"""The terms of an agreement as a person writes them: promises with their ladders, periods, texts (R-045, SLA-10)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Team, Tier
from sla.models import (
    BREACH_POINT,
    AgreementVersion,
    Audience,
    CalendarVersion,
    ClockKind,
    EscalationStep,
    Target,
    VersionState,
    WorkingCalendar,
)
from sla.services.points import is_after, is_before
from tickets.errors import Invalid
from tickets.models import Service
from tickets.states import Complexity, Priority, TicketType, Wait

SHORTEST, LONGEST = timedelta(seconds=1), timedelta(days=5 * 365)
TEXT_LIMIT, NOTE_LIMIT, MOST_PROMISES, MOST_RUNGS = 20_000, 300, 200, 12


@dataclass(frozen=True)
class Rung:
    """A step of the ladder, see `sla.models.EscalationStep`. `give_to` is a team's id."""

    point: str
    tell: tuple[str, ...] = ()
    raise_to: int | None = None
    give_to: int | None = None


@dataclass(frozen=True)
class Promise:
    """One target. `service` and `calendar` are ids; empty criteria mean any."""

    kind: str
    seconds: int
    calendar: int
    type: str = ""
    service: int | None = None
    technical_only: bool = False
    priority: int | None = None
    tier: str = ""
    complexity: str = ""
    pauses: tuple[str, ...] = ()
    ladder: tuple[Rung, ...] = ()

    @property
    def criteria(self) -> tuple[object, ...]:
        """What it applies to."""
        return self.kind, self.type, self.service, self.technical_only, self.priority, self.tier, self.complexity


@dataclass(frozen=True)
class Terms:
    """Everything a draft says."""

    promises: tuple[Promise, ...] = ()
    effective_from: datetime | None = None
    effective_to: datetime | None = None
    review_on: date | None = None
    content: str = ""
    indicators: str = ""
    consequences: str = ""
    note: str = field(default="", compare=False)


USUAL_LADDER = (
    Rung("50%", (Audience.ASSIGNEE,)),
    Rung("80%", (Audience.ASSIGNEE,)),
    Rung(BREACH_POINT, (Audience.ASSIGNEE, Audience.TEAM_LEAD, Audience.MANAGER)),
)
"""What a new promise begins with."""


def terms_of(version: AgreementVersion) -> Terms:
    """What a version says."""
    return Terms(
        promises=tuple(promises_of(version)),
        effective_from=version.effective_from,
        effective_to=version.effective_to,
        review_on=version.review_on,
        content=version.content,
        indicators=version.indicators,
        consequences=version.consequences,
        note=version.note,
    )


def promises_of(version: AgreementVersion) -> Iterable[Promise]:
    """Its targets in order, with their ladders; two queries."""
    return map(promise_of, version.targets.prefetch_related("ladder").order_by("position", "pk"))


def promise_of(target: Target) -> Promise:
    """What a stored target says, with its ladder."""
    return Promise(
        kind=target.kind,
        seconds=target.seconds,
        calendar=target.calendar_id,
        type=target.type,
        service=target.service_id,
        technical_only=target.technical_only,
        priority=target.priority,
        tier=target.tier,
        complexity=target.complexity,
        pauses=tuple(target.pauses),
        ladder=tuple(
            Rung(step.point, tuple(step.tell), step.raise_to, step.give_to_id) for step in target.ladder.all()
        ),
    )


def targets_of(promises: Iterable[Promise], version: AgreementVersion | None = None) -> list[Target]:
    """Promises as targets that are not stored, in their order; of `version` if it is given."""
    return [
        Target(
            version=version,
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
        for position, promise in enumerate(promises, start=1)
    ]


def store_promises(version: AgreementVersion, promises: Iterable[Promise]) -> None:
    """Make these the targets of an editable version."""
    version.targets.all().delete()
    wanted = list(promises)
    targets = Target.objects.bulk_create(targets_of(wanted, version))
    EscalationStep.objects.bulk_create(
        EscalationStep(
            target=target,
            position=position,
            point=rung.point,
            tell=list(rung.tell),
            raise_to=rung.raise_to,
            give_to_id=rung.give_to,
        )
        for target, promise in zip(targets, wanted, strict=True)
        for position, rung in enumerate(promise.ladder, start=1)
    )


def digest_of(terms: Terms) -> str:
    """SHA-256 of the terms in canonical JSON: what a signature is bound to."""
    said = asdict(terms)
    said.pop("note")
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: date | datetime) -> str:
    return (value.astimezone(UTC) if isinstance(value, datetime) else value).isoformat()


# --- checking ---------------------------------------------------------------------------------------


def check(terms: Terms) -> None:
    """Refuse what makes no sense, everything at once.

    Raises:
        Invalid: at `effective_to`, `review_on`, a text, `promises.<n>.<field>` or `promises.<n>.ladder.<m>`, both
            counted from 0.
    """
    problems: dict[str, list[str]] = {}
    _check_texts(terms, problems)
    _check_period(terms, problems)
    if len(terms.promises) > MOST_PROMISES:
        problems["promises"] = [_("At most %(count)s targets are possible.") % {"count": MOST_PROMISES}]
    known = _Known.of(terms)
    first_seen: dict[tuple[object, ...], int] = {}
    for number, promise in enumerate(terms.promises):
        problems |= {f"promises.{number}.{place}": said for place, said in known.problems(promise).items()}
        twin = first_seen.setdefault(promise.criteria, number)
        if twin != number:
            said = _("Target %(number)s applies to exactly the same.") % {"number": twin + 1}
            problems.setdefault(f"promises.{number}.kind", []).append(said)
    if problems:
        raise Invalid(problems)


def _check_texts(terms: Terms, problems: dict[str, list[str]]) -> None:
    limits = {"content": TEXT_LIMIT, "indicators": TEXT_LIMIT, "consequences": TEXT_LIMIT, "note": NOTE_LIMIT}
    for name, limit in limits.items():
        if len(getattr(terms, name)) > limit:
            problems[name] = [_("This is too long.")]


def _check_period(terms: Terms, problems: dict[str, list[str]]) -> None:
    begins, ends = terms.effective_from, terms.effective_to
    if ends is not None and begins is None:
        problems["effective_from"] = [_("Please say from when it holds.")]
    if begins is not None and ends is not None and ends <= begins:
        problems["effective_to"] = [_("It would end before it begins.")]
    if terms.review_on is not None and begins is not None and terms.review_on < begins.date():
        problems["review_on"] = [_("This lies before the agreement begins.")]
    for name in ("effective_from", "effective_to", "review_on"):
        day = getattr(terms, name)
        if day is not None and not 2000 <= day.year <= 2100:
            problems[name] = [_("Please write a date.")]


@dataclass(frozen=True)
class _Known:
    """The ids that promises may name."""

    services: frozenset[int]
    calendars: frozenset[int]
    usable: frozenset[int]
    teams: frozenset[int]

    @classmethod
    def of(cls, terms: Terms) -> _Known:
        calendars = {promise.calendar for promise in terms.promises}
        services = {promise.service for promise in terms.promises if promise.service}
        teams = {rung.give_to for promise in terms.promises for rung in promise.ladder if rung.give_to}
        versions = CalendarVersion.objects.filter(calendar__in=calendars, state=VersionState.PUBLISHED)
        return cls(
            services=frozenset(Service.objects.filter(pk__in=services).values_list("pk", flat=True)),
            calendars=frozenset(WorkingCalendar.objects.filter(pk__in=calendars).values_list("pk", flat=True)),
            usable=frozenset(versions.values_list("calendar", flat=True)),
            teams=frozenset(Team.objects.filter(pk__in=teams).values_list("pk", flat=True)),
        )

    def problems(self, promise: Promise) -> dict[str, list[str]]:
        """What is wrong with a promise, by field."""
        found: dict[str, list[str]] = {}
        choices: Mapping[str, tuple[object, Any]] = {
            "kind": (promise.kind, ClockKind.values),
            "type": (promise.type, ["", *TicketType.values]),
            "priority": (promise.priority, [None, *Priority.values]),
            "tier": (promise.tier, ["", *Tier.values]),
            "complexity": (promise.complexity, ["", *Complexity.values]),
        }
        for name, (value, allowed) in choices.items():
            if value not in allowed:
                found[name] = [_("Please choose one of the answers.")]
        if not SHORTEST <= timedelta(seconds=promise.seconds) <= LONGEST:
            found["seconds"] = [_("Please give a duration between a second and five years.")]
        if promise.service is not None and promise.service not in self.services:
            found["service"] = [_("There is no such service.")]
        if promise.calendar not in self.calendars:
            found["calendar"] = [_("Please choose a calendar.")]
        elif promise.calendar not in self.usable:
            found["calendar"] = [_("This calendar has not been published yet.")]
        if any(wait not in Wait.values or not wait for wait in promise.pauses):
            found["pauses"] = [_("Please choose one of the answers.")]
        return found | self._ladder_problems(promise)

    def _ladder_problems(self, promise: Promise) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        if len(promise.ladder) > MOST_RUNGS:
            found["ladder"] = [_("At most %(count)s steps are possible.") % {"count": MOST_RUNGS}]
        seen: set[str] = set()
        for number, rung in enumerate(promise.ladder):
            if problem := self._rung_problem(rung, seen):
                found[f"ladder.{number}"] = [problem]
            seen.add(rung.point)
        return found

    def _rung_problem(self, rung: Rung, seen: set[str]) -> str:
        if not is_before(rung.point) and not is_after(rung.point) and rung.point != BREACH_POINT:
            return _("“%(point)s” is no point. Write 80%% of the target, -10m before it is due, or +30m after.") % {
                "point": rung.point
            }
        if rung.point in seen:
            return _("This point is there twice.")
        if any(audience not in Audience.values for audience in rung.tell):
            return _("Please choose whom to tell.")
        if rung.raise_to is not None and rung.raise_to not in Priority.values:
            return _("Please choose a priority.")
        return _("There is no such team.") if rung.give_to is not None and rung.give_to not in self.teams else ""
