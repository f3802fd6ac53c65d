"""What the form asked beyond subject and description, with the answers in words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.formats import date_format, localize
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tickets.models import Ticket
from tickets.states import Impact, Urgency
from web.timeline.entries import Fact
from web.timeline.names import Names
from web.words import day_words


def submission_facts(ticket: Ticket, names: Names, now: datetime) -> Iterator[Fact]:
    """What the form asked beyond subject and description, with the answers in words."""
    service = ticket.service
    if ticket.service_object:
        yield Fact(_("System or device"), ticket.service_object)
    if ticket.began_at:
        yield Fact(_("Began"), day_words(ticket.began_at, now))
    if service.asks_impact:
        yield Fact(_("Who is affected"), str(Impact(ticket.impact).label))
        yield Fact(_("Urgency"), str(Urgency(ticket.urgency).label))
    if ticket.affected:
        yield Fact(_("Who exactly"), ticket.affected)
    if ticket.wanted_by:
        yield Fact(_("Wanted by"), day_words(ticket.wanted_by, now))
    if ticket.background:
        yield Fact(_("Business background"), ticket.background)
    questions = {key: (what.partition(":")[2], text) for (what, key), text in names.items() if ":" in what}
    order = list(questions)
    for key in sorted(ticket.answers, key=lambda key: order.index(key) if key in questions else len(order)):
        kind, label = questions.get(key, ("", key))
        yield Fact(label, _answer_words(kind, key, ticket.answers[key], names))


def _answer_words(kind: str, key: str, answer: Any, names: Names) -> str:
    if isinstance(answer, bool):
        return _("Yes") if answer else _("No")
    if kind == "choice":
        return names.get(("answer", f"{key}={answer}"), str(answer))
    if kind == "date" and (day := _day(answer)):
        return date_format(day, pgettext("date format: any year", "M j, Y"))
    return str(localize(answer)) if isinstance(answer, int | float) else str(answer)


def _day(text: Any) -> date | None:
    try:
        return parse_date(str(text))
    except ValueError:
        return None
