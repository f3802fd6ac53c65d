"""What the tests of the desk share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tickets.models import Ticket

HTMX = {"HX-Request": "true"}


def page_of(ticket: Ticket) -> str:
    """The address of a request."""
    return reverse("desk:request", args=[ticket.number])


def act_url(ticket: Ticket, act: str) -> str:
    """The address of an act."""
    return reverse("desk:act", args=[ticket.number, act])


def send(browser: Client, ticket: Ticket, act: str, *, htmx: bool = False, **data: Any) -> HttpResponse:
    """Send the form of an act."""
    headers = HTMX if htmx else {}
    return browser.post(act_url(ticket, act), {"once": str(uuid4()), **data}, headers=headers)


def queries(action: Callable[[], HttpResponse]) -> int:
    """How many queries a page costs, session and person included."""
    with CaptureQueriesContext(connection) as captured:
        response = action()
    assert response.status_code == 200
    return len(captured)


def text_of(response: HttpResponse) -> str:
    """What came back."""
    return response.content.decode()


def numbers_in(response: HttpResponse) -> list[str]:
    """The numbers of the rows of a queue, in order."""
    return [row.ticket.number for row in response.context["rows"]]


def later(ticket: Ticket, **by: float) -> Any:
    """An instant after a request came in."""
    return ticket.received_at + timedelta(**by)
