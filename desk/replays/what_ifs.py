"""What-ifs: the list, one with its answer, its changed outcomes (SLA-62)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.roles import Capability
from desk.ledger import shown_lines
from desk.paging import page_of
from desk.replays.answers import Answer, assumed_words
from desk.replays.changed import Changed, pair_of, row_of
from desk.replays.orders import ById
from desk.replays.tables import about_lines, changed_table, tables_of
from desk.sheets import csv_answer, xlsx_answer
from jobs import services as jobs
from jobs.models import JobState
from sla.models import WhatIf, WhatIfFlip
from sla.services import what_if as replays
from tickets.models import Ticket
from web.guards import needs
from web.requests import PersonRequest

ROWS, FLIPS = 25, 50
reading = needs(Capability.CONFIGURE, Capability.SEE_LEVELS)
asking = needs(Capability.CONFIGURE)


def _found(pk: int) -> WhatIf:
    related = ("job", "by", "agreement_version__agreement", "calendar_version__calendar")
    return get_object_or_404(WhatIf.objects.select_related(*related), pk=pk)


@require_GET
@asking
def what_ifs(request: PersonRequest) -> HttpResponse:
    """Everything that was asked, newest first."""
    rows: Any = WhatIf.objects.select_related("job", "by")
    page = page_of(rows, ById(falling=True), **_places(request), size=ROWS)  # type: ignore[arg-type]
    found: list[Any] = list(page.rows)
    here = reverse("desk:what-ifs")
    context = {
        "rows": [{"asked": asked, "about": assumed_words(asked), "answer": Answer.of(asked)} for asked in found],
        "newer": f"{here}?before={page.previous}" if page.previous else "",
        "older": f"{here}?after={page.following}" if page.following else "",
        "now": timezone.now(),
    }
    return render(request, "desk/replays/what_ifs.html", context)


def _places(request: PersonRequest) -> dict[str, str]:
    return {"after": request.GET.get("after", ""), "before": request.GET.get("before", "")}


@require_GET
@reading
def what_if(request: PersonRequest, pk: int) -> HttpResponse:
    """One question: its progress, then its answer and what came out otherwise."""
    at = timezone.now()
    asked = _found(pk)
    answer = Answer.of(asked)
    may_ask = request.user.may(Capability.CONFIGURE)
    context = {
        "asked": asked,
        "about": assumed_words(asked),
        "answer": answer,
        "may_ask": may_ask,
        "is_cancelled": asked.job.state == JobState.CANCELLED,
        "is_failed": asked.job.state == JobState.FAILED,
        "again_url": _again_url(asked) if may_ask else "",
        "now": at,
        **_urls(asked, may_ask=may_ask),
        **(_changed(request, asked, answer) if answer else {}),
    }
    if answer:
        context["chart"] = answer.chart(request.GET.get("clock", ""))
    return render(request, "desk/replays/what_if.html", context)


def _urls(asked: WhatIf, *, may_ask: bool) -> dict[str, str]:
    return {
        "progress_url": reverse("desk:what-if-progress", args=[asked.pk]),
        "cancel_url": reverse("desk:what-if-cancel", args=[asked.pk]) if may_ask else "",
    }


def _again_url(asked: WhatIf) -> str:
    """Where the same version can be asked about once more; empty when it is gone."""
    base = reverse("desk:what-if-new")
    if asked.agreement_version_id is not None:
        changed = asked.assumption.get("agreement", {}).get("is_changed")
        return f"{base}?{'targets' if changed else 'agreement'}={asked.agreement_version_id}"
    return f"{base}?calendar={asked.calendar_version_id}" if asked.calendar_version_id is not None else ""


def _changed(request: PersonRequest, asked: WhatIf, answer: Answer) -> dict[str, Any]:
    """A page of the outcomes that changed, of the requests this person may see."""
    wanted = Changed.read(request.GET, asked)
    seen = _seen(request, wanted.narrow(asked.flips.all()))
    page = page_of(seen, ById(), **_places(request), size=FLIPS)  # type: ignore[arg-type]
    found: list[Any] = list(page.rows)
    return {
        "changed": wanted,
        "tabs": wanted.tabs(answer, counts=request.user.may(Capability.SEE_ALL)),
        "kinds": wanted.kinds(answer),
        "sees_all": request.user.may(Capability.SEE_ALL),
        "flips": [row_of(each) for each in found],
        "newer": wanted.address(before=page.previous) if page.previous else "",
        "older": wanted.address(after=page.following) if page.following else "",
    }


def _seen(request: PersonRequest, flips: Any) -> Any:
    related = flips.select_related("ticket__organisation")
    if request.user.may(Capability.SEE_ALL):
        return related
    return related.filter(ticket__in=Ticket.objects.visible_to(request.user))


@require_GET
@reading
def progress(request: PersonRequest, pk: int) -> HttpResponse:
    """How far it is, for a page that asks by itself; once it is over the page comes anew."""
    asked = _found(pk)
    if asked.job.is_over:
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = {**_urls(asked, may_ask=request.user.may(Capability.CONFIGURE)), "asked": asked, "now": timezone.now()}
    return render(request, "desk/replays/_what_if_progress.html", context)


@require_POST
@asking
def cancel(request: PersonRequest, pk: int) -> HttpResponse:
    """Take the question back; what was asked stays in the list until it is deleted."""
    asked = _found(pk)
    if jobs.cancel(asked.job, at=timezone.now()):
        messages.success(request, _("The replay was cancelled."))
    else:
        messages.info(request, _("There was nothing to cancel any more."))
    return redirect("desk:what-if", asked.pk)


@require_POST
@asking
def delete(request: PersonRequest, pk: int) -> HttpResponse:
    """Throw a question and its answer away."""
    asked = _found(pk)
    replays.delete(asked, by=request.user, at=timezone.now())
    messages.success(request, _("“%(name)s” was deleted.") % {"name": asked.name})
    return redirect("desk:what-ifs")


# --- one changed outcome, and files -----------------------------------------------------------------


@require_GET
@reading
def flip(request: PersonRequest, pk: int, flip: int) -> HttpResponse:
    """The two ledgers of a cycle that came out otherwise, side by side; 404 for a request one may not see."""
    asked = _found(pk)
    seen = WhatIfFlip.objects.filter(what_if=asked, ticket__in=Ticket.objects.visible_to(request.user))
    found = get_object_or_404(seen.select_related("ticket__organisation"), pk=flip)
    whole = bool(request.GET.get("all"))
    sides = [{**side, **shown_lines(side["account"], whole=whole)} for side in pair_of(asked, found)]
    context = {
        "asked": asked,
        "about": assumed_words(asked),
        "flip": row_of(found),
        "ticket": found.ticket,
        "sides": sides,
        "page_url": reverse("desk:request", args=[found.ticket.number]),
        "whole_url": f"{request.path}?all=1",
        "zone": timezone.get_current_timezone_name(),
    }
    return render(request, "desk/replays/flip.html", context)


@require_GET
@reading
def workbook(request: PersonRequest, pk: int) -> HttpResponse:
    """The whole answer as a spreadsheet."""
    asked, answer = _answered(pk)
    flips = _seen(request, asked.flips.order_by("pk"))
    return xlsx_answer([*tables_of(answer), changed_table(flips)], f"what-if-{asked.pk}", about_lines(asked))


@require_GET
@reading
def changed_csv(request: PersonRequest, pk: int) -> HttpResponseBase:
    """The changed outcomes as CSV, however many there are."""
    asked, _answer = _answered(pk)
    return csv_answer(changed_table(_seen(request, asked.flips.order_by("pk"))), f"what-if-{asked.pk}")


def _answered(pk: int) -> tuple[WhatIf, Answer]:
    asked = get_object_or_404(WhatIf.objects.select_related("by"), pk=pk, result__isnull=False)
    answer = Answer.of(asked)
    assert answer is not None  # noqa: S101 - it has a result
    return asked, answer
