"""The sweep: finds what is due and handles it, a handful of requests in a transaction (SLA-50…SLA-53).

Everything it needs is in the database: after a killed worker, an emptied Redis or a stopped beat the next sweep finds
what was missed. Sweeps at the same time share the work: each passes over the requests that another one holds.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db.models import Exists, OuterRef

from sla.models import Clock, ClockQuerySet
from sla.services.clocks import refresh
from tickets.models import Ticket
from tickets.services.door import locked, locked_together

log = logging.getLogger(__name__)

BATCH = 100  # requests in one transaction: locked for a fifth of a second
LOOK = 400  # requests that one look at the index takes in


def sweep(at: datetime, *, limit: int | None = None) -> int:
    """Handle what is due at `at`, up to about `limit` requests; return how many were handled."""
    handled = 0
    while limit is None or handled < limit:
        due = _due_tickets(at, LOOK if limit is None else min(LOOK, limit))
        done = sum(_handle(due[start : start + BATCH], at) for start in range(0, len(due), BATCH))
        handled += done
        if not done:
            break  # nothing is due, or others are at it
    return handled


def _due(at: datetime) -> ClockQuerySet:
    return Clock.objects.filter(next_check_at__lte=at, parked_at__isnull=True)


def _due_tickets(at: datetime, limit: int) -> list[int]:
    """Requests with a clock to look at, the longest overdue first: one probe of a partial index (SLA-53)."""
    return list(dict.fromkeys(_due(at).order_by("next_check_at").values_list("ticket_id", flat=True)[:limit]))


def _handle(ticket_ids: list[int], at: datetime) -> int:
    """Read the clocks of some requests in one transaction; return of how many.

    Where one fails, each is handled by itself, so that its failure stops nothing else.
    """
    # What another sweep has handled meanwhile is due no more; what anybody holds is passed over.
    still_due = Ticket.objects.filter(Exists(_due(at).filter(ticket=OuterRef("pk"))), pk__in=ticket_ids)
    try:
        # Lock order: ticket, then clocks.
        with locked_together(still_due, at=at) as tickets:
            refresh(tickets, now=at)
            return len(tickets)
    except Exception:
        log.exception("%s requests could not be handled together", len(ticket_ids))
    return sum(_handle_one(ticket_id, at) for ticket_id in ticket_ids)


def _handle_one(ticket_id: int, at: datetime) -> bool:
    """Read the clocks of one request; a failure parks them."""
    try:
        with locked(ticket_id, at=at, skip_locked=True) as ticket:
            refresh([ticket], now=at)
    except Ticket.DoesNotExist:
        return False
    except Exception as error:
        log.exception("The clocks of request %s are parked", ticket_id)
        _park(ticket_id, at, error)
        return False
    return True


def _park(ticket_id: int, at: datetime, error: Exception) -> None:
    Clock.objects.filter(ticket=ticket_id, next_check_at__lte=at).update(
        parked_at=at, problem=f"{type(error).__name__}: {error}"
    )


def unpark(ticket_id: int, at: datetime) -> bool:
    """Try the parked clocks of a request again (an operator's act); return whether it worked.

    Where it fails anew, they are parked anew, with the new problem.
    """
    Clock.objects.filter(ticket=ticket_id, parked_at__isnull=False).update(parked_at=None, problem="", next_check_at=at)
    return _handle_one(ticket_id, at)
