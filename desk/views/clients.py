"""Client organisations, and one of them: people, agreement, requests."""

from __future__ import annotations

from urllib.parse import urlencode

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.models import Organisation
from desk.filters import typed
from desk.paging import BY_DUE, BY_END
from desk.rows import listed, rows_of
from sla.services.selection import agreement_for
from tickets.models import Ticket
from web.guards import staff_page
from web.requests import PersonRequest

PAGE_SIZE, OPEN_SHOWN, RECENT_SHOWN = 50, 50, 20


@require_GET
@staff_page
def clients(request: PersonRequest) -> HttpResponse:
    """All clients by name, with how many of their requests are open and late, of those this person may see."""
    at = timezone.now()
    q, after = typed(request.GET, "client")[:100], typed(request.GET, "after")
    found = Organisation.objects.filter(name__gt=after) if after else Organisation.objects.all()
    page = list(found.filter(name__icontains=q).order_by("name")[: PAGE_SIZE + 1])
    is_more, page = len(page) > PAGE_SIZE, page[:PAGE_SIZE]
    tickets = Ticket.objects.visible_to(request.user).open().filter(organisation__in=page)
    counted = (
        tickets.order_by().values("organisation").annotate(open=Count("pk"), late=Count("pk", filter=Q(due_at__lt=at)))
    )
    counts = {row["organisation"]: row for row in counted}
    older = urlencode({"client": q, "after": page[-1].name}) if is_more else ""
    context = {
        "clients": [{"client": client, **counts.get(client.pk, {"open": 0, "late": 0})} for client in page],
        "client_q": q,
        "older": f"?{older}" if older else "",
        "newer": f"?{urlencode({'client': q})}" if after else "",
    }
    return render(request, "desk/clients.html", context)


@require_GET
@staff_page
def client(request: PersonRequest, pk: int) -> HttpResponse:
    """One client."""
    at = timezone.now()
    found = get_object_or_404(Organisation, pk=pk)
    tickets = Ticket.objects.visible_to(request.user).filter(organisation=found)
    version = agreement_for(found.pk, at)
    running = listed(tickets.open()).order_by(*BY_DUE.expressions(backwards=False))[: OPEN_SHOWN + 1]
    closed = listed(tickets.filter(closed_at__isnull=False))
    ended = closed.order_by(*BY_END.expressions(backwards=False))[:RECENT_SHOWN]
    open_rows = rows_of(running, at)
    context = {
        "client": found,
        "people": list(found.people.filter(is_active=True).order_by("name", "pk")[:200]),
        "agreement": version.agreement if version else None,
        "version": version,
        "rows": open_rows[:OPEN_SHOWN],
        "is_more": len(open_rows) > OPEN_SHOWN,
        "ended": rows_of(ended, at),
        "now": at,
    }
    return render(request, "desk/client.html", context)
