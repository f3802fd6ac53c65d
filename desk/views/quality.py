"""What clients say: satisfaction in figures, and every answer (R-050, R-051)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Capability
from desk import dashboard_parts as parts
from desk.figure_lists import BY_ANSWER
from desk.paging import page_of
from desk.scope import Scope
from quality.figures import satisfaction, surveys_behind
from tickets.models import Ticket
from web.guards import needs
from web.requests import PersonRequest

ROWS = 25


@needs(Capability.SEE_LEVELS)
def quality(request: PersonRequest) -> HttpResponse:
    """Index, dimensions, response rate, and the answered surveys, newest first; `low=1` only those with a low score."""
    at = timezone.now()
    scope = Scope.read(request.GET, request.user, at)
    low = "1" if request.GET.get("low") else ""
    tickets = scope.narrow(Ticket.objects.visible_to(request.user))
    opinion = satisfaction(tickets, scope.period)
    surveys: Any = surveys_behind(tickets, scope.period, low=bool(low)).select_related(
        "ticket__organisation", "ticket__assignee", "answered_by"
    )
    page = page_of(
        surveys.prefetch_related("answers"),
        BY_ANSWER,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        size=ROWS,
    )
    here = reverse("desk:quality")
    context = {
        "at": at,
        "scope": scope,
        "low": low,
        "keep": {"low": low},
        "opinion": opinion,
        "low_count": surveys_behind(tickets, scope.period, low=True).count(),
        "figures": parts.quality_figures(opinion, scope),
        "trend_chart": parts.satisfaction_chart(opinion, scope),
        "dimensions": parts.dimension_rows(opinion),
        "score_chart": parts.score_chart(opinion),
        "rows": page.rows,
        "all_url": f"{here}?{scope.query()}#answers",
        "low_url": f"{here}?{scope.query(low=1)}#answers",
        "newer": f"{here}?{scope.query(low=low, before=page.previous)}#answers" if page.previous else "",
        "older": f"{here}?{scope.query(low=low, after=page.following)}#answers" if page.following else "",
        "export_url": parts.export_address(scope, "satisfaction", low=low),
    }
    return render(request, "desk/quality.html", context)
