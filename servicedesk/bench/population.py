"""Requests that are due at one instant, made by the services, on top of a calm desk."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle

from django.db import transaction
from django.utils import timezone

from accounts.models import Organisation, User
from accounts.roles import Role
from sla.models import Agreement, AgreementState, AgreementVersion, Audience, ClockKind, WorkingCalendar
from sla.services.terms import Promise, Rung, store_promises
from tickets import services
from tickets.models import Service, Ticket

TARGET = timedelta(minutes=30)
WARNED_AT = 0.8
LADDER = (
    Rung("80%", (Audience.ASSIGNEE,)),
    Rung("breach", (Audience.ASSIGNEE, Audience.TEAM_LEAD, Audience.MANAGER)),
)
RESERVE = 5  # seconds between the last of them and the instant


@dataclass(frozen=True)
class Population:
    """Requests of which half is to be warned of and half is late at an instant."""

    due: datetime
    warned: list[int]
    late: list[int]

    @property
    def expected(self) -> int:
        """How many steps are to be recorded."""
        return len(self.warned) + len(self.late)


def populate(count: int) -> Population:
    """Make them; the instant lies ahead by what making them takes."""
    client = _client()
    service = Service.objects.filter(is_technical=False, needs_plan=False).order_by("pk")[:1].get()
    handlers = User.objects.active().filter(teams=service.team, role__in=[Role.AGENT, Role.SPECIALIST]).order_by("pk")
    due = timezone.now() + timedelta(seconds=RESERVE + count * _seconds_each(client, handlers[0], service))
    begins = {True: due - TARGET, False: due - TARGET * WARNED_AT}
    made: dict[bool, list[int]] = {True: [], False: []}
    for place, handler in zip(range(count), cycle(handlers)):
        made[place % 2 == 0].append(_request(client, handler, service, begins[place % 2 == 0]).pk)
    return Population(due, warned=made[False], late=made[True])


def _client() -> User:
    organisation = Organisation.objects.create(name="Bench")
    always = WorkingCalendar.objects.get(name="24×7")
    version = AgreementVersion.objects.create(
        agreement=Agreement.objects.create(name="Bench", organisation=organisation),
        number=1,
        state=AgreementState.IN_FORCE,
        effective_from=timezone.now() - timedelta(days=1),
    )
    seconds = int(TARGET.total_seconds())
    store_promises(version, [Promise(ClockKind.FIRST_RESPONSE, seconds, always.pk, ladder=LADDER)])
    return User.objects.create(
        email="bench@client.test", name="Bench", role=Role.CLIENT_CONTACT, organisation=organisation
    )


def _seconds_each(client: User, handler: User, service: Service) -> float:
    """What making one takes, with a reserve; tried on some that are forgotten at once."""
    began = time.monotonic()
    with transaction.atomic():
        for _ in range(5):
            _request(client, handler, service, timezone.now())
        transaction.set_rollback(True)
    return (time.monotonic() - began) / 5 * 1.5


def _request(client: User, handler: User, service: Service, at: datetime) -> Ticket:
    asked = services.Asked(service=service, subject="Bench", description="Due together with many others.")
    ticket = services.submit(asked, by=client, at=at)
    return services.assign(ticket, by=handler, at=at, assignee=handler)
