"""What a person has been told."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from notifications import services
from notifications.wording import words
from web.requests import PersonRequest

IN_DROPDOWN, ON_PAGE = 8, 30


@login_required
def bell(request: PersonRequest) -> HttpResponse:
    """The newest notices: a page, or just the list for the dropdown."""
    before = request.GET.get("before", "")
    limit = IN_DROPDOWN if request.htmx else ON_PAGE
    notices = services.newest(
        request.user, limit=limit, before=int(before) if before.isdecimal() and len(before) < 19 else None
    )
    context = {
        "entries": [{"notice": notice, "words": words(notice, language=get_language())} for notice in notices],
        "older": notices[-1].pk if len(notices) == limit else None,
        "base": "portal/base.html" if request.user.is_client else "desk/base.html",
    }
    return render(request, "web/_bell.html" if request.htmx else "web/bell.html", context)


@login_required
@require_POST
def read_all(request: PersonRequest) -> HttpResponse:
    """Mark everything as read."""
    services.mark_read(request.user, timezone.now())
    return redirect("web:bell")
