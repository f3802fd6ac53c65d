"""How the outbox stands, for whoever runs the installation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, F, Min, Q, QuerySet

from notifications.models import Delivery, DeliveryState

GRACE = timedelta(minutes=1)


@dataclass(frozen=True)
class OutboxHealth:
    """Deliveries by state; `overdue` are waiting ones whose moment passed a minute ago or more, `oldest` since when."""

    pending: int
    given_up: int
    sent: int
    overdue: int
    oldest: datetime | None


def outbox_health(at: datetime) -> OutboxHealth:
    """How many deliveries stand where, and whether anybody delivers."""
    is_overdue = Q(state=DeliveryState.PENDING, next_try_at__lt=at - GRACE)
    return OutboxHealth(
        **Delivery.objects.aggregate(
            pending=Count("pk", filter=Q(state=DeliveryState.PENDING)),
            given_up=Count("pk", filter=Q(state=DeliveryState.GIVEN_UP)),
            sent=Count("pk", filter=Q(state=DeliveryState.SENT)),
            overdue=Count("pk", filter=is_overdue),
            oldest=Min("next_try_at", filter=is_overdue),
        )
    )


def deliveries(state: DeliveryState) -> QuerySet[Delivery]:
    """Deliveries of a state with notice and recipient; `told_at` is when the notice was written."""
    found = Delivery.objects.filter(state=state).select_related("notice__recipient__organisation")
    return found.annotate(told_at=F("notice__created_at"))
