"""A new request: the catalogue, and the form of a service (R-001…R-004)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from portal.done import tell_done
from portal.forms import RequestForm
from tickets.models import Service, ServiceClass
from tickets.services import submit
from web.acts import perform
from web.guards import client_page
from web.requests import PersonRequest


@require_safe
@client_page
def services(request: PersonRequest) -> HttpResponse:
    """What this client may ask for, by class."""
    offered = list(Service.objects.visible_to(request.user))
    groups = [
        (group.label, [service for service in offered if service.service_class == group]) for group in ServiceClass
    ]
    return render(request, "portal/services.html", {"groups": [(label, found) for label, found in groups if found]})


@require_http_methods(["GET", "HEAD", "POST"])
@client_page
def new(request: PersonRequest, slug: str) -> HttpResponse:
    """The form of a service; a refused one comes back with everything that was typed and attached."""
    service = get_object_or_404(Service.objects.visible_to(request.user), slug=slug)
    if request.method != "POST":
        return _show(request, service, RequestForm(service=service, by=request.user))
    at = timezone.now()
    form = RequestForm(request.POST, request.FILES, service=service, by=request.user)
    outcome = perform(form, lambda data: submit(form.asked(data), by=request.user, at=at, once=data["once"]))
    if not outcome.done:
        form.hold(at)
        return _show(request, service, form, status=outcome.status)
    form.done()
    tell_done(request, outcome.ticket.number, "submit", drafts=draft_keys(request, service, form.fields))
    return redirect("portal:request", number=outcome.ticket.number)


def draft_keys(request: PersonRequest, service: Service, names: Iterable[str]) -> list[str]:
    """Under which names the browser keeps what is typed."""
    return [f"{request.user.pk}-new-{service.slug}-{name}" for name in names]


def _show(request: PersonRequest, service: Service, form: RequestForm, *, status: int = 200) -> HttpResponse:
    fields = [(bound, _draft_key(request, service, bound)) for bound in form.fields_in_order]
    affected = "affected" in form.fields
    context: dict[str, Any] = {
        "service": service,
        "form": form,
        "fields": fields,
        "cards": [(bound, _options(bound)) for bound in form.cards],
        "affected": form["affected"] if affected else None,
        "affected_key": _draft_key(request, service, form["affected"]) if affected else None,
    }
    return render(request, "portal/new.html", context, status=status)


def _options(bound: forms.BoundField) -> list[tuple[Any, Any, bool]]:
    """Value, word and choice of each card."""
    choices = bound.field.widget.choices if isinstance(bound.field.widget, forms.RadioSelect) else []
    return [(value, word, str(value) == str(bound.value())) for value, word in choices]


def _draft_key(request: PersonRequest, service: Service, bound: forms.BoundField) -> str | bool:
    """For what is typed; what is picked is not kept."""
    is_typed = type(bound.field.widget) in (forms.TextInput, forms.Textarea)
    return draft_keys(request, service, [bound.name])[0] if is_typed else False
