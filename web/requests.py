"""Types of requests, for views that are only reached signed in."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class PersonRequest(HttpRequest):
    """A request by somebody who has signed in."""

    user: User
    htmx: HtmxDetails
