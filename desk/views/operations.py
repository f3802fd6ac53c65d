"""What an operator looks at: the outbox, the timers, and mails that were written to files."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.roles import Capability
from desk import mailbox
from desk.paging import Order, page_of
from notifications import services as outbox_services
from notifications.figures import deliveries, outbox_health
from notifications.models import Delivery, DeliveryState
from notifications.wording import Words, language_of, words
from sla.figures import timer_health
from sla.models import Clock
from sla.services.sweep import unpark
from web.guards import needs
from web.requests import PersonRequest

log = logging.getLogger(__name__)

ROWS, MAILS, PARKED = 25, 20, 50
BY_NOTICE = Order("told_at", falling=True)
TABS = (DeliveryState.GIVEN_UP, DeliveryState.PENDING, DeliveryState.SENT)


@needs(Capability.ADMINISTER)
def outbox(request: PersonRequest) -> HttpResponse:
    """Deliveries by state, newest first, the clocks that are parked, and whether background work keeps up."""
    at = timezone.now()
    health = outbox_health(at)
    state = _state(request.GET.get("state", ""), given_up=health.given_up)
    rows: Any = deliveries(state)
    page = page_of(rows, BY_NOTICE, after=request.GET.get("after", ""), before=request.GET.get("before", ""), size=ROWS)
    found: list[Any] = list(page.rows)
    here = f"{reverse('desk:outbox')}?state={state}"
    context = {
        "at": at,
        "health": health,
        "timers": timer_health(at),
        "parked": _parked(),
        "shown_state": state,
        "tabs": [
            {"state": each, "count": getattr(health, each.value), "href": f"?state={each}", "is_current": each == state}
            for each in TABS
        ],
        "entries": [_entry(delivery, at) for delivery in found],
        "newer": f"{here}&before={page.previous}" if page.previous else "",
        "older": f"{here}&after={page.following}" if page.following else "",
        "mail_is_shown": mailbox.is_in_use(),
    }
    return render(request, "desk/outbox.html", context)


def _state(given: str, *, given_up: int) -> DeliveryState:
    """What the address asks for; else what needs a hand, else what is on its way."""
    usual = DeliveryState.GIVEN_UP if given_up else DeliveryState.PENDING
    return DeliveryState(given) if given in DeliveryState.values else usual


def _entry(delivery: Delivery, at: datetime) -> dict[str, Any]:
    is_overdue = delivery.state == DeliveryState.PENDING and delivery.next_try_at <= at
    return {
        "delivery": delivery,
        "words": _words_of(delivery),
        "language": language_of(delivery.notice.recipient),
        "is_overdue": is_overdue,
    }


def _words_of(delivery: Delivery) -> Words | None:
    """A notice as its recipient reads it; None when it can't be worded, which may be why it was never delivered."""
    try:
        return words(delivery.notice)
    except Exception:
        log.exception("Notice %s can't be worded", delivery.notice_id)
        return None


def _parked() -> list[dict[str, Any]]:
    """Requests with parked clocks, longest parked first, each once with its kinds and problem."""
    clocks = Clock.objects.filter(parked_at__isnull=False).select_related("ticket__organisation")
    by_ticket: dict[int, dict[str, Any]] = {}
    for clock in clocks.order_by("parked_at", "pk")[:PARKED]:
        entry = by_ticket.setdefault(
            clock.ticket_id, {"ticket": clock.ticket, "at": clock.parked_at, "problem": clock.problem, "kinds": []}
        )
        entry["kinds"].append(clock.get_kind_display())
    return list(by_ticket.values())


@needs(Capability.ADMINISTER)
@require_POST
def retry(request: PersonRequest, pk: int) -> HttpResponse:
    """Put a delivery back into the queue."""
    delivery = get_object_or_404(Delivery, pk=pk)
    outbox_services.retry(delivery, timezone.now())
    messages.success(request, _("It will be delivered again in a moment."))
    return redirect(f"{reverse('desk:outbox')}?state={delivery.state}")


@needs(Capability.ADMINISTER)
@require_POST
def try_clocks_again(request: PersonRequest, pk: int) -> HttpResponse:
    """Read the parked clocks of a request again."""
    if not Clock.objects.filter(ticket=pk, parked_at__isnull=False).exists():
        raise Http404
    if unpark(pk, timezone.now()):
        messages.success(request, _("The clocks run again."))
    else:
        messages.error(request, _("That did not work; the clocks are parked again."))
    return redirect("desk:outbox")


@needs(Capability.ADMINISTER)
def mail(request: PersonRequest) -> HttpResponse:
    """The mails in the folder, newest first; there is no such page where mails are really sent."""
    if not mailbox.is_in_use():
        raise Http404
    given = request.GET.get("from", "")
    start = int(given) if given.isascii() and given.isdecimal() and len(given) < 8 else 0
    mails, has_older = mailbox.newest_mails(start=start, size=MAILS)
    here = reverse("desk:mail")
    context = {
        "mails": mails,
        "newer": f"{here}?from={max(0, start - MAILS)}" if start else "",
        "older": f"{here}?from={start + MAILS}" if has_older else "",
    }
    return render(request, "desk/mail.html", context)
