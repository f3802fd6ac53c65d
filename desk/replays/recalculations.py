"""Recalculations: asked with a reason, previewed, confirmed, on record for ever (SLA-31)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.roles import Capability
from desk.paging import page_of
from desk.replays.forms import RecalculationForm
from desk.replays.moves import COUNTED, Wanted, row_of, stage_of
from desk.replays.orders import ById, FlipsFirst
from jobs import services as jobs
from sla.models import (
    Agreement,
    CalendarVersion,
    Recalculation,
    VersionState,
    WorkingCalendar,
)
from sla.services import recalculation as services
from tickets.errors import ActError
from web.acts import perform
from web.guards import needs
from web.requests import PersonRequest

ROWS, CHANGES = 25, 50
configuring = needs(Capability.CONFIGURE)


def _found(pk: int) -> Recalculation:
    related = ("preview", "apply__by", "by", "calendar", "agreement")
    return get_object_or_404(Recalculation.objects.select_related(*related), pk=pk)


def _places(request: PersonRequest) -> dict[str, str]:
    return {"after": request.GET.get("after", ""), "before": request.GET.get("before", "")}


@require_GET
@configuring
def recalculations(request: PersonRequest) -> HttpResponse:
    """All of them, newest first."""
    rows: Any = Recalculation.objects.select_related("preview", "apply", "by", "calendar", "agreement")
    page = page_of(rows, ById(falling=True), **_places(request), size=ROWS)  # type: ignore[arg-type]
    found: list[Any] = list(page.rows)
    here = reverse("desk:recalculations")
    context = {
        "rows": [{"asked": asked, "stage": stage_of(asked)} for asked in found],
        "newer": f"{here}?before={page.previous}" if page.previous else "",
        "older": f"{here}?after={page.following}" if page.following else "",
        "now": timezone.now(),
    }
    return render(request, "desk/replays/recalculations.html", context)


# --- asking -----------------------------------------------------------------------------------------


@configuring
def new(request: PersonRequest) -> HttpResponse:
    """Ask for a preview; `?calendar=` or `?agreement=` names what running clocks shall be moved for."""
    at = timezone.now()
    choices = _choices()
    form = RecalculationForm(request.POST or None, choices=choices, initial={"about": _wanted(request)})
    status = 200
    if request.method == "POST":
        outcome = perform(form, lambda said: services.preview(by=request.user, at=at, **_said(said)))
        if outcome.done:
            return redirect("desk:recalculation", outcome.result.pk)
        status = outcome.status
    return render(request, "desk/replays/recalculate.html", {"form": form}, status=status)


def _choices() -> list[tuple[str, list[tuple[str, str]]]]:
    published = CalendarVersion.objects.filter(state=VersionState.PUBLISHED).values("calendar")
    calendars = WorkingCalendar.objects.filter(pk__in=published).order_by("name").values_list("pk", "name")
    agreements = Agreement.objects.order_by("name").values_list("pk", "name")
    return [
        (_("Calendars"), [(f"calendar:{pk}", name) for pk, name in calendars]),
        (_("Agreements"), [(f"agreement:{pk}", name) for pk, name in agreements]),
    ]


def _wanted(request: PersonRequest) -> str:
    return next((f"{name}:{request.GET[name]}" for name in ("calendar", "agreement") if name in request.GET), "")


def _said(said: dict[str, Any]) -> dict[str, Any]:
    what, _colon, pk = said["about"].partition(":")
    models: dict[str, Any] = {"calendar": WorkingCalendar, "agreement": Agreement}
    return {"reason": said["reason"], what: models[what].objects.get(pk=int(pk))}


# --- one --------------------------------------------------------------------------------------------


@require_GET
@configuring
def recalculation(request: PersonRequest, pk: int) -> HttpResponse:
    """One: its preview, the changes it found, what became of it."""
    asked = _found(pk)
    return render(request, "desk/replays/recalculation.html", _context(request, asked))


def _context(request: PersonRequest, asked: Recalculation) -> dict[str, Any]:
    stage = stage_of(asked)
    wanted = Wanted.read(request.GET, asked)
    page = page_of(wanted.rows(), FlipsFirst(), **_places(request), size=CHANGES)  # type: ignore[arg-type]
    found: list[Any] = list(page.rows) if asked.summary else []
    return {
        "asked": asked,
        "stage": stage,
        "summary": {name: (asked.summary or {}).get(name, 0) for name in COUNTED},
        "problem_of_job": _(said) if (said := (asked.apply or asked.preview).problem) else "",
        "job": asked.apply or asked.preview,
        "tabs": wanted.tabs(),
        "rows": [row_of(change) for change in found],
        "newer": wanted.address(before=page.previous) if page.previous else "",
        "older": wanted.address(after=page.following) if page.following else "",
        "progress_url": reverse("desk:recalculation-progress", args=[asked.pk]),
        "cancel_url": reverse("desk:recalculation-cancel", args=[asked.pk]),
        "again_url": f"{reverse('desk:recalculation-new')}?{_about(asked)}",
        "now": timezone.now(),
    }


def _about(asked: Recalculation) -> str:
    return urlencode({"calendar": asked.calendar_id} if asked.calendar_id else {"agreement": asked.agreement_id})


# --- acts -------------------------------------------------------------------------------------------


@require_GET
@configuring
def progress(request: PersonRequest, pk: int) -> HttpResponse:
    """How far it is, for a page that asks by itself; once it is over the page comes anew."""
    asked = _found(pk)
    job = asked.apply or asked.preview
    if job.is_over:
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = {
        "asked": asked,
        "job": job,
        "progress_url": request.path,
        "cancel_url": reverse("desk:recalculation-cancel", args=[asked.pk]),
        "now": timezone.now(),
    }
    return render(request, "desk/replays/_recalculation_progress.html", context)


@require_POST
@configuring
def confirm(request: PersonRequest, pk: int) -> HttpResponse:
    """Do what was previewed."""
    asked = _found(pk)
    try:
        services.apply(asked, by=request.user, at=timezone.now())
    except ActError as refused:
        context = {**_context(request, _found(pk)), "problem": refused.sentence}
        return render(request, "desk/replays/recalculation.html", context, status=409)
    return redirect("desk:recalculation", pk)


@require_POST
@configuring
def cancel(request: PersonRequest, pk: int) -> HttpResponse:
    """Stop the preview, or the moving of clocks; what was moved stays moved."""
    asked = _found(pk)
    job = asked.apply or asked.preview
    if jobs.cancel(job, at=timezone.now()):
        messages.success(request, _("It was cancelled."))
    else:
        messages.info(request, _("There was nothing to cancel any more."))
    return redirect("desk:recalculation", pk)
