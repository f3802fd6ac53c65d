"""Publishing a draft, and throwing one away; each says first what it means (SLA-30, SLA-31)."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.roles import Capability
from desk.calendars.editor import draft_or_404, page_of_version
from desk.calendars.forms import PublishForm, with_revision
from desk.calendars.shown import CHANGES_SHOWN, shown_version, standing_of
from desk.calendars.words import change_words, drift_words, provisional_words, week_line
from sla.models import CalendarVersion, WorkingCalendar
from sla.services import calendars as service
from sla.services.differences import differences
from sla.services.public_days import drift
from sla.services.standing import running_under
from sla.services.versions import EditedMeanwhile
from tickets.errors import ActError, Invalid
from web.guards import needs
from web.requests import PersonRequest


@require_http_methods(["GET", "POST"])
@needs(Capability.CONFIGURE)
def publish(request: PersonRequest, pk: int) -> HttpResponse:
    """What publishing a draft means, and doing it: from now on, or from a date."""
    at, version = timezone.now(), draft_or_404(pk)
    if not version.is_draft:
        messages.info(request, _("%(version)s is published.") % {"version": version})
        return redirect(page_of_version(version))
    form = PublishForm(request.POST or None, initial={"revision": version.revision})
    if request.method == "GET":
        return _show(request, version, form, at)
    if not form.is_valid():
        return _show(request, version, form, at, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _publish(request, version, form, at)


def _publish(request: PersonRequest, version: CalendarVersion, form: PublishForm, at: datetime) -> HttpResponse:
    try:
        done = service.publish_draft(
            version, at=at, by=request.user, effective_from=form.begins(), revision=form.cleaned_data["revision"]
        )
    except (CalendarVersion.DoesNotExist, WorkingCalendar.DoesNotExist):
        raise Http404 from None
    except Invalid as error:
        for place, said in error.message_dict.items():
            form.add_error(place if place in form.fields else None, said)
        return _show(request, version, form, at, HTTPStatus.UNPROCESSABLE_ENTITY)
    except EditedMeanwhile:
        return _show_anew(request, draft_or_404(version.pk), at)
    messages.success(request, _("%(version)s is published.") % {"version": done})
    return redirect(page_of_version(done))


def _show_anew(request: PersonRequest, fresh: CalendarVersion, at: datetime) -> HttpResponse:
    """Somebody saved the draft since this person read what publishing means: show what it means now."""
    form = PublishForm(with_revision(request.POST, fresh.revision))
    who = fresh.edited_by.name if fresh.edited_by else _("Somebody")
    form.add_error(None, _("%(name)s saved this draft meanwhile. Look at what it says now.") % {"name": who})
    return _show(request, fresh, form, at, HTTPStatus.CONFLICT)


def _show(
    request: PersonRequest,
    version: CalendarVersion,
    form: PublishForm,
    at: datetime,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    standing = standing_of(version.calendar_id, at)
    newest, shown = standing.newest, shown_version(version)
    changes = change_words(differences(newest, version), version) if newest else []
    years = [year for year in version.provisional_years if year >= at.year]
    context = {
        "version": version,
        "calendar": version.calendar,
        "form": form,
        "standing": standing,
        "week": week_line(version.definition["hours"]),
        "changes": changes[:CHANGES_SHOWN],
        "rest": changes[CHANGES_SHOWN:],
        "running": running_under(version.calendar, None),
        "news": drift_words(drift(version, at.date()), version),
        "provisional_years": years,
        "provisional": provisional_words(shown.definition, shown.content, years) if years else "",
        "at": at,
    }
    return render(request, "desk/calendars/publish.html", context, status=status)


@require_http_methods(["GET", "POST"])
@needs(Capability.CONFIGURE)
def discard(request: PersonRequest, pk: int) -> HttpResponse:
    """Throw a draft away; asked first."""
    version = draft_or_404(pk)
    if request.method == "GET":
        return render(request, "desk/calendars/discard.html", {"version": version, "calendar": version.calendar})
    try:
        service.discard_draft(version, by=request.user)
    except CalendarVersion.DoesNotExist:
        raise Http404 from None
    except ActError as error:
        messages.error(request, str(error.sentence))
        return redirect(page_of_version(version))
    messages.success(request, _("The draft is gone."))
    if WorkingCalendar.objects.filter(pk=version.calendar_id).exists():
        return redirect("desk:calendar", version.calendar_id)
    return redirect("desk:calendars")
