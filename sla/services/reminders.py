"""What comes due in the life of agreements and calendars: an end, a review, newly announced holidays (R-045, SLA-03).

Each reminder is told once, by the outbox's key; a check that was missed is made up by the next one.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from django.conf import settings

from sla import telling
from sla.models import AGREED, AgreementState, AgreementVersion
from sla.services.public_days import drift
from sla.services.published import calendars_in_use

EXPIRY_DAYS = (60, 30, 7)


def remind(at: datetime) -> None:
    """Tell what is due to be told at an instant."""
    _remind_of_ends(at)
    _remind_of_reviews(at)
    _remind_of_calendars(at)


def _remind_of_ends(at: datetime) -> None:
    """60, 30 and 7 days ahead; an end that has a successor is no end."""
    ending = (
        AgreementVersion.objects.filter(state__in=[AgreementState.SIGNED, AgreementState.IN_FORCE])
        .filter(effective_to__gt=at, effective_to__lte=at + timedelta(days=max(EXPIRY_DAYS)))
        .select_related("agreement__organisation")
    )
    for version in ending:
        if version.effective_to is None or _has_successor(version):
            continue
        left = version.effective_to - at
        days = min(days for days in EXPIRY_DAYS if left <= timedelta(days=days))
        telling.tell_everybody_of(version, "agreement_expiring", at=at, key=f"{days}d", data={"days": days})


def _has_successor(version: AgreementVersion) -> bool:
    later = AgreementVersion.objects.agreed().filter(agreement=version.agreement_id)
    return later.filter(effective_from__gte=version.effective_to).exists()


def _remind_of_reviews(at: datetime) -> None:
    today = at.astimezone(ZoneInfo(settings.DEFAULT_TIME_ZONE)).date()
    due = AgreementVersion.objects.filter(state__in=AGREED, review_on__lte=today).exclude(state=AgreementState.ENDED)
    for version in due.select_related("agreement__organisation"):
        telling.tell_staff_of(version, "agreement_review", at=at, key=f"{version.review_on}")


def _remind_of_calendars(at: datetime) -> None:
    """Once per calendar and set of changes."""
    for version in calendars_in_use():
        changed = drift(version, at.date())
        if changed:
            what = sha256(json.dumps(changed.__dict__, sort_keys=True).encode()).hexdigest()[:16]
            telling.tell_calendar_outdated(version, key=what, at=at)
