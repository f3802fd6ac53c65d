"""The page of one request, what changed on it since, and the ledger of its clocks."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from django.views.decorators.vary import vary_on_headers

from desk.ledger import ledger_context
from desk.request_page import find_ticket, request_context
from sla.models import Clock
from tickets.models import TicketEvent
from tickets.states import EventKind
from web.guards import staff_page
from web.requests import PersonRequest

RECENT = 20  # so many new events are looked at for the one that is told


@require_GET
@vary_on_headers("HX-Request", "HX-Target")
@staff_page
def request_page(request: PersonRequest, number: str) -> HttpResponse:
    """A request; htmx gets the part that changes, without touching what is being written."""
    at = timezone.now()
    ticket = find_ticket(request.user, number)
    is_part = bool(request.htmx) and request.htmx.target == "detail"
    context = request_context(request, ticket, at, keep=is_part)
    return render(request, "desk/request/_detail.html" if is_part else "desk/request.html", context)


@require_GET
@staff_page
def changes(request: PersonRequest, number: str) -> HttpResponse:
    """A line about what has happened since event `seen`; 204 when nothing has.

    What somebody wrote goes before what somebody did, and that before what the clocks say.
    """
    ticket = find_ticket(request.user, number)
    seen = request.GET.get("seen", "")
    if not seen.isdecimal() or len(seen) > 9 or ticket.event_seq <= int(seen):
        return HttpResponse(status=204)
    events = TicketEvent.objects.on(ticket, request.user).filter(seq__gt=int(seen))
    latest = list(events.select_related("actor").order_by("-seq")[:RECENT])
    if not latest:
        return HttpResponse(status=204)
    told = max(latest, key=lambda event: (event.message_id is not None, event.actor_id is not None, event.seq))
    context = {"ticket": ticket, "line": _line(told), "at": told.at, "now": timezone.now()}
    return render(request, "desk/request/_news.html", context)


def _line(event: TicketEvent) -> str:
    name = event.actor.name if event.actor else ""
    if event.kind == EventKind.MESSAGE and name:
        return _("%(name)s replied") % {"name": name}
    if event.kind == EventKind.NOTE and name:
        return _("%(name)s left a note") % {"name": name}
    what = str(EventKind(event.kind).label)
    return f"{what} · {name}" if name else what


@require_GET
@vary_on_headers("HX-Request", "HX-Target")
@staff_page
def clock(request: PersonRequest, number: str, pk: int) -> HttpResponse:
    """Why a clock says what it says: its time strip and ledger, its other parts, and why it has this target (SLA-41).

    A long ledger is shown with its beginning and end; `?all=1` shows it whole.
    """
    at = timezone.now()
    ticket = find_ticket(request.user, number)
    related = ("pin__target__version__agreement", "pin__calendar_version__calendar")
    clocks = Clock.objects.visible_to(request.user).filter(ticket=ticket).select_related(*related)
    found = get_object_or_404(clocks, pk=pk)
    context = {
        **ledger_context(ticket, found, request.user, at, whole=bool(request.GET.get("all"))),
        "whole_url": f"{request.path}?all=1",
        "zone": timezone.get_current_timezone_name(),
    }
    return render(request, "desk/request/_clock.html" if request.htmx else "desk/clock.html", context)
