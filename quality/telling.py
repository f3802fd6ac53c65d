"""Whom a survey is told to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from notifications import services as outbox
from notifications.kinds import Kind
from quality.models import Score, Survey
from tickets import telling
from tickets.models import Ticket, TicketEvent

KINDS = [
    Kind("survey_invited", _("A survey about a closed request"), for_clients=True),
    Kind("survey_answered", _("A client is not satisfied"), for_staff=True),
]


def tell_invitation(ticket: Ticket, survey: Survey, event: TicketEvent, *, token: str, at: datetime) -> None:
    """Invite the contact; the link works without signing in."""
    outbox.tell(
        [ticket.requester],
        "survey_invited",
        key=f"survey_invited:{survey.pk}",
        data=telling.facts_of(ticket),
        path=f"/portal/survey/{token}/",
        at=at,
    )


def tell_answer(ticket: Ticket, survey: Survey, event: TicketEvent, *, scores: Mapping[str, int], at: datetime) -> None:
    """Tell the person responsible and the team lead when a client is dissatisfied with anything."""
    if min(scores.values(), default=Score.VERY_GOOD) > Score.POOR:
        return
    people = {person.pk: person for person in telling.responsible(ticket)}
    if ticket.team is not None and ticket.team.lead is not None:
        people[ticket.team.lead.pk] = ticket.team.lead
    telling.tell_staff(
        ticket,
        "survey_answered",
        event,
        at=at,
        people=people.values(),
        data={"lowest": min(scores.values())},
    )
