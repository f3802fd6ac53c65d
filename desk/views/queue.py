"""The queue: what is due next, with a request open beside it; and acts on several requests at once."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4, uuid5

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from accounts.models import User
from desk import filters
from desk.filters import CAP, Place, View, Wanted
from desk.paging import Page, page_of
from desk.people import active_teams, colleagues_of, handlers
from desk.request_page import find_ticket, request_context
from desk.rows import listed, rows_of
from desk.sentence import choices_matching, known_for
from tickets import services
from tickets.errors import ActError, AlreadyDone, Invalid
from tickets.finding import named_by
from tickets.models import Ticket
from web.guards import staff_page
from web.requests import PersonRequest

PAGE_SIZE = 50
_EMPTY: dict[View, Callable[[], tuple[str, str]]] = {
    View.MINE: lambda: (_("Nothing is waiting for you"), _("What is assigned to you shows here.")),
    View.TEAM: lambda: (_("Nothing is due"), _("Your team has no open requests.")),
    View.UNASSIGNED: lambda: (_("Everything has somebody"), _("New requests show here until somebody takes them.")),
    View.LATE: lambda: (_("Nothing is late"), _("All targets are on track.")),
    View.ALL: lambda: (_("Nothing is due"), _("There are no open requests.")),
    View.CLOSED: lambda: (_("Nothing is closed yet"), _("What has ended shows here.")),
}


@require_GET
@vary_on_headers("HX-Request", "HX-Target")
@staff_page
def queue(request: PersonRequest) -> HttpResponse:
    """The list; with `open` a request beside it. htmx asks for the pane or for the whole split."""
    at = timezone.now()
    number = filters.typed(request.GET, "open")
    if request.htmx and request.htmx.target == "pane":
        return _pane(request, number, at)
    teams = active_teams()
    place = Place.of(request.user, teams)
    wanted = Wanted.read(request.GET.dict(), place)
    if wanted.q and (found := named_by(Ticket.objects.visible_to(request.user), wanted.q, at)):
        return redirect("desk:request", found.number)
    context = {
        **_list_context(request, wanted, place, at),
        "known": known_for(wanted, teams),
        "colleagues": tuple(colleagues_of(request.user, teams)),
        "once": uuid4(),
        "now": at,
        **_pane_context(request, number, at),
    }
    part = request.htmx and request.htmx.target == "desk"
    return render(request, "desk/queue/_desk.html" if part else "desk/queue.html", context)


def _pane(request: PersonRequest, number: str, at: datetime) -> HttpResponse:
    ticket = find_ticket(request.user, number)
    return render(request, "desk/request/_pane.html", request_context(request, ticket, at))


def _pane_context(request: PersonRequest, number: str, at: datetime) -> dict[str, Any]:
    """The request beside the list; none if there is no such request (any more) for this person."""
    if not number:
        return {}
    try:
        return request_context(request, find_ticket(request.user, number), at)
    except Http404:
        return {}


def _list_context(request: PersonRequest, wanted: Wanted, place: Place, at: datetime) -> dict[str, Any]:
    tickets = listed(wanted.requests(place, at))
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    parts = wanted.found_in(tickets)
    page = page_of(tickets, wanted.order, parts=parts, after=after, before=before, size=PAGE_SIZE)
    counts = filters.counts(place, at)
    title, text = _EMPTY[wanted.view]()
    here = _joined(wanted.but(), after=after, before=before)
    return {
        "rows": rows_of(page.rows, at),
        "wanted": wanted,
        "off": wanted.off,
        "tabs": _tabs(wanted, place, counts),
        "newer": _address(wanted, before=page.previous),
        "older": _address(wanted, after=page.following),
        "here": here,
        "open_address": f"{reverse('desk:queue')}?{here}&open=",
        "changes_url": f"{reverse('desk:queue-changes')}?{here}",
        "seen": _stamp(page, counts),
        "since": f"{at.timestamp():.6f}",
        "empty_title": title if not wanted.is_narrowed else _("Nothing fits"),
        "empty_text": text if not wanted.is_narrowed else _("No request fits all of these filters."),
    }


def _tabs(wanted: Wanted, place: Place, counts: dict[View, int]) -> list[dict[str, Any]]:
    return [
        {
            "label": view.label,
            "href": f"?{wanted.of_view(view).but()}",
            "count": _capped(counts.get(view)),
            "current": view == wanted.view,
            "tone": "late" if view == View.LATE and counts.get(view) else "",
        }
        for view in place.views()
    ]


def _capped(count: int | None) -> str | None:
    if count is None:
        return None
    return f"{CAP}+" if count > CAP else str(count)


def _joined(query: str, **more: str) -> str:
    rest = urlencode({name: value for name, value in more.items() if value})
    return "&".join(part for part in (query, rest) if part)


def _address(wanted: Wanted, **place: str) -> str:
    """The address of a neighbouring page; empty when there is none."""
    return f"?{_joined(wanted.but(), **place)}" if any(place.values()) else ""


def _stamp(page: Page, counts: dict[View, int]) -> str:
    """What the list showed, in eight letters: differs as soon as a row or a count does."""
    rows = [(row.pk, row.event_seq, row.due_at, row.due_soon_at, row.assignee_id) for row in page.rows]
    return f"{zlib.crc32(repr((rows, sorted(counts.items()))).encode()):08x}"


@require_GET
@staff_page
def changes(request: PersonRequest) -> HttpResponse:
    """The rows and tabs anew when they differ from what was `seen`; else 204."""
    at = timezone.now()
    place = Place.of(request.user, active_teams())
    wanted = Wanted.read(request.GET.dict(), place)
    context = {**_list_context(request, wanted, place, at), "now": at}
    if context["seen"] == request.GET.get("seen"):
        return HttpResponse(status=204)
    context["news"] = _news(request, wanted, place, at)
    return render(request, "desk/queue/_changes.html", context)


def _news(request: PersonRequest, wanted: Wanted, place: Place, at: datetime) -> str:
    """How many requests came in since the list was shown, in words; empty when none did."""
    try:
        since = datetime.fromtimestamp(float(request.GET.get("since", "")), UTC)
    except (ValueError, OverflowError, OSError):
        return ""
    fresh = wanted.requests(place, at).filter(received_at__gt=since)
    found = [set(part.order_by().values_list("pk", flat=True)[:CAP]) for part in wanted.found_in(fresh)]
    count = min(CAP, len(set().union(*found)))
    return ngettext("%(count)s new request", "%(count)s new requests", count) % {"count": count} if count else ""


@require_GET
@staff_page
def choices(request: PersonRequest, name: str) -> HttpResponse:
    """Clients or colleagues whose name holds what was typed, as entries of a filter's menu."""
    if name not in {"client", "person"}:
        raise Http404
    wanted = Wanted.read(request.GET.dict(), Place(request.user, ()))
    found = choices_matching(name, filters.typed(request.GET, "name"), wanted)
    return render(request, "desk/queue/_choices.html", {"choices": list(found)})


