"""The help page for clients."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.roles import Capability
from web.guards import client_page
from web.requests import PersonRequest


@require_safe
@client_page
def help(request: PersonRequest) -> HttpResponse:
    """How to submit, what the steps mean, by when, and what one can do."""
    return render(request, "portal/help.html", {"may_agree": request.user.may(Capability.AGREE)})
