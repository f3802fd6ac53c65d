"""Whom service levels are told to: the steps of clocks, the life of agreements, finished replays (SLA-44, R-045)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, Team, User
from accounts.roles import CLIENT_ROLES, Capability, Role
from notifications import services as outbox
from notifications.kinds import Kind, Placeholder
from notifications.models import Channel
from notifications.services import Telling
from sla.engine.clock import BREACH, Step
from sla.models import AgreementComment, AgreementVersion, Audience, CalendarVersion, Clock, Recalculation, WhatIf
from tickets import telling
from tickets.models import Ticket, TicketEvent

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_PAGE = frozenset({Channel.PAGE})

_OF_CLOCKS = (
    Placeholder("number", _("number of the request"), "{{ number }}"),
    Placeholder("subject", _("its subject"), "{{ subject }}"),
    Placeholder("client", _("client organisation"), "{{ organisation }}"),
    Placeholder("contact", _("the client's contact"), "{{ requester }}"),
    Placeholder("assignee", _("person responsible"), "{{ assignee|default:'–' }}"),
    Placeholder("priority", _("priority"), "{{ priority|priority }}"),
    Placeholder("clock", _("clock, such as First response"), "{{ clock|clock }}"),
    Placeholder("target", _("how long it may take"), "{{ target_seconds|duration }}"),
    Placeholder("due", _("when it is or was due"), "{{ clock_due_at|moment }}"),
    Placeholder("reached", _("when this step was reached"), "{{ step_at|moment }}"),
)

_EXAMPLE = {
    "number": "SD-2026-000418",
    "subject": "月结接口返回 502",
    "organisation": "Nordwind GmbH",
    "requester": "Lena Schmidt",
    "assignee": "周敏",
    "priority": 3,
    "clock": "first_response",
    "target_seconds": 1800,
    "clock_due_at": "2026-11-16T03:30:00+00:00",
    "step": "warn:80%",
    "step_at": "2026-11-16T03:24:00+00:00",
}


def _of_clocks(name: str, label: StrOrPromise) -> Kind:
    """A kind of notice about a clock; its wording can be changed (SLA-44)."""
    return Kind(
        name,
        label,
        for_staff=True,
        placeholders=_OF_CLOCKS,
        example=_EXAMPLE,
        example_path="/desk/requests/SD-2026-000418/",
    )


KINDS = [
    _of_clocks("clock_warned", _("A target runs out soon")),
    _of_clocks("clock_breached", _("A target was missed")),
    _of_clocks("clock_escalated", _("A missed target was taken up the line")),
    Kind("agreement_offered", _("An agreement waits for my signature"), for_clients=True),
    Kind("agreement_changed", _("An agreement I negotiate was changed"), for_clients=True),
    Kind("agreement_commented", _("A comment on an agreement"), for_clients=True, for_staff=True),
    Kind("agreement_signed", _("A client signed an agreement"), for_staff=True),
    Kind("agreement_in_force", _("An agreement came into force"), for_clients=True, for_staff=True),
    Kind("agreement_ended", _("An agreement ended"), for_clients=True, for_staff=True),
    Kind("agreement_expiring", _("An agreement is about to end"), for_clients=True, for_staff=True),
    Kind("agreement_review", _("An agreement is due for review"), for_staff=True),
    Kind("calendar_outdated", _("Public holidays changed for a calendar"), for_staff=True),
    Kind("what_if_done", _("A what-if has its answer"), for_staff=True, default=_PAGE),
    Kind("recalculation_done", _("A recalculation is done"), for_staff=True, default=_PAGE),
]


# --- steps of clocks --------------------------------------------------------------------------------


class People:
    """Who is meant by the audiences of a ladder; asked once for all steps that are told together."""

    def __init__(self) -> None:
        self._by_role: dict[Role, list[User]] = {}
        self._of_team: dict[int, list[User]] = {}
        self._leading: dict[int, list[User]] = {}

    def of(self, audiences: Iterable[str], ticket: Ticket) -> list[User]:
        """Each person once, in the order of the audiences."""
        found: dict[int, User] = {}
        for audience in audiences:
            found |= {person.pk: person for person in self._meant_by(Audience(audience), ticket)}
        return list(found.values())

    def _meant_by(self, audience: Audience, ticket: Ticket) -> Sequence[User]:
        if audience == Audience.ASSIGNEE and ticket.assignee is not None:
            return [ticket.assignee]
        if audience in (Audience.ASSIGNEE, Audience.TEAM):
            return self._team(ticket.team)
        if audience == Audience.TEAM_LEAD:
            return self._lead(ticket.team)
        return self._role(Role.MANAGER if audience == Audience.MANAGER else Role.QUALITY_OFFICER)

    def _team(self, team: Team | None) -> list[User]:
        if team is None:
            return []
        if team.pk not in self._of_team:
            self._of_team[team.pk] = list(team.members.filter(is_active=True))
        return self._of_team[team.pk]

    def _lead(self, team: Team | None) -> list[User]:
        if team is None or team.lead_id is None:
            return []
        if team.pk not in self._leading:
            self._leading[team.pk] = list(User.objects.filter(pk=team.lead_id))
        return self._leading[team.pk]

    def _role(self, role: Role) -> list[User]:
        if role not in self._by_role:
            self._by_role[role] = list(User.objects.active().filter(role=role))
        return self._by_role[role]


def step_telling(
    ticket: Ticket, clock: Clock, step: Step, event: TicketEvent, people: list[User], *, now: datetime
) -> Telling:
    """The notice of a step: a warning, the breach, or a later rung of the ladder."""
    kind = "clock_breached" if step.step == BREACH else "clock_warned"
    if step.step.startswith("late:"):
        kind = "clock_escalated"
    return Telling(
        recipients=people,
        kind=kind,
        key=f"{kind}:{ticket.pk}:{event.seq}",
        data={
            **telling.facts_of(ticket),
            "clock": clock.kind,
            "target_seconds": clock.target_seconds,
            "clock_due_at": clock.due_at.isoformat() if clock.due_at else "",
            "step": step.step,
            "step_at": step.at.isoformat(),
        },
        path=telling.desk_path(ticket),
        at=now,
    )


# --- agreements -------------------------------------------------------------------------------------


def desk_path(version: AgreementVersion) -> str:
    """Our page of a version."""
    return f"/desk/agreements/versions/{version.pk}/"


def portal_path(version: AgreementVersion) -> str:
    """The client's page of a version."""
    return f"/portal/agreements/{version.pk}/"


