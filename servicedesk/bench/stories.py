"""What happens to the requests that acts are measured on: every act of the workflow, in an order that is allowed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from quality.models import Dimension, Score
from tickets.acts import Act
from tickets.models import Ticket
from tickets.states import Priority, Risk, Urgency, Wait

TEXT = "Measured beside many others. 与许多其他请求一起测量。"
OPTIONS = [
    {"title": "Step by step", "steps": "Prepare, change, check", "risk": Risk.HIGH, "risk_note": "Go back"},
    {"title": "At once", "steps": "Change, check", "risk": Risk.LOW},
]
SURVEY = "survey"


class Who(StrEnum):
    """Who does it: the client who asked, the person responsible, or a specialist of the same team."""

    CLIENT = "client"
    HANDLER = "handler"
    COLLEAGUE = "colleague"


@dataclass(frozen=True)
class Crew:
    """The people of a service: tokens by id of the clients who ask, of the team's handlers and of its specialists."""

    service: str
    clients: dict[int, str]
    handlers: dict[int, str]
    colleagues: dict[int, str]

    def handler(self, ticket: Ticket) -> int:
        """The member of the team who is responsible for a request."""
        people = list(self.handlers)
        return people[ticket.pk % len(people)]

    def token(self, who: Who, ticket: Ticket) -> str:
        """The token of whoever acts."""
        if who == Who.CLIENT:
            return self.clients[ticket.requester_id]
        if who == Who.HANDLER:
            return self.handlers[self.handler(ticket)]
        tokens = list(self.colleagues.values())
        return tokens[ticket.pk % len(tokens)]


Says = Callable[[Ticket, Crew], dict[str, Any] | None]


@dataclass(frozen=True)
class Step:
    """One act.

    Attributes:
        act: its name in the API.
        says: what is sent, given the request as it is; None leaves a request out.
    """

    act: str
    who: Who
    says: Says

    @property
    def name(self) -> str:
        """What tables call it."""
        return f"{self.act} ({self.who})"

    def path(self, ticket: Ticket) -> str:
        """Its address at the API."""
        room = f"/api/v1/requests/{ticket.number}"
        return f"{room}/{self.act}/" if self.act == SURVEY else f"{room}/acts/{self.act}/"


@dataclass(frozen=True)
class Story:
    """What happens to a request after it was submitted.

    Attributes:
        is_planned: whether its service asks for a plan and for verification.
    """

    name: str
    is_planned: bool
    steps: tuple[Step, ...]


def _by(who: Who, act: str, says: Says | None = None, **said: Any) -> Step:
    return Step(str(act), who, says or (lambda ticket, crew: said))


def _client(act: str, says: Says | None = None, **said: Any) -> Step:
    return _by(Who.CLIENT, act, says, **said)


def _handler(act: str, says: Says | None = None, **said: Any) -> Step:
    return _by(Who.HANDLER, act, says, **said)


def _colleague(act: str, says: Says | None = None, **said: Any) -> Step:
    return _by(Who.COLLEAGUE, act, says, **said)


def _delivery(**more: Any) -> Says:
    return lambda ticket, crew: {"delivery": ticket.deliveries.latest("number").number, **more}


def _version(**more: Any) -> Says:
    return lambda ticket, crew: {"version": ticket.plans.latest("version").version, **more}


def _task(ticket: Ticket, crew: Crew) -> dict[str, Any]:
    return {"task": ticket.tasks.latest("pk").pk}


def _handler_of(ticket: Ticket, crew: Crew) -> dict[str, Any]:
    return {"assignee": crew.handler(ticket)}


def _goal(ticket: Ticket, crew: Crew) -> dict[str, Any] | None:
    """Of two requests that a contact submitted one after the other, the first goes into the second."""
    alike = Ticket.objects.filter(requester=ticket.requester_id, subject=ticket.subject).order_by("pk")
    mine = list(alike.values_list("pk", "number"))
    place = [pk for pk, _ in mine].index(ticket.pk)
    return {"into": mine[place + 1][1]} if place % 2 == 0 and place + 1 < len(mine) else None


PLAIN = Story(
    "plain",
    False,
    (
        _handler(Act.LOG_CALL, body=TEXT),
        _handler(Act.CLASSIFY, urgency=Urgency.HIGH),
        _handler(Act.TAKE_UP),
        _handler(Act.SET_PRIORITY, priority=Priority.CRITICAL, reason=TEXT),
        _handler(Act.REPLY, body=TEXT),
        _handler(Act.NOTE, body=TEXT),
        _handler(Act.WAIT, wait_for=Wait.CLIENT),
        _client(Act.REPLY, body=TEXT),
        _handler(Act.REPORT_PROGRESS, body=TEXT),
        _handler(Act.DELIVER, summary=TEXT, self_checked=True),
        _client(Act.REJECT, _delivery(reason=TEXT)),
        _handler(Act.ADD_TASK, title="Check again"),
        _handler(Act.FINISH_TASK, _task),
        _handler(Act.REOPEN_TASK, _task),
        _client(Act.WITHDRAW, reason=TEXT),
    ),
)
PLANNED = Story(
    "with a plan",
    True,
    (
        _handler(Act.ASSIGN, _handler_of),
        _handler(Act.START_ASSESSMENT),
        _handler(Act.WAIT, wait_for=Wait.THIRD_PARTY),
        _handler(Act.RESUME),
        _handler(Act.DRAFT_PLAN, options=OPTIONS),
        _colleague(Act.REVIEW_PLAN),
        _handler(Act.PROPOSE_PLAN, message=TEXT),
        _client(Act.RETURN_PLAN, _version(comment=TEXT)),
        _handler(Act.PROPOSE_PLAN, options=OPTIONS[1:], message=TEXT),
        _client(Act.CONFIRM_PLAN, _version(option=1)),
        _handler(Act.START_EXECUTION),
        _colleague(Act.VERIFY),
        _handler(Act.DELIVER, summary=TEXT, self_checked=True),
        _client(Act.ACCEPT, _delivery(comment=TEXT)),
        _client(SURVEY, scores=dict.fromkeys(map(str, Dimension), int(Score.GOOD)), comment=TEXT),
        _client(Act.REOPEN, reason=TEXT),
    ),
)
DECLINED = Story("declined", False, (_handler(Act.DECLINE, reason=TEXT),))
MERGED = Story("merged", False, (_handler(Act.MERGE, _goal),))
STORIES = (PLAIN, PLANNED, DECLINED, MERGED)
