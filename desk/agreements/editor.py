"""The editor of a draft: everything it says on one page (R-045, SLA-10, SLA-43, SLA-44)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.roles import Capability
from desk.agreements.deeds import Visit
from desk.agreements.findings import check_of
from desk.agreements.page import find_version, which_context
from desk.agreements.sheet import Sheet
from desk.agreements.typed import Typed
from sla.services import agreements as services
from sla.services.selection import technical_services
from sla.services.versions import EditedMeanwhile
from tickets.errors import ActError, Invalid
from web.agreements import Names
from web.guards import needs
from web.requests import PersonRequest

SAVE, WHICH = "save", "which"


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.CONFIGURE)
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    """Shows what the draft says; or keeps what was typed; or, asked by a button, adds a row and shows it all again."""
    visit = Visit(find_version(request.user, pk), request.user, timezone.now())
    if request.method != "POST":
        if not visit.version.is_editable:
            messages.info(request, _("What is agreed can't be changed any more; begin a new version."))
            return redirect("desk:agreement-version", pk)
        return _show(request, visit, Sheet.of(Typed.of(visit.version)))
    typed = Typed.read(request.POST)
    asked, _colon, place = request.POST.get("do", SAVE).partition(":")
    if asked == SAVE:
        return _save(request, visit, typed)
    typed.change(asked, place)
    return _show(request, visit, Sheet.of(typed, is_sent=True))


def _save(request: PersonRequest, visit: Visit, typed: Typed) -> HttpResponse:
    sheet = Sheet.of(typed, is_sent=True)
    if not sheet.is_valid():
        return _show(request, visit, sheet, HTTPStatus.UNPROCESSABLE_ENTITY)
    revision = sheet.head.cleaned_data["revision"]
    try:
        services.save(visit.version, sheet.terms(), revision=revision, by=visit.user, at=visit.at)
    except Invalid as error:
        sheet.refuse(error)
        return _show(request, visit, sheet, HTTPStatus.UNPROCESSABLE_ENTITY)
    except EditedMeanwhile as error:
        return _show_edited(request, visit, typed, error)
    except ActError as error:
        sheet.general.append(str(error.sentence))
        return _show(request, visit, sheet, HTTPStatus.CONFLICT)
    messages.success(request, _("Saved."))
    return redirect("desk:agreement-version", visit.version.pk)


def _show_edited(request: PersonRequest, visit: Visit, typed: Typed, error: EditedMeanwhile) -> HttpResponse:
    """What was typed, ready to be saved over what somebody else saved, now that the person knows."""
    typed.head["revision"] = error.revision
    sheet = Sheet.of(typed, is_sent=True)
    sheet.general.append(str(error.sentence))
    return _show(request, visit, sheet, HTTPStatus.CONFLICT, is_edited=True)


def _show(
    request: PersonRequest,
    visit: Visit,
    sheet: Sheet,
    status: HTTPStatus = HTTPStatus.OK,
    *,
    is_edited: bool = False,
) -> HttpResponse:
    context: dict[str, Any] = {
        "version": visit.version,
        "agreement": visit.version.agreement,
        "client": visit.version.agreement.organisation,
        "sheet": sheet,
        "is_edited": is_edited,
        "zone": timezone.get_current_timezone_name(),
        **_looked_at(request, visit, sheet.typed),
    }
    return render(request, "desk/agreements/edit.html", context, status=status)


@require_POST
@needs(Capability.CONFIGURE)
def check(request: PersonRequest, pk: int) -> HttpResponse:
    """The check, and the answer to which target a request would get, for what is typed right now; keeps nothing."""
    visit = Visit(find_version(request.user, pk), request.user, timezone.now())
    return render(request, "desk/agreements/_looked_at.html", _looked_at(request, visit, Typed.read(request.POST)))


def _looked_at(request: PersonRequest, visit: Visit, typed: Typed) -> dict[str, Any]:
    names, targets = Names.known(), typed.targets()
    return {
        "check": check_of(targets, technical_services(), names),
        "which": which_context(visit, targets, names, request.POST),
    }
