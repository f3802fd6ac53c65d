"""Working calendars: the list, one of them with its year and versions, a new one, another name (R-047)."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import User
from accounts.roles import Capability
from desk.calendars.forms import NameForm, NewForm
from desk.calendars.places import offset_words, place_words
from desk.calendars.shown import Line, news_for, record_of, shown_version, standing_of
from desk.calendars.trials import answer_of, trial_form
from desk.calendars.week import AXIS, week_rows
from desk.calendars.words import week_line
from desk.calendars.year import legend, year_in, year_of
from desk.filters import typed
from sla.models import CalendarVersion, WorkingCalendar
from sla.services import calendars as service
from sla.services.standing import Standing, running_under, standings, uses_of
from sla.services.templates import TEMPLATES, template
from tickets.errors import ActError, Invalid
from web.guards import needs, staff_page
from web.requests import PersonRequest

PAGE_SIZE = 100


@require_GET
@staff_page
def calendars(request: PersonRequest) -> HttpResponse:
    """All calendars by name, each with its week, versions and use."""
    at, after = timezone.now(), typed(request.GET, "after")
    page = list(WorkingCalendar.objects.filter(name__gt=after).order_by("name")[: PAGE_SIZE + 1])
    is_more, page = len(page) > PAGE_SIZE, page[:PAGE_SIZE]
    context = {
        "lines": [Line.of(standing, at) for standing in standings(page, at)],
        "may_configure": request.user.may(Capability.CONFIGURE),
        "older": f"?{urlencode({'after': page[-1].name})}" if is_more else "",
        "newer": "?" if after else "",
        "at": at,
    }
    return render(request, "desk/calendars/list.html", context)


@require_GET
@staff_page
def calendar(request: PersonRequest, pk: int) -> HttpResponse:
    """One calendar: the version in force, or the one whose number the address names."""
    at = timezone.now()
    standing = standing_of(pk, at)
    version = _asked_version(standing, typed(request.GET, "version"))
    return render(request, "desk/calendars/calendar.html", _page(request, standing, version, at))


def _asked_version(standing: Standing, number: str) -> CalendarVersion:
    if not number:
        return standing.shown
    if not (number.isascii() and number.isdecimal() and len(number) < 9):
        raise Http404
    versions = standing.calendar.versions.select_related("calendar", "published_by", "edited_by")
    return get_object_or_404(versions, number=int(number))


def _page(request: PersonRequest, standing: Standing, version: CalendarVersion, at: datetime) -> dict[str, Any]:
    shown, zone = shown_version(version), version.definition["timezone"]
    form = trial_form(request.GET, at, shown.zone)
    year = year_of(shown, year_in(typed(request.GET, "year"), at, shown.zone), at)
    keep = _kept(request)
    return {
        "at": at,
        "standing": standing,
        "calendar": standing.calendar,
        "version": version,
        "shown": shown,
        "is_shown_current": standing.current is not None and standing.current.pk == version.pk,
        "is_shown_pending": version.pk in {pending.pk for pending in standing.pending},
        "offset": offset_words(zone, at),
        "place": place_words(version.country, version.region),
        "week": week_rows(version.definition["hours"]),
        "week_line": week_line(version.definition["hours"]),
        "axis": AXIS,
        "year": year,
        "years": {
            "earlier": urlencode({**keep, "year": year.earlier}),
            "later": urlencode({**keep, "year": year.later}),
        },
        "legend": legend(),
        "trial_form": form,
        "answer": answer_of(form, shown),
        "keep": keep,
        **_record(request, standing, version),
        "uses": uses_of(standing.calendar, at),
        "news": news_for(standing.newest, standing),
        **_acts(request, standing, version),
    }


def _record(request: PersonRequest, standing: Standing, version: CalendarVersion) -> dict[str, Any]:
    before = typed(request.GET, "before")
    is_paged = before.isascii() and before.isdecimal() and len(before) < 9
    return {"record": record_of(standing, version, int(before) if is_paged else None), "is_paged": is_paged}


def _kept(request: PersonRequest) -> dict[str, str]:
    """What the address says and every link of the page keeps."""
    return {name: value for name in ("version", "year", "received", "duration") if (value := typed(request.GET, name))}


def _acts(request: PersonRequest, standing: Standing, version: CalendarVersion) -> dict[str, Any]:
    """What this person may do with it."""
    if not request.user.may(Capability.CONFIGURE):
        return {"may_configure": False}
    is_current = standing.current is not None and standing.current.pk == version.pk
    return {
        "may_configure": True,
        "running": running_under(standing.calendar, standing.current) if is_current else None,
        "recalculation": f"{reverse('desk:recalculation-new')}?calendar={version.calendar_id}" if is_current else "",
        "what_if": f"{reverse('desk:what-if-new')}?calendar={version.pk}",
        "name_form": NameForm(initial={"name": standing.calendar.name}),
    }


@require_http_methods(["GET", "POST"])
@needs(Capability.CONFIGURE)
def new(request: PersonRequest) -> HttpResponse:
    """A new calendar from a template; its first draft opens."""
    form = NewForm(request.POST or None, initial={"template": TEMPLATES[0].key})
    status = HTTPStatus.OK
    if request.method == "POST":
        made = _create(request, form)
        if made is not None:
            return redirect("desk:calendar-edit", made.pk)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    context = {"form": form, "templates": _templates(form["template"].value())}
    return render(request, "desk/calendars/new.html", context, status=status)


def _create(request: PersonRequest, form: NewForm) -> CalendarVersion | None:
    if not form.is_valid():
        return None
    chosen = template(form.cleaned_data["template"])
    if chosen is None:
        form.add_error(None, _("Please choose what to begin with."))
        return None
    try:
        return service.create(form.cleaned_data["name"], chosen.content, by=request.user, at=timezone.now())
    except Invalid as error:
        form.add_error(None, error)
        return None


def _templates(chosen: Any) -> list[dict[str, Any]]:
    return [
        {
            "key": each.key,
            "label": each.label,
            "week": week_line(each.content.hours),
            "place": place_words(each.content.country, each.content.region),
            "zone": each.content.time_zone,
            "is_chosen": each.key == chosen,
        }
        for each in TEMPLATES
    ]


@require_http_methods(["GET", "POST"])
@needs(Capability.CONFIGURE)
def rename(request: PersonRequest, pk: int) -> HttpResponse:
    """Another name; asked for in a dialog, or without scripts on a page of its own."""
    found = get_object_or_404(WorkingCalendar, pk=pk)
    form = NameForm(request.POST or None, initial={"name": found.name})
    status = HTTPStatus.OK
    if request.method == "POST":
        if form.is_valid() and _rename(found, form, request.user):
            messages.success(request, _("It is called %(name)s now.") % {"name": found.name})
            return redirect("desk:calendar", pk)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        found.refresh_from_db()
    return render(request, "desk/calendars/rename.html", {"calendar": found, "form": form}, status=status)


def _rename(found: WorkingCalendar, form: NameForm, by: User) -> bool:
    try:
        service.rename(found, form.cleaned_data["name"], by=by)
    except Invalid as error:
        form.add_error(None, error)
        return False
    return True


@require_POST
@needs(Capability.CONFIGURE)
def in_use(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a calendar out of use, or back into use; either can be undone the same way."""
    found = get_object_or_404(WorkingCalendar, pk=pk)
    wanted = request.POST.get("in_use") == "1"
    try:
        service.set_in_use(found, wanted, by=request.user)
    except ActError as refused:
        messages.error(request, str(refused.sentence))
        return redirect("desk:calendar", pk)
    if wanted:
        messages.success(request, _("%(name)s is offered for new targets again.") % {"name": found.name})
    else:
        messages.success(request, _("%(name)s is out of use: new targets can't choose it.") % {"name": found.name})
    return redirect("desk:calendar", pk)
