"""How the service levels stand."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect

from web.guards import staff_page
from web.requests import PersonRequest


@staff_page
def levels(request: PersonRequest) -> HttpResponse:
    """The managers' page."""
    return redirect("desk:queue")
