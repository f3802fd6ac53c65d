"""The product's addresses and the empty view that pages are compared with."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path

from servicedesk.urls import urlpatterns as product


def empty(request: HttpRequest) -> HttpResponse:
    """Nothing."""
    return HttpResponse("")


urlpatterns = [path("bench/empty", empty), *product]
