"""Agreements: the list, a new one, a version with everything about it, and the acts on it (R-045, R-040)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.roles import Capability
from desk.agreements.act_forms import NewForm
from desk.agreements.deeds import DEEDS, Deed, Visit
from desk.agreements.page import find_version, version_context, which_context
from desk.agreements.rows import Wanted, page_of, state_choices, version_that_matters
from sla.models import Agreement, AgreementFile, AgreementVersion
from sla.services import agreements as services
from tickets.errors import ActError
from web.acts import ActForm, Outcome, perform
from web.agreements import Names
from web.guards import needs, staff_page
from web.requests import PersonRequest


@require_safe
@staff_page
def agreements(request: PersonRequest) -> HttpResponse:
    """The default agreement, then client by client; filters in the address."""
    wanted = Wanted.read(request.GET)
    at = timezone.now()
    page = page_of(request.user, wanted, at, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    context = {
        "rows": page.rows,
        "wanted": wanted,
        "states": state_choices(),
        "newer": f"?{wanted.query(before=page.previous)}" if page.previous else "",
        "older": f"?{wanted.query(after=page.following)}" if page.following else "",
        "may_edit": request.user.may(Capability.CONFIGURE),
        "now": at,
    }
    return render(request, "desk/agreements/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.CONFIGURE)
def new(request: PersonRequest) -> HttpResponse:
    """A new agreement; goes on to its draft."""
    form = NewForm(request.POST or None, initial={"organisation": request.GET.get("client", "")})
    if request.method != "POST":
        return render(request, "desk/agreements/new.html", {"form": form})

    def act(data: dict[str, Any]) -> AgreementVersion:
        at, by = timezone.now(), request.user
        return services.create(data["name"], data["organisation"], by=by, at=at, like=data["like"])

    outcome = perform(form, act)
    if not outcome.done:
        return render(request, "desk/agreements/new.html", {"form": form}, status=outcome.status)
    return redirect("desk:agreement-edit", outcome.result.pk)


@require_safe
@staff_page
def agreement(request: PersonRequest, pk: int) -> HttpResponse:
    """On to the version that matters now."""
    found = get_object_or_404(Agreement.objects.visible_to(request.user), pk=pk)
    versions = list(found.versions.order_by("number"))
    if not versions:
        raise Http404
    return redirect("desk:agreement-version", version_that_matters(versions, timezone.now()).pk)


@require_safe
@staff_page
def version(request: PersonRequest, pk: int) -> HttpResponse:
    """One version; `?act=end` opens the form of an act without scripts."""
    visit = Visit(find_version(request.user, pk), request.user, timezone.now())
    return _show(request, visit, opened=request.GET.get("act", ""))


def _show(
    request: PersonRequest,
    visit: Visit,
    *,
    opened: str = "",
    refused: ActForm | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    given = request.GET if request.method != "POST" else QueryDict()
    context = version_context(visit, given, opened=opened, refused=refused)
    return render(request, "desk/agreements/version.html", context, status=status)


@require_safe
@staff_page
def which(request: PersonRequest, pk: int) -> HttpResponse:
    """Which target a request would get; without htmx the whole page says it."""
    visit = Visit(find_version(request.user, pk), request.user, timezone.now())
    if not request.htmx:
        return redirect(f"{reverse('desk:agreement-version', args=[pk])}?{request.GET.urlencode()}#which")
    targets = list(visit.version.targets.all())
    context = {"which": which_context(visit, targets, Names.known(), request.GET)}
    return render(request, "desk/agreements/_answer.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.CONFIGURE)
def act(request: PersonRequest, pk: int, act: str) -> HttpResponse:
    """Do something to a version; a refusal shows the page with the form as it was sent."""
    visit = Visit(find_version(request.user, pk), request.user, timezone.now())
    deed = DEEDS.get(act)
    if deed is None:
        raise Http404
    if request.method != "POST":  # somebody came back to the address of a refused form
        return redirect("desk:agreement-version", pk)
    form = deed.form(request.POST, request.FILES, auto_id=f"{deed.icon}_%s")
    outcome = perform(form, lambda data: deed.run(visit, data))
    if not outcome.done:
        return _refuse(request, visit, act, form, outcome)
    return _done(request, deed, pk, outcome.result)


def _done(request: PersonRequest, deed: Deed, pk: int, there: object) -> HttpResponse:
    if deed.done:
        messages.success(request, str(deed.done))
    return redirect(there if isinstance(there, str) else reverse("desk:agreement-version", args=[pk]))


def _refuse(request: PersonRequest, visit: Visit, act: str, form: ActForm, outcome: Outcome) -> HttpResponse:
    """The page as it is now, with the form as it was sent, about the terms that are shown now."""
    now = Visit(find_version(request.user, visit.version.pk), request.user, timezone.now())
    form.data = {**request.POST.dict(), "revision": str(now.version.revision)}
    return _show(request, now, opened=act, refused=form, status=outcome.status)


@require_POST
@needs(Capability.CONFIGURE)
def detach(request: PersonRequest, pk: int, key: UUID) -> HttpResponse:
    """Take a file out of a version that is not agreed yet."""
    files = AgreementFile.objects.visible_to(request.user).select_related("version")
    file = get_object_or_404(files, version=pk, key=key)
    try:
        services.detach(file, by=request.user)
    except ActError as error:
        messages.error(request, str(error.sentence))
    else:
        messages.success(request, _("“%(name)s” is taken out.") % {"name": file.name})
    return redirect("desk:agreement-version", pk)
