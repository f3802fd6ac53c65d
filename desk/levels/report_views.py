"""The monthly report for one client: on paper, and as a workbook."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.roles import Capability
from desk.levels import report_parts as parts
from desk.levels.report import Month, Report, months
from desk.sheets import xlsx_answer
from tickets.models import Ticket
from web.guards import needs
from web.middleware import zone_named
from web.requests import PersonRequest


@needs(Capability.SEE_LEVELS)
def report(request: PersonRequest) -> HttpResponse:
    """The report of a client's month; without a client, the choice of both."""
    at = timezone.now()
    clients = _clients(request.user)
    choices, month = _months(request, at)
    client = _client(request, clients)
    context: dict[str, Any] = {
        "at": at,
        "clients": clients,
        "client": client,
        "month": month,
        "months": choices,
        "is_partial": not request.user.may(Capability.SEE_ALL),
    }
    if client is not None:
        query = urlencode({"client": client.pk, "month": month.key})
        context |= parts.context(Report(client, month, Ticket.objects.visible_to(request.user), at))
        context["xlsx_url"] = f"{reverse('desk:levels-report-xlsx')}?{query}"
    return render(request, "desk/levels/report.html", context)


@needs(Capability.SEE_LEVELS)
def report_xlsx(request: PersonRequest) -> HttpResponseBase:
    """The same numbers as a workbook."""
    at = timezone.now()
    client = _client(request, _clients(request.user))
    if client is None:
        raise Http404
    _choices, month = _months(request, at)
    found = Report(client, month, Ticket.objects.visible_to(request.user), at)
    return xlsx_answer(parts.tables(found), f"report-{client.pk}-{month.key}", parts.about(found))


def _clients(user: User) -> list[Organisation]:
    """Whose report this person may read: all clients, or those of the requests they see."""
    found = Organisation.objects.order_by("name")
    if not user.may(Capability.SEE_ALL):
        found = found.filter(Exists(Ticket.objects.visible_to(user).filter(organisation=OuterRef("pk"))))
    return list(found)


def _client(request: PersonRequest, clients: list[Organisation]) -> Organisation | None:
    """The client asked for; None when none is.

    Raises:
        Http404: there is no such client for this person.
    """
    wanted = request.GET.get("client", "")
    if not wanted:
        return None
    found = next((client for client in clients if str(client.pk) == wanted), None)
    if found is None:
        raise Http404(_("There is no such client."))
    return found


def _months(request: PersonRequest, at: datetime) -> tuple[list[Month], Month]:
    """The months to choose from and the one asked for; the last that is over when none is."""
    choices = months(at, zone_named(timezone.get_current_timezone_name()))
    return choices, next((month for month in choices if month.key == request.GET.get("month")), choices[1])
