"""Acts on one request: their forms, and what becomes of them.

A form is asked for with GET and sent with POST to the same address. With htmx it is a dialog over the request, and the
request is shown anew behind it; without scripts it is a page of its own that leads back to the request.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from desk.deeds import DEEDS, WRITING, Deed, form_of
from desk.forms import DeedForm, Visit, WriteForm
from desk.request_page import find_ticket, request_context
from tickets import services
from tickets.acts import RULES, Act
from tickets.models import Ticket
from tickets.states import State
from web.acts import Outcome, perform
from web.guards import staff_page
from web.requests import PersonRequest

_WRITES: dict[Act, tuple[Callable[..., object], Callable[[], str]]] = {
    Act.REPLY: (services.reply, lambda: _("Sent.")),
    Act.NOTE: (services.note, lambda: _("The note is kept. The client does not see it.")),
    Act.LOG_CALL: (services.log_call, lambda: _("The call is on the record.")),
}


@require_http_methods(["GET", "POST"])
@vary_on_headers("HX-Request", "HX-Target")
@staff_page
def act(request: PersonRequest, number: str, name: str) -> HttpResponse:
    """The form of an act, or the act."""
    which, deed = _known(name)
    visit = Visit(find_ticket(request.user, number), request.user, timezone.now())
    form_class = form_of(which, visit)
    field = request.GET.get("field", "")
    if request.method == "GET":
        return _show(request, visit, which, form_class(visit, only=field), HTTPStatus.OK)
    form = form_class(visit, request.POST, request.FILES, only=field)
    try:
        outcome = perform(form, lambda data: deed.run(visit, form, data))
    except Ticket.DoesNotExist:
        raise Http404 from None
    if outcome.done:
        return _done(request, visit, deed.done)
    return _refused(request, visit, which, form, outcome)


def _known(name: str) -> tuple[Act, Deed]:
    try:
        which = Act(name)
        return which, DEEDS[which]
    except (ValueError, KeyError):
        raise Http404 from None


def _show(request: PersonRequest, visit: Visit, which: Act, form: DeedForm, status: HTTPStatus) -> HttpResponse:
    """The form: in place of a property, as a dialog, or as a page."""
    deed, rule = DEEDS[which], RULES[which]
    ticket = visit.ticket
    is_ready = State(ticket.state) in rule.states and rule.who(ticket, visit.user) and rule.shown(ticket)
    context = {
        "ticket": ticket,
        "act": str(which),
        "label": rule.label,
        "deed": deed,
        "form": form,
        "field": request.GET.get("field", ""),
        "plan": ticket.current_plan,
        "blockers": [] if form.is_bound else rule.blockers(ticket) if is_ready else [],
        "is_over": not is_ready and not form.is_bound,
        "now": visit.at,
    }
    template = "desk/act.html"
    if request.htmx:
        is_inline = (request.htmx.target or "").startswith("prop-")
        template = "desk/request/_inline.html" if is_inline else "desk/request/_act.html"
    return render(request, template, context, status=status)


def _done(request: PersonRequest, visit: Visit, said: str | Promise, *, wrote: bool = False) -> HttpResponse:
    """Back to the request, or to the queue when one may not see it any more."""
    page = reverse("desk:request", args=[visit.ticket.number])
    if wrote:
        request.session["draft_done"] = f"ticket-{visit.ticket.pk}"
    is_gone = not Ticket.objects.visible_to(request.user).filter(pk=visit.ticket.pk).exists()
    if is_gone or not request.htmx:
        messages.success(request, str(said))
        there = reverse("desk:queue") if is_gone else page
        return HttpResponse(headers={"HX-Redirect": there}) if request.htmx else redirect(there)
    ticket = find_ticket(request.user, visit.ticket.number)
    response = _detail(request, ticket, visit, keep=not wrote)
    response["HX-Trigger"] = _triggers(said, "success")
    return response


def _detail(
    request: PersonRequest, ticket: Ticket, visit: Visit, *, keep: bool, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    """The request anew, in place of the one in the page."""
    context = request_context(request, ticket, visit.at, keep=keep)
    response = render(request, "desk/request/_detail.html", context, status=status)
    response["HX-Retarget"], response["HX-Reswap"] = "#detail", "outerHTML"
    return response


def _triggers(said: str | Promise, level: str) -> str:
    return json.dumps({"toast": {"text": str(said), "level": level}, "queue-changed": True})


def _refused(request: PersonRequest, visit: Visit, which: Act, form: DeedForm, outcome: Outcome) -> HttpResponse:
    """The form again with what is wrong; for an act that asks nothing the request as it is now, and the sentence."""
    if request.htmx and outcome.status == HTTPStatus.FORBIDDEN:
        return HttpResponse(status=outcome.status, headers={"X-Message": quote(_sentence(form))})
    if not DEEDS[which].is_quick and not form.is_tick:
        return _show(request, visit, which, form, outcome.status)
    ticket = find_ticket(request.user, visit.ticket.number)
    if request.htmx:
        response = _detail(request, ticket, visit, keep=True, status=outcome.status)
        response["HX-Trigger"] = _triggers(_sentence(form), "error")
        return response
    messages.error(request, _sentence(form))
    return render(request, "desk/request.html", request_context(request, ticket, visit.at), status=outcome.status)


def _sentence(form: Any) -> str:
    return " ".join(str(error) for errors in form.errors.values() for error in errors)


@require_POST
@staff_page
def write(request: PersonRequest, number: str) -> HttpResponse:
    """Reply, leave a note, or log a call, as the composer's `kind` says."""
    kind = request.POST.get("kind", "")
    if kind not in {str(which) for which in WRITING}:
        return HttpResponseBadRequest(_("There is no such kind of message."))
    visit = Visit(find_ticket(request.user, number), request.user, timezone.now())
    form = WriteForm(request.POST, request.FILES)
    service, said = _WRITES[Act(kind)]

    def carry_out(data: dict[str, Any]) -> object:
        files = {} if kind == Act.LOG_CALL else {"files": data["files"]}
        return service(visit.ticket, by=visit.user, at=visit.at, body=data["body"], once=data["once"], **files)

    try:
        outcome = perform(form, carry_out)
    except Ticket.DoesNotExist:
        raise Http404 from None
    if outcome.done:
        return _done(request, visit, said(), wrote=True)
    if not request.htmx:
        context = request_context(request, visit.ticket, visit.at, write=form)
        return render(request, "desk/request.html", context, status=outcome.status)
    if outcome.status == HTTPStatus.FORBIDDEN:
        return HttpResponse(status=outcome.status, headers={"X-Message": quote(_sentence(form))})
    response = render(request, "desk/request/_problems.html", {"form": form}, status=outcome.status)
    response["HX-Retarget"], response["HX-Reswap"] = "#composer-problems", "innerHTML"
    return response
