"""How notices are worded: the list, one with its preview in every language, back to the standard (SLA-44)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.roles import Capability
from desk.notices.forms import WordingForm, field_name, initial_of, save, typed
from notifications import texts
from notifications.kinds import Kind
from notifications.models import NoticeText
from web.guards import needs
from web.middleware import zone_named
from web.requests import PersonRequest

configuring = needs(Capability.CONFIGURE)


def _kind(name: str) -> Kind:
    found = next((kind for kind in texts.wordable() if kind.name == name), None)
    if found is None:
        raise Http404
    return found


@require_GET
@configuring
def notices(request: PersonRequest) -> HttpResponse:
    """The kinds of notices whose wording can be changed, and which were."""
    own = texts.own_texts()
    rows = [{"kind": kind, "own": own.get(kind.name)} for kind in texts.wordable()]
    return render(request, "desk/notices/notices.html", {"rows": rows, "now": timezone.now()})


@configuring
def notice(request: PersonRequest, name: str) -> HttpResponse:
    """Write a kind's wording; a POST with `preview` only shows how it would read."""
    kind = _kind(name)
    own = NoticeText.objects.select_related("edited_by").filter(kind=kind.name).first()
    form = WordingForm(request.POST or None, initial=initial_of(kind, own))
    status = HTTPStatus.OK
    if request.method == "POST" and "preview" not in request.POST:
        status = _saved(request, kind, form)
        if status == HTTPStatus.OK:
            messages.success(request, _("The wording was saved. It holds for notices from now on."))
            return redirect("desk:notices")
    return render(request, "desk/notices/notice.html", _context(kind, own, form), status=status)


def _saved(request: PersonRequest, kind: Kind, form: WordingForm) -> HTTPStatus:
    """Save it; problems land in the form."""
    if not form.is_valid():
        return HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        save(kind, form, by=request.user, at=timezone.now())
    except ValidationError as error:
        form.refuse(error)
        return HTTPStatus.UNPROCESSABLE_ENTITY
    except texts.Overtaken as overtaken:
        _say_overtaken(form, overtaken)
        return HTTPStatus.CONFLICT
    return HTTPStatus.OK


def _say_overtaken(form: WordingForm, overtaken: texts.Overtaken) -> None:
    """The next saving replaces what the other person wrote, knowingly."""
    there = overtaken.text
    who = there.edited_by.name if there and there.edited_by else _("Somebody")
    form.data = {**dict(form.data.items()), "seen": there.edited_at.isoformat() if there else ""}
    sentence = _("%(name)s saved this wording meanwhile. What you wrote is still here; save again to replace theirs.")
    form.add_error(None, sentence % {"name": who})


def _context(kind: Kind, own: NoticeText | None, form: WordingForm) -> dict[str, Any]:
    return {
        "kind": kind,
        "own": own,
        "form": form,
        "wordings": [
            {
                "code": language,
                "name": name,
                "subject": form[field_name("subject", language)],
                "text": form[field_name("text", language)],
            }
            for language, name in settings.LANGUAGES
        ],
        "previews": _previews(kind, form),
        "now": timezone.now(),
    }


def _previews(kind: Kind, form: WordingForm) -> list[dict[str, Any]]:
    zone = zone_named(timezone.get_current_timezone_name())
    said = typed(form)
    return [
        {"code": language, "name": name, "words": texts.preview(kind, *said[language], language=language, zone=zone)}
        for language, name in settings.LANGUAGES
    ]


@require_POST
@configuring
def preview(request: PersonRequest, name: str) -> HttpResponse:
    """How what is typed would read, in every language; nothing is kept."""
    kind = _kind(name)
    return render(request, "desk/notices/_previews.html", {"previews": _previews(kind, WordingForm(request.POST))})


@require_POST
@configuring
def reset(request: PersonRequest, name: str) -> HttpResponse:
    """Back to the standard wording."""
    kind = _kind(name)
    if texts.reset(kind):
        messages.success(request, _("The standard wording holds again."))
    return redirect("desk:notices")
