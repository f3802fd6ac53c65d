"""The editor of a draft, with a preview of what is typed; nothing is kept but by saving (R-047, SLA-02, SLA-06)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from accounts.roles import Capability
from desk.calendars.forms import Draft, with_more_rows, with_revision
from desk.calendars.places import zone_options
from desk.calendars.shown import shown_version
from desk.calendars.trials import Answer, TrialForm, answer_of, trial_form
from desk.calendars.week import AXIS, week_rows
from desk.calendars.year import Shown, Year, legend, year_in, year_of
from desk.filters import typed
from sla.models import CalendarVersion, WorkingCalendar
from sla.services import calendars as service
from sla.services.calendar_content import check_usable, compose
from sla.services.versions import EditedMeanwhile
from tickets.errors import ActError, Invalid
from web.guards import needs
from web.requests import PersonRequest


@dataclass
class Problem:
    """Why a draft was not kept, when it is not the fields: a sentence, and the version that others saved meanwhile."""

    sentence: str
    theirs: bool = False


# --- beginning --------------------------------------------------------------------------------------


@require_POST
@needs(Capability.CONFIGURE)
def begin(request: PersonRequest, pk: int) -> HttpResponse:
    """The draft of a calendar: the one there is, else a new one like the version named in the form."""
    calendar = get_object_or_404(WorkingCalendar, pk=pk)
    named = typed(request.POST, "like")
    like = get_object_or_404(calendar.versions, pk=int(named)) if named.isdecimal() and len(named) < 19 else None
    draft = service.draft_for(calendar, by=request.user, at=timezone.now(), like=like)
    return redirect("desk:calendar-edit", draft.pk)


@require_POST
@needs(Capability.CONFIGURE)
def take_over(request: PersonRequest, pk: int) -> HttpResponse:
    """A draft with the public holidays as they are known today (SLA-03)."""
    calendar = get_object_or_404(WorkingCalendar, pk=pk)
    try:
        draft = service.take_over_public_days(calendar, by=request.user, at=timezone.now())
    except Invalid as error:
        messages.error(request, " ".join(error.messages))
        return redirect("desk:calendar", pk)
    messages.success(request, _("The draft has the public holidays as they are known today."))
    return redirect("desk:calendar-edit", draft.pk)


def draft_or_404(pk: int) -> CalendarVersion:
    """A version by its id, for pages about drafts."""
    return get_object_or_404(CalendarVersion.objects.select_related("calendar", "edited_by"), pk=pk)


def page_of_version(version: CalendarVersion) -> str:
    """Where a version is shown."""
    return f"{reverse('desk:calendar', args=[version.calendar_id])}?version={version.number}"


# --- editing ----------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@needs(Capability.CONFIGURE)
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    """The draft's form, or saving it."""
    at, version = timezone.now(), draft_or_404(pk)
    if request.method == "GET":
        if not version.is_draft:
            messages.info(request, _("%(version)s is published and can't be changed any more.") % {"version": version})
            return redirect(page_of_version(version))
        return _show(request, version, Draft(version), at)
    draft = Draft(version, request.POST)
    if not draft.is_valid():
        return _show(request, version, draft, at, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _save(request, version, draft, at)


def _save(request: PersonRequest, version: CalendarVersion, draft: Draft, at: datetime) -> HttpResponse:
    data = draft.form.cleaned_data
    try:
        service.save_draft(
            version, draft.content(), revision=data["revision"], by=request.user, at=at, note=data["note"]
        )
    except CalendarVersion.DoesNotExist:
        raise Http404 from None
    except Invalid as error:
        draft.refuse(error)
        return _show(request, version, draft, at, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    except EditedMeanwhile as error:
        renewed = Draft(version, with_revision(request.POST, error.revision))
        renewed.is_valid()
        problem = Problem(str(error.sentence), theirs=True)
        return _show(request, version, renewed, at, problem=problem, status=HTTPStatus.CONFLICT)
    except ActError as error:
        return _show(request, version, draft, at, problem=Problem(str(error.sentence)), status=HTTPStatus.CONFLICT)
    if typed(request.POST, "then") == "publish":
        return redirect("desk:calendar-publish", version.pk)
    messages.success(request, _("The draft is saved."))
    return redirect("desk:calendar-edit", version.pk)


def _show(
    request: PersonRequest,
    version: CalendarVersion,
    draft: Draft,
    at: datetime,
    *,
    problem: Problem | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    preview = preview_of(request, version, draft, at)
    context = {
        "version": version,
        "calendar": version.calendar,
        "draft": draft,
        "form": draft.form,
        "problem": problem,
        "theirs": page_of_version(version),
        "zones": zone_options(at),
        "preview_url": reverse("desk:calendar-preview", args=[version.pk]),
        "week_rows": zip(week_rows(preview.shown.definition["hours"]), draft.form.week, strict=True),
        "axis": AXIS,
        "at": at,
        **preview.context(),
    }
    return render(request, "desk/calendars/editor.html", context, status=status)


# --- previewing -------------------------------------------------------------------------------------


@dataclass
class Preview:
    """The year and the trial of what is typed, or, while that can't be read, of what was saved."""

    shown: Shown
    trial_form: TrialForm
    year: Year
    answer: Answer | None
    is_typed: bool

    def context(self) -> dict[str, Any]:
        """For `desk/calendars/_preview.html`."""
        return {
            "shown": self.shown,
            "year": self.year,
            "trial_form": self.trial_form,
            "answer": self.answer,
            "is_typed": self.is_typed,
            "legend": legend(),
        }


def preview_of(request: PersonRequest, version: CalendarVersion, draft: Draft, at: datetime) -> Preview:
    """What a draft's form says, or its version where nothing was typed yet; problems are put into the form."""
    typed_in = _typed_content(draft, at) if draft.form.is_bound else shown_version(version)
    shown = typed_in or shown_version(version)
    form = trial_form(request.POST, at, shown.zone)
    asked = typed(request.POST, "year") or typed(request.POST, "shown_year")
    return Preview(
        shown=shown,
        trial_form=form,
        year=year_of(shown, year_in(asked, at, shown.zone), at),
        answer=None if draft.form.week_error else answer_of(form, shown),
        is_typed=typed_in is not None,
    )


def _typed_content(draft: Draft, at: datetime) -> Shown | None:
    """What is typed, composed with the public days of today; None, with the reasons in the form, when that fails."""
    is_readable = draft.is_valid()
    if draft.is_refused and not is_readable:
        return None
    content = draft.content()
    try:
        composed = compose(content, at=at)
    except Invalid as error:
        draft.refuse(error)
        return None
    if not is_readable:
        return None
    try:
        check_usable(composed, at)
    except Invalid as error:
        draft.refuse(error)
    return Shown(composed.definition, content, composed.covered_years, composed.provisional_years)


@require_POST
@vary_on_headers("HX-Request")
@needs(Capability.CONFIGURE)
def preview(request: PersonRequest, pk: int) -> HttpResponse:
    """What is typed, drawn and calculated; with htmx the preview alone, else the whole editor. Saves nothing."""
    at, version = timezone.now(), draft_or_404(pk)
    data = with_more_rows(request.POST) if "more" in request.POST else request.POST
    draft = Draft(version, data)
    if not request.htmx:
        return _show(request, version, draft, at)
    found = preview_of(request, version, draft, at)
    context = {"version": version, "draft": draft, "form": draft.form, "at": at, **found.context()}
    context["country_changed"] = typed(request.POST, "region_of") != typed(request.POST, "country")
    response = render(request, "desk/calendars/_preview_answer.html", context)
    if not found.is_typed:
        response["HX-Reswap"] = "none"  # the last drawing stays; what is in the way comes out of band
    return response
