"""A survey by its link: without signing in, once (R-050)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from portal.forms import SurveyForm
from quality.models import AnsweredVia, Survey
from quality.services import surveys
from web.acts import perform
from web.middleware import zone_named


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: HttpRequest, token: str) -> HttpResponse:
    """The questions; afterwards thanks; or why there is nothing to answer."""
    try:
        found = surveys.by_token(token)
    except Survey.DoesNotExist:
        raise Http404 from None
    contact = found.ticket.requester
    _speak_to(request, contact)
    at = timezone.now()
    over = surveys.why_over(found, at)
    if over:
        return _over(request, found, over)
    if request.method != "POST":
        return _ask(request, found, SurveyForm())
    form = SurveyForm(request.POST)
    outcome = perform(
        form,
        lambda data: surveys.answer(
            found,
            scores=form.scores(data),
            comment=data["comment"],
            at=at,
            via=AnsweredVia.LINK,
            by=contact if request.user == contact else None,
        ),
    )
    if outcome.done:
        return render(request, "portal/survey_thanks.html", _shown(found))
    if outcome.status == HTTPStatus.CONFLICT:  # somebody was faster
        found.refresh_from_db()
        return _over(request, found, surveys.why_over(found, at))
    return _ask(request, found, form, status=outcome.status)


def _speak_to(request: HttpRequest, contact: User) -> None:
    """A visitor reads in the contact's language and zone, unless they chose another language here."""
    if request.user.is_authenticated:
        return
    timezone.activate(zone_named(contact.time_zone))
    if contact.language and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        translation.activate(contact.language)
        request.LANGUAGE_CODE = contact.language


def _ask(request: HttpRequest, found: Survey, form: SurveyForm, *, status: int = 200) -> HttpResponse:
    return render(request, "portal/survey.html", {**_shown(found), "form": form}, status=status)


def _over(request: HttpRequest, found: Survey, over: str) -> HttpResponse:
    return render(request, "portal/survey_over.html", {**_shown(found), "over": over}, status=HTTPStatus.GONE)


def _shown(found: Survey) -> dict[str, Any]:
    return {"survey": found, "ticket": found.ticket, "accent": found.ticket.organisation.accent}
