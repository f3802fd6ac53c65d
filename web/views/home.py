"""The way in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from web.requests import PersonRequest


@login_required
def home(request: PersonRequest) -> HttpResponse:
    """To the portal or to the queue."""
    return redirect("portal:home" if request.user.is_client else "desk:queue")


def back_office(request: HttpRequest) -> HttpResponse:
    """Where the admin sends whom it doesn't let in: to the one sign-in page, or, signed in already, no further."""
    if request.user.is_authenticated:
        raise PermissionDenied
    return redirect_to_login(request.GET.get("next", "/admin/"))
