"""Operations now, and the lists behind its numbers; for everybody on the desk, of what each may see (R-046, SLA-61)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.vary import vary_on_headers

from accounts.models import Team
from desk.levels import wall as wall_parts
from desk.levels.question import NOBODY, named
from desk.levels.wall import HOURS, THEMES, View
from desk.paging import BY_DUE, Order, page_of
from sla import figures
from sla.figures import Watch
from tickets.figures import SOON
from tickets.models import Ticket, TicketQuerySet
from web.guards import staff_page
from web.requests import PersonRequest
from web.words import clock_words

LONGEST_WAIT = Order("since")


@vary_on_headers("HX-Request")
@staff_page
def wall(request: PersonRequest) -> HttpResponse:
    """The wall; htmx asks every few seconds for the part that changes."""
    at = timezone.now()
    teams = list(Team.objects.filter(is_active=True))
    view = View.read(request.GET, teams)
    context = wall_parts.context(request.user, view, at)
    if request.htmx:
        return render(request, "desk/levels/_wall.html", context)
    return render(request, "desk/levels/wall.html", {**context, **_choices(view, teams)})


def _choices(view: View, teams: list[Team]) -> dict[str, Any]:
    return {
        "base": "desk/levels/screen.html" if view.screen else "desk/base.html",
        "teams": teams,
        "hours": [
            {
                "label": _("%(hours)s h") % {"hours": hours},
                "href": view.here(hours=hours),
                "is_current": hours == view.hours,
            }
            for hours in HOURS
        ],
        "screen_href": view.here(screen="" if view.screen else "1", theme=""),
        "themes": [
            {"theme": theme, "href": view.here(theme=theme), "is_current": theme == view.theme} for theme in THEMES
        ],
    }


@staff_page
def wall_list(request: PersonRequest) -> HttpResponse:
    """The whole list behind a number of the wall, a page at a time."""
    at = timezone.now()
    team = request.GET.get("team", "")
    what = request.GET.get("what", "")
    found = _found(what, _of_team(Ticket.objects.visible_to(request.user), team), request, at)
    if found is None:
        raise Http404
    title, rows, order = found
    shown = page_of(rows, order, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    same = {name: request.GET.get(name, "") for name in ("team", "since", "until")}
    context = {
        "at": at,
        "title": title,
        "what": what,
        "team": Team.objects.filter(pk=team).first() if _is_key(team) else "",
        "is_of_nobody": team == NOBODY,
        "count": rows.count(),
        "rows": [wall_parts.a_row(clock, at) for clock in shown.rows],
        "newer": wall_parts.list_address(what, **same, before=shown.previous) if shown.previous else "",
        "older": wall_parts.list_address(what, **same, after=shown.following) if shown.following else "",
    }
    return render(request, "desk/levels/wall_list.html", context)


def _is_key(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


def _of_team(tickets: TicketQuerySet, team: str) -> TicketQuerySet:
    if team == NOBODY:
        return tickets.filter(team__isnull=True)
    return tickets.filter(team=int(team)) if _is_key(team) else tickets


def _found(what: str, tickets: TicketQuerySet, request: PersonRequest, at: datetime) -> tuple[str, Any, Order] | None:
    """Title, rows and order of a list; None: there is no such list."""
    watch = named(Watch, what)
    if watch is not None:
        order = LONGEST_WAIT if watch is Watch.PAUSED else BY_DUE
        return watch.label, wall_parts.rows_behind(tickets, watch, at), order
    if what == "soon":
        rows = wall_parts.rows_behind(tickets, Watch.NEXT, at).filter(due_at__lt=at + SOON)
        return _("Due within the hour"), rows, BY_DUE
    since, until = (_moment(request.GET.get(name, "")) for name in ("since", "until"))
    if what == "due" and since and until:
        rows = figures.due_between(tickets, since, until).select_related(*wall_parts.PEOPLE)
        return _("Due %(since)s–%(until)s") % {"since": clock_words(since), "until": clock_words(until)}, rows, BY_DUE
    return None


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
    except ValueError:
        return None
    return moment if moment is not None and timezone.is_aware(moment) else None
