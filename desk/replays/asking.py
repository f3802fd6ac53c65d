"""Asking what would have been: what is assumed, over which requests (SLA-62)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.roles import Capability
from desk.replays.forms import (
    PeriodForm,
    PromiseForm,
    VersionForm,
    agreement_choices,
    calendar_choices,
    usable_calendars,
)
from desk.scope import range_words
from sla.models import AgreementVersion, CalendarVersion, WhatIf
from sla.services import what_if
from sla.services.terms import Promise, promises_of
from sla.services.what_if import NAME_LIMIT
from tickets.errors import Invalid
from web.agreements import Line, Names, lines_of
from web.guards import needs
from web.requests import PersonRequest

AGREEMENT, CALENDAR, TARGETS = "agreement", "calendar", "targets"
MODES = (AGREEMENT, TARGETS, CALENDAR)


@dataclass
class Row:
    """A target whose terms may be changed: in words, and its form."""

    line: Line
    form: PromiseForm


@dataclass
class Question:
    """What the page asks about: `mode` is one of MODES, `version` what the address or the form names."""

    mode: str
    choices: list[tuple[str, list[tuple[str, str]]]]
    version: Any
    about: VersionForm | None = None
    rows: list[Row] = field(default_factory=list)

    @property
    def forms(self) -> list[Any]:
        """Those beside the period's."""
        return [*([self.about] if self.about else []), *(row.form for row in self.rows)]

    @property
    def client(self) -> str:
        """Whose agreement it is about, if it is one client's."""
        organisation = self.version.agreement.organisation if isinstance(self.version, AgreementVersion) else None
        return organisation.name if organisation else ""

    def refuse(self, form: PeriodForm, place: str, messages: list[str]) -> None:
        """Put what the domain says where it belongs: at a target, at the version, at a field of the period."""
        start, _dot, rest = place.partition(".")
        if start == "promises" and rest:
            number, _dot, name = rest.partition(".")
            self.rows[int(number)].form.refuse(name.partition(".")[0], messages)
        elif place == "about" and self.about is not None:
            self.about.add_error("about", messages)
        else:
            form.add_error(place if place in form.fields else None, messages)


@needs(Capability.CONFIGURE)
def new(request: PersonRequest) -> HttpResponse:
    """Ask a what-if; `?agreement=`, `?calendar=` or `?targets=` names a version, the last to change its targets."""
    at = timezone.now()
    data = request.POST if request.method == "POST" else None
    question = _question(request, data, at)
    form = PeriodForm(data)
    asked = _asked(request, question, form, at) if data is not None else None
    if asked is not None:
        return redirect("desk:what-if", asked.pk)
    context = {"question": question, "form": form, "modes": _modes(question.mode)}
    status = HTTPStatus.OK if data is None else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "desk/replays/ask.html", context, status=status)


def _asked(request: PersonRequest, question: Question, form: PeriodForm, at: datetime) -> WhatIf | None:
    """The what-if; None when something is wrong with a form, which then says so."""
    are_valid = [each.is_valid() for each in (form, *question.forms)]  # each, so that all problems are shown at once
    if not all(are_valid):
        _point_at_targets(form, question)
        return None
    try:
        return _ask(request, question, form, at)
    except Invalid as error:
        for place, messages in error.message_dict.items():
            question.refuse(form, place, messages)
        _point_at_targets(form, question)
        return None


def _point_at_targets(form: PeriodForm, question: Question) -> None:
    """Say on top that something is wrong in the table."""
    if any(row.form.errors for row in question.rows):
        form.add_error(None, _("Please look at the targets that are marked."))


def _modes(current: str) -> list[dict[str, Any]]:
    labels = {
        AGREEMENT: _("A version of an agreement"),
        TARGETS: _("An agreement with changed targets"),
        CALENDAR: _("A version of a calendar"),
    }
    return [{"key": mode, "label": labels[mode], "is_current": mode == current} for mode in MODES]