# --- acts on several requests -----------------------------------------------------------------------


@require_POST
@staff_page
def act_on_selection(request: PersonRequest) -> HttpResponse:
    """Assign or take up every ticked request, each through the door by itself; say what was done and what refused."""
    at = timezone.now()
    act = _selection_act(request, at)
    if act is None:
        return HttpResponseBadRequest(_("There is no such act."))
    numbers = [number for number in request.POST.getlist("tickets")[:PAGE_SIZE] if "\x00" not in number]
    tickets = list(Ticket.objects.visible_to(request.user).filter(number__in=numbers).order_by("pk"))
    refused = [(ticket, reason) for ticket in tickets if (reason := _refusal(act, ticket))]
    _report(request, len(tickets) - len(refused), refused)
    back = request.POST.get("next", "")
    is_safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if back.startswith(reverse("desk:queue")) and is_safe else "desk:queue")


Deed = Callable[[Ticket], object]


def _selection_act(request: PersonRequest, at: datetime) -> Deed | None:
    person, form = request.user, _uuid(request.POST.get("once", ""))

    def once(ticket: Ticket) -> UUID:
        return uuid5(form, ticket.number)

    if request.POST.get("act") == "take_up":
        return lambda ticket: services.take_up(ticket, by=person, at=at, once=once(ticket))
    if request.POST.get("act") == "assign":
        assignee = _chosen(request)
        return lambda ticket: services.assign(ticket, by=person, at=at, assignee=assignee, once=once(ticket))
    return None


def _chosen(request: PersonRequest) -> User | None:
    pk = request.POST.get("assignee", "")
    return handlers().filter(pk=pk).first() if pk.isdecimal() and len(pk) < 19 else None


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return uuid4()


def _refusal(act: Deed, ticket: Ticket) -> str:
    """Do it; the sentence that refused it, or nothing. A second click counts as done."""
    try:
        act(ticket)
    except AlreadyDone:
        return ""
    except ActError as error:
        return str(error.sentence)
    except Invalid as error:
        return " ".join(error.messages)
    except Ticket.DoesNotExist:
        return _("You may not see it any more.")
    return ""


def _report(request: PersonRequest, done: int, refused: Iterable[tuple[Ticket, str]]) -> None:
    if done:
        messages.success(
            request, ngettext("%(count)s request done.", "%(count)s requests done.", done) % {"count": done}
        )
    for ticket, reason in list(refused)[:5]:
        messages.warning(request, f"{ticket.number}: {reason}")
    if not done and not refused:
        messages.info(request, _("Nothing was selected."))
