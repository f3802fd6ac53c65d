"""The client's word on agreements: read, comment, sign (R-045)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Organisation
from accounts.roles import Capability
from portal.agreements.forms import CommentForm, SignForm
from portal.agreements.page import find_version, version_context, versions_for, was_offered
from sla.models import AgreementVersion
from sla.services import agreements as services
from sla.services.versions import EditedMeanwhile
from web.acts import perform
from web.guards import client_page
from web.requests import PersonRequest


def _check(request: PersonRequest) -> None:
    """Who has no word on agreements finds no such pages."""
    if not request.user.may(Capability.AGREE):
        raise Http404


@require_safe
@client_page
def agreements(request: PersonRequest) -> HttpResponse:
    """All of the organisation's agreements, those to sign first."""
    _check(request)
    versions = versions_for(request.user)
    to_sign = [version for version in versions if version.is_editable]
    context = {
        "to_sign": to_sign,
        "agreed": [version for version in versions if version.state in ("signed", "in_force")],
        "ended": [version for version in versions if version.state == "ended"],
        "now": timezone.now(),
    }
    return render(request, "portal/agreements/list.html", context)


@require_safe
@client_page
def agreement(request: PersonRequest, pk: int) -> HttpResponse:
    """One version."""
    _check(request)
    version = find_version(request.user, pk)
    if version is None:
        return _reworked(request, pk)
    return _show(request, version)


def _show(request: PersonRequest, version: AgreementVersion, status: int = HTTPStatus.OK, **forms: Any) -> HttpResponse:
    context = version_context(version, request.user, timezone.now(), **forms)
    context["said"] = request.session.pop("agreement_said", None) == version.pk
    return render(request, "portal/agreements/agreement.html", context, status=status)


def _reworked(request: PersonRequest, pk: int, *, typed: str = "", status: int = HTTPStatus.OK) -> HttpResponse:
    """What was offered and taken back is not shown while it is reworked; what was being typed is not lost.

    Raises:
        Http404: it was never offered to this person's organisation.
    """
    version = was_offered(request.user, pk)
    if version is None:
        raise Http404
    context = {"version": version, "typed": typed}
    return render(request, "portal/agreements/reworked.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@client_page
def comment(request: PersonRequest, pk: int) -> HttpResponse:
    """Say something about a version in negotiation."""
    _check(request)
    if request.method != "POST":
        return redirect("portal:agreement", pk)
    version, form = find_version(request.user, pk), CommentForm(request.POST, auto_id="comment_%s")
    if version is None:
        return _reworked(request, pk, typed=request.POST.get("body", ""), status=HTTPStatus.CONFLICT)
    at, by = timezone.now(), request.user
    outcome = perform(form, lambda data: services.comment(version, by=by, body=data["body"], at=at))
    if not outcome.done:
        return _refuse(request, pk, outcome.status, comment=form)
    messages.success(request, _("Sent. We are told and will answer here."))
    request.session["agreement_said"] = pk
    return redirect("portal:agreement", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@client_page
def sign(request: PersonRequest, pk: int) -> HttpResponse:
    """Sign the terms that were read; when they changed meanwhile they are shown again, with what was typed."""
    _check(request)
    if request.method != "POST":
        return redirect("portal:agreement", pk)
    version = find_version(request.user, pk)
    if version is None:
        return _reworked(request, pk, status=HTTPStatus.CONFLICT)
    client = version.agreement.organisation
    assert client is not None  # noqa: S101 - visible_to shows a client's own only
    form = SignForm(request.POST, auto_id="sign_%s", client=client)
    at, by = timezone.now(), request.user

    def act(data: dict[str, Any]) -> AgreementVersion | None:
        try:
            return services.sign(version, by=by, name=data["name"], revision=data["revision"], at=at)
        except EditedMeanwhile:
            return None

    outcome = perform(form, act)
    if not outcome.done:
        return _refuse(request, pk, outcome.status, sign=form)
    if outcome.result is None:
        return _refuse(request, pk, HTTPStatus.CONFLICT, sign=_of_new_terms(form, client), is_changed=True)
    messages.success(request, _("Signed. Thank you."))
    return redirect("portal:agreement", pk)


def _refuse(request: PersonRequest, pk: int, status: int, **forms: Any) -> HttpResponse:
    """The version as it is now, with the form as it was sent."""
    version = find_version(request.user, pk)
    return _reworked(request, pk, status=status) if version is None else _show(request, version, status, **forms)


def _of_new_terms(form: SignForm, client: Organisation) -> SignForm:
    """The form about the terms as they are now: the name stays, what was read has to be read again."""
    return SignForm(initial={"name": form.cleaned_data["name"]}, auto_id="sign_%s", client=client)
