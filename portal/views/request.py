"""One request: where it stands, what the client can do, the conversation (R-096)."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from notifications.services import mark_read
from portal.done import Done, take_done, tell_done
from portal.forms import FilesForm, SurveyForm
from portal.page import Page
from portal.ways import SURVEY, WAYS, answer_survey
from tickets.finding import find
from tickets.models import Ticket, TicketEvent
from tickets.telling import portal_path
from web.acts import ActForm, Outcome, perform
from web.guards import client_page
from web.requests import PersonRequest

STOP_POLLING = 286  # what htmx understands as "no more"


def _find(request: PersonRequest, number: str) -> Ticket:
    found = find(number, request.user)
    if found is None:
        raise Http404
    request.user.organisation = found.organisation  # the page's head shows it: clients see those of their own only
    return found


@require_safe
@client_page
def show(request: PersonRequest, number: str) -> HttpResponse:
    """The page; `?act=withdraw` opens the form of an act without scripts."""
    at = timezone.now()
    ticket = _find(request, number)
    mark_read(request.user, at, path=portal_path(ticket))
    page = Page(ticket, request.user, at, opened=request.GET.get("act", ""))
    return _render(request, page, done=take_done(request, number))


def _render(request: PersonRequest, page: Page, *, done: Done | None = None, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {"page": page, "ticket": page.ticket, "done": done or Done()}
    return render(request, "portal/request.html", context, status=status)


@require_safe
def changes(request: HttpRequest, number: str) -> HttpResponse:
    """What changed since the page was loaded: nothing (204), or the parts of the page that differ, to be swapped in."""
    if not request.user.is_authenticated or not request.user.is_client:
        return HttpResponse(status=STOP_POLLING)
    return _changes(request, number)  # type: ignore[arg-type]  # signed in, as said above


def _changes(request: PersonRequest, number: str) -> HttpResponse:
    ticket = _find(request, number)
    events = TicketEvent.objects.on(ticket, request.user)
    newest = events.order_by("-seq").values_list("seq", flat=True).first() or 0
    if str(newest) == request.GET.get("seen", ""):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    page = Page(ticket, request.user, timezone.now())
    is_new_panel = page.panel != request.GET.get("panel", "")
    response = render(
        request,
        "portal/request/_changes.html",
        {"page": page, "ticket": ticket, "done": Done(), "is_new_panel": is_new_panel},
    )
    told = {"toast": {"text": _("The request has changed."), "level": "info"}}
    response["HX-Trigger"] = json.dumps(told)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@client_page
def act(request: PersonRequest, number: str, act: str) -> HttpResponse:
    """Do something to the request; a refusal shows the page with the form as it was sent."""
    ticket = _find(request, number)
    if act not in WAYS and act != SURVEY:
        raise Http404
    if request.method != "POST":  # somebody came back to the address of a refused form
        return redirect("portal:request", number=number)
    at = timezone.now()
    page = Page(ticket, request.user, at)
    form = _bound(request, act)
    outcome = _perform(page, act, form)
    if not outcome.done:
        return _refuse(request, number, act, form, outcome)
    if isinstance(form, FilesForm):
        form.done()
    if not outcome.again:
        messages.success(request, _("Thank you for your answer.") if act == SURVEY else str(WAYS[act].said))
    tell_done(request, number, act, drafts=[page.draft_key(act)])
    return redirect("portal:request", number=number)


def _bound(request: PersonRequest, act: str) -> ActForm:
    kind = SurveyForm if act == SURVEY else WAYS[act].form
    more: dict[str, Any] = {"by": request.user} if issubclass(kind, FilesForm) else {}
    return kind(request.POST, request.FILES, auto_id=f"{act}_%s", **more)


def _perform(page: Page, act: str, form: ActForm) -> Outcome:
    if isinstance(form, SurveyForm):
        survey_form = form
        return perform(form, lambda data: answer_survey(page.ticket, survey_form, data, by=page.user, at=page.at))
    return perform(form, lambda data: WAYS[act].do(page.ticket, data, page.user, page.at))


def _refuse(request: PersonRequest, number: str, act: str, form: ActForm, outcome: Outcome) -> HttpResponse:
    """The page as it is now, which may differ from what the person saw, with their form in it."""
    at = timezone.now()
    if isinstance(form, FilesForm):
        form.hold(at)
    page = Page(_find(request, number), request.user, at, refused={act: form}, opened=act)
    return _render(request, page, status=outcome.status)
