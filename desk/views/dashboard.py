"""The dashboard: how things stand, and the list behind each figure (R-046, R-051, SLA-60, SLA-61).

Everybody on the desk's side may open it; every number is made of the requests that person may see, so an agent reads
the figures of their own teams, and whoever may see all (quality officers, managers) those of the house.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from desk import dashboard_parts as parts
from desk.figure_lists import COMPLIANCE_KINDS, Asked, FigureList, Row, list_behind
from desk.paging import page_of
from desk.scope import Scope
from quality.figures import latest_comments, satisfaction
from sla.figures import Outcome, compliance
from sla.models import ClockKind
from tickets import figures as counted
from tickets.models import Ticket, TicketQuerySet
from web.guards import staff_page
from web.requests import PersonRequest

HANDS = 5
LATE_HANDS = 3  # so that what can still be saved is seen too
COMMENTS = 3
LINKED = ("ended", "satisfaction", "open")
BOM = "\ufeff"  # so that spreadsheets read the file as UTF-8


@staff_page
def dashboard(request: PersonRequest) -> HttpResponse:
    """The whole dashboard, or with htmx the same page, of which the browser takes the part that changed."""
    at = timezone.now()
    scope = Scope.read(request.GET, request.user, at)
    return render(request, "desk/dashboard.html", {"at": at, "scope": scope, **_contents(request, scope, at)})


def _contents(request: PersonRequest, scope: Scope, at: datetime) -> dict[str, Any]:
    tickets = scope.narrow(Ticket.objects.visible_to(request.user))
    kind = next((each for each in COMPLIANCE_KINDS if each == request.GET.get("clock")), ClockKind.FIRST_RESPONSE)
    levels = compliance(tickets, scope.period, at=at, kinds=COMPLIANCE_KINDS)
    opinion = satisfaction(tickets, scope.period)
    now = counted.open_counts(tickets, at=at)
    flow = counted.volume(tickets, scope.period, open_now=now.open)
    return {
        "figures": [
            *(parts.compliance_figure(levels[each], scope) for each in COMPLIANCE_KINDS),
            parts.satisfaction_figure(opinion, scope),
            parts.open_figure(now, flow, scope),
            parts.volume_figure(flow, scope),
        ],
        "clocks": parts.clock_choices(kind, scope),
        "kind": kind,
        "keep": {"clock": "" if kind == ClockKind.FIRST_RESPONSE else kind},
        "compliance_chart": parts.compliance_chart(levels[kind], scope),
        "tally": levels[kind].now,
        "volume_chart": parts.volume_chart(flow, scope),
        "flow": flow,
        "backlog": parts.backlog_table(counted.backlog(tickets, at=at), scope),
        "load": parts.load_rows(counted.load(tickets, at=at), scope, everybody="everybody" in request.GET),
        "opinion": opinion,
        "dimensions": parts.dimension_rows(opinion),
        "score_chart": parts.score_chart(opinion),
        "comments": latest_comments(tickets, scope.period, limit=COMMENTS),
        "hands": _hands(tickets, now, scope, at),
        "links": {name: parts.list_address(scope, name) for name in LINKED},
    }


def _hands(tickets: TicketQuerySet, now: counted.OpenCounts, scope: Scope, at: datetime) -> list[dict[str, Any]]:
    """What runs out within the hour and what is late, the most urgent of each; empty groups are left out."""
    soon = list(counted.due_soon(tickets, at=at).by_due().with_people()[:HANDS])
    late = list(tickets.late(at).by_due().with_people()[: max(LATE_HANDS, HANDS - len(soon))])
    groups = (
        ("due_soon", _("Due within an hour"), soon[: HANDS - min(len(late), LATE_HANDS)], now.due_soon),
        ("late", _("Late"), late, now.late),
    )
    return [
        {"title": title, "tickets": rows, "count": count, "href": parts.list_address(scope, name)}
        for name, title, rows, count in groups
        if rows
    ]


@staff_page
def dashboard_list(request: PersonRequest) -> HttpResponse:
    """The requests behind one figure, a page at a time; the number on top is the figure."""
    at = timezone.now()
    scope, asked, found = _asked_for(request, at)
    page = page_of(found.rows, found.order, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    rows: list[Any] = list(page.rows)
    context = {
        "at": at,
        "scope": scope,
        "asked": asked,
        "title": found.title,
        "note": found.note,
        "count": found.count(),
        "tabs": _outcome_tabs(request, asked, scope, at),
        "rows": [found.row_of(row) for row in rows],
        "newer": parts.list_address(scope, **asked.parameters(), before=page.previous) if page.previous else "",
        "older": parts.list_address(scope, **asked.parameters(), after=page.following) if page.following else "",
        "export_url": parts.export_address(scope, **asked.parameters()),
        "is_compliance": asked.figure in COMPLIANCE_KINDS,
        "is_satisfaction": asked.figure == "satisfaction",
    }
    return render(request, "desk/dashboard_list.html", context)


def _asked_for(request: PersonRequest, at: datetime) -> tuple[Scope, Asked, FigureList]:
    scope, asked = Scope.read(request.GET, request.user, at), Asked.read(request.GET)
    found = list_behind(asked, scope, request.user, at)
    if found is None:
        raise Http404
    return scope, asked, found


def _outcome_tabs(request: PersonRequest, asked: Asked, scope: Scope, at: datetime) -> list[dict[str, Any]]:
    """Counted, met, missed and void with their numbers, for lists of compliance."""
    if asked.figure not in COMPLIANCE_KINDS:
        return []
    tickets = scope.narrow(Ticket.objects.visible_to(request.user))
    kind = ClockKind(asked.figure)
    tally = compliance(tickets, scope.period, at=at, kinds=[kind])[kind].now
    return [
        {
            "label": outcome.label,
            "count": tally.of(outcome),
            "href": parts.list_address(scope, asked.figure, outcome=outcome),
            "is_current": outcome == asked.outcome,
            "tone": "late" if outcome == Outcome.MISSED and tally.missed else "",
        }
        for outcome in Outcome
    ]


@staff_page
def dashboard_export(request: PersonRequest) -> StreamingHttpResponse:
    """The same list as a spreadsheet (CSV), whole."""
    _scope, asked, found = _asked_for(request, timezone.now())
    answer = StreamingHttpResponse(_lines(found), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{asked.figure}.csv"'
    return answer


class _Echo:
    """A file that hands each line on instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def _lines(found: FigureList) -> Iterator[str]:
    writer: Any = csv.writer(_Echo())
    yield BOM + writer.writerow(
        [
            _("Number"),
            _("Subject"),
            _("Client"),
            _("Service"),
            _("State"),
            _("Person"),
            _("Received"),
            _("Due"),
            _("Stopped"),
            _("Score"),
            _("Comment"),
        ]
    )
    for row in found.every_row():
        yield writer.writerow([_plain(cell) for cell in _cells(row)])


def _cells(row: Row) -> list[str]:
    ticket = row.ticket
    moments = [_moment(at) for at in (ticket.received_at, row.due_at, row.stopped_at)]
    return [
        ticket.number,
        ticket.subject,
        ticket.organisation.name,
        str(ticket.service),
        ticket.get_state_display(),
        ticket.assignee.name if ticket.assignee else "",
        *moments,
        f"{row.mean:.2f}" if row.mean is not None else "",
        row.comment,
    ]


def _moment(at: datetime | None) -> str:
    return timezone.localtime(at).isoformat(sep=" ", timespec="seconds") if at else ""


def _plain(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
