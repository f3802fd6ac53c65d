"""The way in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect

from web.requests import PersonRequest


@login_required
def home(request: PersonRequest) -> HttpResponse:
    """To the portal or to the queue."""
    return redirect("portal:home" if request.user.is_client else "desk:queue")
