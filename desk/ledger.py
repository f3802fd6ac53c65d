"""The ledger of a clock on the desk: its strip and lines, its other parts, why it has this target (SLA-33, SLA-41)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Capability
from desk.request_page import clock_row
from sla import telling
from sla.engine.errors import CalendarError
from sla.models import CalendarVersion, Clock
from sla.services.explain import Why, parts_of, reading_of, why
from sla.services.selection import Considered
from sla.services.sentences import sentence_of
from sla.services.terms import promise_of
from tickets.models import Ticket
from web.agreements import Line as TargetLine
from web.agreements import Names, lines_of, pauses_words
from web.ledger import Account, account_of, causes_of, folded, strip_of
from web.targets import misses_words, reason_words

MOST_LINES = 60


def ledger_context(ticket: Ticket, clock: Clock, user: User, at: datetime, *, whole: bool = False) -> dict[str, Any]:
    """What `desk/request/_ledger.html` shows of a clock, read anew from the events and pinned targets.

    `account` is None where it can't be read; `problem` says why.

    Args:
        clock: with its pin, the pin's target, version and agreement, and calendar.
        whole: all lines, however many there are.
    """
    account, problem = account_for(ticket, clock, at)
    return {
        "ticket": ticket,
        "row": clock_row(clock, ticket, at),
        "account": account,
        "problem": problem,
        "strip": strip_of(account, id=f"strip-{clock.pk}", at=at) if account else None,
        **shown_lines(account, whole=whole),
        "parts": _parts(clock),
        "choice": _choice(clock, user),
        "pauses": pauses_words(clock.pin.target.pauses) if clock.pin.target else "",
        "now": at,
    }


def account_for(ticket: Ticket, clock: Clock, at: datetime) -> tuple[Account | None, str]:
    """The clock's ledger in words; or nothing, and why there is none."""
    try:
        reading = reading_of(ticket, clock, at)
    except CalendarError as error:
        return None, sentence_of(error)
    if reading is None:
        return None, _("The record of the request no longer gives this clock.")
    return account_of(reading, causes_of(ticket.pk, [reading])), ""


def shown_lines(account: Account | None, *, whole: bool) -> dict[str, Any]:
    """The lines of a ledger as its table shows them: a long one by its beginning and end."""
    lines = account.lines if account else []
    first, left_out, last = folded(lines, len(lines) if whole else MOST_LINES)
    return {"first_lines": first, "left_out": left_out, "last_lines": last}


def _parts(clock: Clock) -> list[Clock]:
    """The parts of the cycle, if there are several."""
    parts = parts_of(clock)
    return parts if len(parts) > 1 else []


# --- why this target --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Option:
    """A target that was considered; `why_not` is empty where it applied."""

    line: TargetLine
    is_chosen: bool
    why_not: str


def _choice(clock: Clock, user: User) -> dict[str, Any]:
    pin = clock.pin
    reason, names = why(pin), Names.known()
    return {
        "reason": reason_words(pin.reason),
        "options": [_option(row, reason, names) for row in reason.considered],
        "agreement_path": telling.desk_path(pin.target.version) if pin.target else "",
        "calendar_path": calendar_path(pin.calendar_version) if pin.calendar_version else "",
        "recalculation": reason.recalculation,
        "may_open_recalculation": user.may(Capability.CONFIGURE),
    }


def _option(row: Considered, reason: Why, names: Names) -> Option:
    (line,) = lines_of([promise_of(row.target)], names)
    return Option(line, row.is_chosen, misses_words(row.target, reason.matter, names))


def calendar_path(version: CalendarVersion) -> str:
    """Our page of a version of a calendar."""
    return f"/desk/calendars/{version.calendar_id}/?version={version.number}"
