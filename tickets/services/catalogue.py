"""What an installation begins with: the priority matrix (R-003)."""

from __future__ import annotations

from itertools import product

from accounts.models import Tier
from tickets.models import PriorityRule
from tickets.states import Impact, Urgency


def ensure_priority_matrix() -> None:
    """Fill the cells of the matrix that are missing with the standard. Safe to repeat; edited cells stay."""
    known = set(PriorityRule.objects.values_list("impact", "urgency", "tier"))
    PriorityRule.objects.bulk_create(
        PriorityRule(impact=i, urgency=u, tier=t, priority=PriorityRule.standard(i, u, t))
        for i, u, t in product(Impact.values, Urgency.values, Tier.values)
        if (i, u, t) not in known
    )
