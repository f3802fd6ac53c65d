"""A request on a client's behalf: somebody calls, writes or chats, and staff take it down (R-001)."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from accounts.models import User, UserQuerySet
from accounts.roles import Capability
from desk.filters import typed
from desk.rows import listed, rows_of
from tickets import services
from tickets.models import Service, Ticket
from tickets.states import Channel
from web.acts import perform
from web.forms import FilesField
from web.guards import needs
from web.request_form import RequestFields
from web.requests import PersonRequest

FOUND, HINTS = 8, 12


class NewRequestForm(RequestFields):
    """What the client would be asked, and how they reached us."""

    channel = forms.ChoiceField(
        label=gettext_lazy("How did it reach us?"),
        choices=[(channel.value, channel.label) for channel in (Channel.PHONE, Channel.EMAIL, Channel.CHAT)],
        initial=Channel.PHONE.value,
        widget=forms.RadioSelect,
    )
    files = FilesField(label=gettext_lazy("Files"), required=False)  # type: ignore[assignment] # Form.files is theirs

    @property
    def fields_in_order(self) -> list[forms.BoundField]:
        """Without the channel, which stands on top."""
        return [bound for bound in super().fields_in_order if bound.name != "channel"]


@dataclass(frozen=True)
class Case:
    """What has been chosen so far: for whom, and which service."""

    contact: User | None
    service: Service | None
    q: str

    @classmethod
    def read(cls, request: HttpRequest) -> Case:
        """From the address; what does not exist or is not on offer to this client counts as not chosen."""
        given = request.GET
        contact = _contacts().filter(pk=_number(given.get("contact", ""))).first()
        on_offer = Service.objects.on_offer_to(contact.organisation) if contact else Service.objects.none()
        service = on_offer.filter(pk=_number(given.get("service", ""))).first()
        return cls(contact, service, typed(given, "q")[:100])

    def but(self, **changes: object) -> str:
        """The query of an address with something else chosen."""
        query = QueryDict(mutable=True)
        known = {"contact": self.contact and self.contact.pk, "service": self.service and self.service.pk}
        query.update({name: str(value) for name, value in {**known, **changes}.items() if value})
        return query.urlencode()


def _contacts() -> UserQuerySet:
    people = User.objects.active().clients().filter(organisation__is_active=True)
    return people.select_related("organisation").order_by("organisation__name", "name", "pk")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _found(q: str) -> list[User]:
    """Contacts by name, client, address or phone."""
    people = _contacts()
    if q:
        columns = ("name", "organisation__name", "email", "phone")
        anywhere = Q()
        for column in columns:
            anywhere |= Q(**{f"{column}__icontains": q})
        people = people.filter(anywhere)
    return list(people[:FOUND])


@require_http_methods(["GET", "POST"])
@vary_on_headers("HX-Request", "HX-Target")
@needs(Capability.HANDLE)
def new(request: PersonRequest) -> HttpResponse:
    """For whom, which service, what: chosen one after the other in the address; then the form."""
    case = Case.read(request)
    if request.htmx and request.htmx.target == "found":
        return render(request, "desk/new/_found.html", {"found": _found(case.q), "case": case})
    if request.method == "GET" or case.contact is None or case.service is None:
        form = NewRequestForm(service=case.service) if case.service else None
        return _show(request, case, form, HTTPStatus.OK)
    return _submit(request, case.contact, case.service, case)


def _submit(request: PersonRequest, contact: User, service: Service, case: Case) -> HttpResponse:
    at = timezone.now()
    form = NewRequestForm(request.POST, request.FILES, service=service)

    def act(data: dict[str, Any]) -> Ticket:
        return services.submit(
            form.asked(data),
            by=request.user,
            at=at,
            requester=contact,
            channel=Channel(data["channel"]),
            once=data["once"],
        )

    outcome = perform(form, act)
    if not outcome.done:
        return _show(request, case, form, outcome.status)
    number = outcome.ticket.number
    messages.success(request, _("%(number)s is in the queue.") % {"number": number})
    visible = Ticket.objects.visible_to(request.user).filter(pk=outcome.ticket.pk).exists()
    return redirect("desk:request", number) if visible else redirect("desk:queue")


def _show(request: PersonRequest, case: Case, form: NewRequestForm | None, status: HTTPStatus) -> HttpResponse:
    at = timezone.now()
    contact = case.contact
    context: dict[str, Any] = {"case": case, "form": form, "now": at}
    if contact is None:
        context["found"] = _found(case.q)
    else:
        others = Ticket.objects.visible_to(request.user).filter(organisation=contact.organisation_id).open()
        context["hints"] = rows_of(listed(others).order_by("-received_at")[:HINTS], at)
        context["services"] = [
            {"service": service, "href": f"?{case.but(service=service.pk)}"}
            for service in Service.objects.on_offer_to(contact.organisation)
        ]
    return render(request, "desk/new.html", context, status=status)
