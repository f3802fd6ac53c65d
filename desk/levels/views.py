"""The managers' page about service levels, the lists behind its numbers, and both as files (R-046, SLA-60, SLA-61).

Every number is made of the requests the person may see: a team lead reads the figures of the own teams, whoever may
see all those of the house.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.roles import Capability
from desk.levels import lists, page
from desk.levels.answers import Answers
from desk.levels.lists import Asked, Listing
from desk.levels.question import Question
from desk.levels.tables import BLOCKS, compliance_note, tables_of
from desk.paging import page_of
from desk.scope import Scope
from desk.sheets import csv_answer, xlsx_answer
from sla.figures import Outcome
from tickets.models import Ticket
from web.guards import needs, staff_page
from web.requests import PersonRequest
from web.words import full_words


@staff_page
def levels(request: PersonRequest) -> HttpResponse:
    """The managers' page; whoever may not see its figures is sent to the wall, which everybody may."""
    if not request.user.may(Capability.SEE_LEVELS):
        return redirect("desk:wall")
    answers = Answers(Question.read(request.GET, request.user, timezone.now()))
    return render(request, "desk/levels/levels.html", page.context(answers))


@needs(Capability.SEE_LEVELS)
def levels_csv(request: PersonRequest) -> HttpResponseBase:
    """One block as CSV."""
    key = request.GET.get("block", "")
    if key not in BLOCKS:
        raise Http404
    answers = Answers(Question.read(request.GET, request.user, timezone.now()))
    return csv_answer(BLOCKS[key](answers), f"levels-{key}")


@needs(Capability.SEE_LEVELS)
def levels_xlsx(request: PersonRequest) -> HttpResponseBase:
    """One block as a workbook, or the whole page with a sheet per block."""
    key = request.GET.get("block", "")
    if key and key not in BLOCKS:
        raise Http404
    question = Question.read(request.GET, request.user, timezone.now())
    answers = Answers(question)
    tables = [BLOCKS[key](answers)] if key else tables_of(answers)
    about = [*about_lines(question.scope, question.at), (_("Clock"), str(question.kind.label))]
    return xlsx_answer(tables, f"levels-{key}" if key else "levels", about)


def about_lines(scope: Scope, at: datetime) -> list[tuple[str, str]]:
    """What a workbook says of where its numbers come from."""
    return [
        (_("Period"), scope.range_words),
        (_("Scope"), scope.words),
        (_("Time zone"), str(scope.period.zone)),
        (_("Read"), full_words(at)),
        (_("Compliance"), compliance_note()),
    ]


# --- the lists ---------------------------------------------------------------------------------------


@needs(Capability.SEE_LEVELS)
def levels_list(request: PersonRequest) -> HttpResponse:
    """The rows behind one number, a page at a time."""
    at = timezone.now()
    scope, found = _asked_for(request, at)
    shown = page_of(found.rows, found.order, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    context = {
        "at": at,
        "scope": scope,
        "asked": found.asked,
        "title": found.title,
        "note": found.note,
        "count": found.count,
        "tabs": _outcome_tabs(found, scope),
        "rows": shown.rows,
        "newer": _address("list", found.asked, scope, before=shown.previous) if shown.previous else "",
        "older": _address("list", found.asked, scope, after=shown.following) if shown.following else "",
        "csv_url": _address("list-csv", found.asked, scope),
        "xlsx_url": _address("list-xlsx", found.asked, scope),
        "back_url": f"{reverse('desk:levels')}?{scope.query(clock=found.asked.kind or '')}",
    }
    return render(request, "desk/levels/list.html", context)


@needs(Capability.SEE_LEVELS)
def levels_list_csv(request: PersonRequest) -> HttpResponseBase:
    """The whole list as CSV."""
    at = timezone.now()
    _scope, found = _asked_for(request, at)
    return csv_answer(lists.table_of(found, at), found.asked.kind or lists.RECEIVED)


@needs(Capability.SEE_LEVELS)
def levels_list_xlsx(request: PersonRequest) -> HttpResponseBase:
    """The list as a workbook."""
    at = timezone.now()
    scope, found = _asked_for(request, at)
    return xlsx_answer([lists.table_of(found, at)], found.asked.kind or lists.RECEIVED, about_lines(scope, at))


def _asked_for(request: PersonRequest, at: datetime) -> tuple[Scope, Listing]:
    asked = Asked.read(request.GET)
    if asked is None:
        raise Http404
    scope = Scope.read(request.GET, request.user, at, ranges=True)
    tickets = scope.narrow(Ticket.objects.visible_to(request.user))
    return scope, lists.listing(asked, tickets, scope, at)


def _address(name: str, asked: Asked, scope: Scope, **more: Any) -> str:
    return f"{reverse(f'desk:levels-{name}')}?{scope.query(**asked.parameters(), **more)}"


def _outcome_tabs(found: Listing, scope: Scope) -> list[dict[str, Any]]:
    """Counted, met, missed and void with their numbers."""
    if found.tally is None:
        return []
    return [
        {
            "label": outcome.label,
            "count": found.tally.of(outcome),
            "href": _address("list", lists.with_outcome(found.asked, outcome), scope),
            "is_current": outcome == found.asked.outcome,
            "tone": "late" if outcome == Outcome.MISSED and found.tally.missed else "",
        }
        for outcome in Outcome
    ]