# --- what is asked about ----------------------------------------------------------------------------


def _question(request: PersonRequest, data: Any, at: datetime) -> Question:
    """From the address; a form names its version itself, but the one whose targets it changes."""
    mode = next((mode for mode in MODES if mode in request.GET), AGREEMENT)
    wanted = request.GET.get(mode, "")
    if mode == CALENDAR:
        return _versions(mode, _calendars(), calendar_choices, wanted, data)
    if mode == AGREEMENT:
        return _versions(mode, _agreements(), agreement_choices, wanted, data)
    return _targets(wanted, data, at)


def _agreements() -> list[AgreementVersion]:
    found = AgreementVersion.objects.select_related("agreement__organisation")
    return list(found.order_by("agreement__organisation__name", "agreement__name", "agreement", "-number"))


def _calendars() -> list[CalendarVersion]:
    found = CalendarVersion.objects.select_related("calendar").defer("definition", "exceptions")
    return list(found.order_by("calendar__name", "-number"))


def _versions(mode: str, versions: Sequence[Any], choices: Any, wanted: str, data: Any) -> Question:
    known = {str(version.pk): version for version in versions}
    if wanted and wanted not in known:
        raise Http404
    offered = choices(versions)
    form = VersionForm(data, choices=offered, initial={"about": wanted})
    return Question(mode, offered, known.get(data.get("about", "") if data is not None else wanted), about=form)


def _targets(wanted: str, data: Any, at: datetime) -> Question:
    """The targets of a version that holds (that of the address, else the default agreement's), to be changed."""
    holding = AgreementVersion.objects.agreed().filter(effective_from__lte=at)
    holding = holding.filter(Q(effective_to__isnull=True) | Q(effective_to__gt=at))
    versions = list(
        holding.select_related("agreement__organisation").order_by("agreement__name", "agreement", "-number")
    )
    default = next((each for each in versions if each.agreement.organisation_id is None), None)
    version = next((each for each in versions if str(each.pk) == wanted), None) if wanted else default
    if wanted and version is None:
        version = _any_version(wanted)
        versions.append(version)
    rows = _rows(list(promises_of(version)), data) if version else []
    return Question(TARGETS, agreement_choices(versions), version, rows=rows)


def _any_version(wanted: str) -> AgreementVersion:
    if not (wanted.isascii() and wanted.isdecimal() and len(wanted) < 19):
        raise Http404
    found = AgreementVersion.objects.select_related("agreement__organisation").filter(pk=int(wanted)).first()
    if found is None:
        raise Http404
    return found


def _rows(promises: Sequence[Promise], data: Any) -> list[Row]:
    calendars = usable_calendars(promises)
    return [
        Row(line, PromiseForm(data, promise=promise, number=line.number, calendars=calendars))
        for line, promise in zip(lines_of(promises, Names.known()), promises, strict=True)
    ]


# --- asking -----------------------------------------------------------------------------------------


def _ask(request: PersonRequest, question: Question, form: PeriodForm, at: datetime) -> WhatIf:
    since, until = form.span(at)
    about = {"calendar" if question.mode == CALENDAR else "agreement": question.version}
    if question.mode == TARGETS:
        about["promises"] = [row.form.changed for row in question.rows]
    name = form.cleaned_data["name"].strip() or _proposed(question, since, min(until, at))
    clients = [] if question.client else form.client_ids
    return what_if.ask(name, by=request.user, at=at, since=since, until=until, clients=clients, **about)


def _proposed(question: Question, since: datetime, until: datetime) -> str:
    """A name that says what is asked: "Default agreement v2, Aug 1 – Oct 30, 2026"."""
    days = range_words(timezone.localdate(since), timezone.localdate(until))
    words = {"what": question.version, "days": days}
    if question.mode == TARGETS:
        return (_("%(what)s with changed targets, %(days)s") % words)[:NAME_LIMIT]
    return (_("%(what)s, %(days)s") % words)[:NAME_LIMIT]
