"""The client's home: what needs them, what is under way, what is done; and search."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.roles import Capability
from portal.lists import Asked, Rows, Show, home_for
from tickets.finding import named_by
from tickets.models import Ticket
from web.guards import client_page
from web.requests import PersonRequest


@require_safe
@client_page
def home(request: PersonRequest) -> HttpResponse:
    """Three lists, or one of them page by page, or what a search found; a number leads to its request."""
    at = timezone.now()
    asked = Asked.of(request.GET, request.user)
    if asked.text and (found := named_by(Ticket.objects.visible_to(request.user), asked.text, at)):
        return redirect("portal:request", found.number)
    shown = home_for(request.user, asked, at)
    return render(
        request,
        "portal/home.html",
        {
            "home": shown,
            "asked": asked,
            "may_see_all": request.user.may(Capability.SEE_ORGANISATION),
            "mine_url": _address(asked, whole=False),
            "whole_url": _address(asked, whole=True),
            "start_url": _address(asked, text="", show=Show.ALL),
            "done_url": _address(asked, show=Show.DONE),
            "older_needs": _older(asked, shown.needs, Show.NEEDS),
            "older_open": _older(asked, shown.under_way, Show.OPEN),
            "older_done": _older(asked, shown.done, Show.DONE),
            "older_found": _older(asked, shown.found, asked.show),
        },
    )


def _older(asked: Asked, rows: Rows, show: Show) -> str:
    if not rows.older:
        return ""
    before = "" if show == Show.DONE and asked.show != Show.DONE else rows.older  # the few become a whole page
    return _address(asked, show=show, before=before)


def _address(
    asked: Asked, *, show: Show | None = None, before: str = "", whole: bool | None = None, text: str | None = None
) -> str:
    """This page with some of what the address asks changed."""
    is_whole = asked.whole if whole is None else whole
    query = {
        "q": asked.text if text is None else text,
        "show": asked.show if show is None else show,
        "whose": "" if is_whole else "mine",
        "before": before,
    }
    said = urlencode({key: value for key, value in query.items() if value})
    return reverse("portal:home") + (f"?{said}" if said else "")