def client_managers(organisation: Organisation) -> list[User]:
    """Who may speak for a client on agreements."""
    able = [role for role in CLIENT_ROLES if Capability.AGREE in role.capabilities]
    return list(User.objects.active().filter(organisation=organisation, role__in=able))


def keepers() -> list[User]:
    """Who looks after agreements and calendars on our side."""
    return list(User.objects.active().able_to(Capability.CONFIGURE))


def _facts(version: AgreementVersion) -> dict[str, object]:
    organisation = version.agreement.organisation
    return {
        "agreement": version.agreement.name,
        "version": version.number,
        "client": organisation.name if organisation else "",
        "from_at": version.effective_from.isoformat() if version.effective_from else "",
        "to_at": version.effective_to.isoformat() if version.effective_to else "",
    }


def _tell(
    version: AgreementVersion,
    people: list[User],
    kind: str,
    path: str,
    at: datetime,
    key: object,
    data: dict[str, object],
) -> None:
    outbox.tell(people, kind, key=f"{kind}:{version.pk}:{key}", data={**_facts(version), **data}, path=path, at=at)


def tell_client_of(
    version: AgreementVersion, kind: str, *, at: datetime, key: object = None, data: dict[str, object] | None = None
) -> None:
    """Tell the client's managers; once per revision unless another key is given."""
    if version.agreement.organisation is not None:
        people = client_managers(version.agreement.organisation)
        _tell(
            version, people, kind, portal_path(version), at, key or f"{version.revision}:{at.isoformat()}", data or {}
        )


def tell_staff_of(
    version: AgreementVersion, kind: str, *, at: datetime, key: object = None, data: dict[str, object] | None = None
) -> None:
    """Tell those who look after agreements."""
    _tell(version, keepers(), kind, desk_path(version), at, key or version.revision, data or {})


def tell_everybody_of(
    version: AgreementVersion, kind: str, *, at: datetime, key: object = None, data: dict[str, object] | None = None
) -> None:
    """Tell both sides; once per version unless a key is given."""
    tell_client_of(version, kind, at=at, key=key or "once", data=data)
    tell_staff_of(version, kind, at=at, key=key or "once", data=data)


def tell_comment(version: AgreementVersion, comment: AgreementComment, *, at: datetime) -> None:
    """Tell the other side of a comment."""
    said: dict[str, object] = {"author": comment.author.name, "line": " ".join(comment.body.split())[:160]}
    tell = tell_staff_of if comment.author.is_client else tell_client_of
    tell(version, "agreement_commented", at=at, key=f"c{comment.pk}", data=said)


# --- calendars and replays --------------------------------------------------------------------------


def tell_calendar_outdated(version: CalendarVersion, *, key: str, at: datetime) -> None:
    """Tell those who look after calendars that the library knows other public days than a calendar."""
    outbox.tell(
        keepers(),
        "calendar_outdated",
        key=f"calendar_outdated:{version.pk}:{key}",
        data={"calendar": version.calendar.name, "version": version.number},
        path=f"/desk/calendars/{version.calendar_id}/",
        at=at,
    )


def tell_what_if(what_if: WhatIf, *, at: datetime) -> None:
    """Tell whoever asked."""
    outbox.tell(
        [what_if.by],
        "what_if_done",
        key=f"what_if_done:{what_if.pk}",
        data={"name": what_if.name},
        path=f"/desk/what-if/{what_if.pk}/",
        at=at,
    )


def tell_recalculation(recalculation: Recalculation, *, stage: str, at: datetime) -> None:
    """Tell whoever asked that the preview ("previewed") or the whole ("done") is there."""
    outbox.tell(
        [recalculation.by],
        "recalculation_done",
        key=f"recalculation_done:{recalculation.pk}:{stage}",
        data={"about": str(recalculation.calendar or recalculation.agreement), "stage": stage},
        path=f"/desk/recalculations/{recalculation.pk}/",
        at=at,
    )
