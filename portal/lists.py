"""The requests of the home page: what needs the client, what is under way, what is done; page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db.models import BooleanField, Exists, ExpressionWrapper, OuterRef, Q
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_aware

from accounts.models import User
from accounts.roles import Capability
from portal import words
from quality.models import Survey
from tickets.models import Plan, Ticket, TicketQuerySet
from tickets.states import PlanState, State, Turn

PAGE = 20
FEW = 5  # of what is done, on the first page
CAP = 99


class Show(StrEnum):
    """Which list a page shows; all of them at first."""

    ALL = ""
    NEEDS = "needs"
    OPEN = "open"
    DONE = "done"


@dataclass(frozen=True)
class Asked:
    """What the address asks for."""

    show: Show = Show.ALL
    text: str = ""
    whole: bool = False
    before: tuple[datetime, int] | None = None

    @classmethod
    def of(cls, query: Any, user: User) -> Asked:
        """Read from a query string; whatever makes no sense is left out."""
        show = query.get("show", "")
        return cls(
            show=Show(show) if show in set(Show) else Show.ALL,
            text=" ".join(query.get("q", "").replace("\x00", "").split())[:200],
            whole=user.may(Capability.SEE_ORGANISATION) and query.get("whose") != "mine",
            before=_place(query.get("before", "")),
        )


def _place(text: str) -> tuple[datetime, int] | None:
    moment, _comma, number = text.partition(",")
    try:
        at = parse_datetime(moment)
    except ValueError:
        return None
    is_number = number.isascii() and number.isdigit() and len(number) < 19
    return (at, int(number)) if at is not None and is_aware(at) and is_number else None


@dataclass(frozen=True)
class Row:
    """A request as a list shows it."""

    ticket: Ticket
    to_do: str
    next: str
    promise: words.Promise | None
    mark: words.Mark


@dataclass(frozen=True)
class Rows:
    """A stretch of a list. `older` is the place where the next one begins; `count` is capped ("99+")."""

    rows: Sequence[Row] = ()
    older: str = ""
    count: str = ""

    def __bool__(self) -> bool:
        return bool(self.rows)


@dataclass(frozen=True)
class Home:
    """What the home page shows."""

    asked: Asked
    needs: Rows = field(default_factory=Rows)
    surveys: Sequence[Survey] = ()
    under_way: Rows = field(default_factory=Rows)
    done: Rows = field(default_factory=Rows)
    found: Rows = field(default_factory=Rows)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing at all."""
        return not (self.needs or self.surveys or self.under_way or self.done or self.found)


def home_for(user: User, asked: Asked, now: datetime) -> Home:
    """The lists of a client, as the address asks for them."""
    mine = _visible(user, asked)
    if asked.text:
        return Home(asked, found=_page(mine.matching(asked.text, internal=False), asked, now))
    wanted = asked.show
    return Home(
        asked,
        needs=_page(mine.filter(_NEEDS), asked, now, counts=True) if wanted in (Show.ALL, Show.NEEDS) else Rows(),
        surveys=_surveys(user, now) if wanted == Show.ALL else [],
        under_way=_page(mine.open().exclude(_NEEDS), asked, now, counts=True)
        if wanted in (Show.ALL, Show.OPEN)
        else Rows(),
        done=_page(mine.exclude(_OPEN), asked, now, size=PAGE if wanted == Show.DONE else FEW)
        if wanted in (Show.ALL, Show.DONE)
        else Rows(),
    )


_OPEN = Q(state__in=[state for state in State if state.is_open])
_NEEDS = _OPEN & (Q(turn=Turn.CLIENT) | Q(state=State.ACCEPTANCE) | Q(plan_waits=True))


_SHOWN = (
    *("number", "subject", "state", "turn", "wait", "wait_until", "changed_at", "closed_at", "due_at", "due_kind"),
    *("organisation_id", "merged_into_id", "requester__name", "service__reopen_days"),
)


def _visible(user: User, asked: Asked) -> TicketQuerySet:
    found = Ticket.objects.visible_to(user).select_related("requester", "service").only(*_SHOWN)
    if not asked.whole:
        found = found.filter(requester=user)
    plans = Plan.objects.filter(ticket=OuterRef("pk"), state=PlanState.PROPOSED)
    waits = ExpressionWrapper(Q(state=State.ASSESSMENT) & Exists(plans), output_field=BooleanField())
    return found.annotate(plan_waits=waits)


def _surveys(user: User, now: datetime) -> list[Survey]:
    """Surveys this person was sent and has not answered."""
    waiting = Survey.objects.visible_to(user).waiting().filter(ticket__requester=user, expires_at__gt=now)
    return list(waiting.select_related("ticket")[:FEW])


def _page(found: TicketQuerySet, asked: Asked, now: datetime, *, size: int = PAGE, counts: bool = False) -> Rows:
    """A stretch, last changed first, by keyset: the thousandth page costs what the first one does."""
    stretch = found
    if asked.before is not None:
        at, pk = asked.before
        stretch = found.filter(Q(changed_at__lt=at) | Q(changed_at=at, pk__lt=pk))
    tickets = list(stretch.order_by("-changed_at", "-pk")[: size + 1])
    rows = [_row(ticket, now) for ticket in tickets[:size]]
    older = f"{tickets[size - 1].changed_at.isoformat()},{tickets[size - 1].pk}" if len(tickets) > size else ""
    return Rows(rows, older, _count(found, len(rows), is_all=not older and asked.before is None) if counts else "")


def _count(found: TicketQuerySet, known: int, *, is_all: bool) -> str:
    count = known if is_all else found.order_by()[: CAP + 1].count()
    return f"{CAP}+" if count > CAP else str(count)


def _row(ticket: Ticket, now: datetime) -> Row:
    plan_waits: bool = ticket.__dict__["plan_waits"]
    to_do = words.to_do(ticket, plan_waits=plan_waits)
    return Row(
        ticket,
        to_do,
        words.what_next(ticket, now, plan_waits=plan_waits),
        None if to_do else words.promise_of(ticket, now),
        words.mark(ticket, asks_client=bool(to_do)),
    )
