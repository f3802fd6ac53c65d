"""Agreements and their versions: copying one to change it, putting a draft in force (R-045, SLA-30, SLA-31).

A version that is, or was, in force never changes; whoever wants other promises copies it, edits the copy, and puts that
in force. Running cycles keep the version they started under.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from sla.models import Agreement, AgreementState, AgreementVersion, CalendarVersion, Target, VersionState
from tickets.errors import ActError

EDITABLE_STATES = frozenset({AgreementState.DRAFT, AgreementState.NEGOTIATION})
BEFORE_FORCE = EDITABLE_STATES | {AgreementState.SIGNED}


class VersionRefused(ActError):
    """A version that can't be put in force."""

    code = "version_refused"


def is_editable(version: AgreementVersion) -> bool:
    """Whether its targets may still be changed (SLA-30)."""
    return version.state in EDITABLE_STATES


def copy_as_draft(version: AgreementVersion) -> AgreementVersion:
    """The next version of the same agreement, a draft with the same targets."""
    return draft_for(version.agreement, like=version)


def draft_for(agreement: Agreement, *, like: AgreementVersion | None = None) -> AgreementVersion:
    """The next version of an agreement, a draft with the targets of another version, or with none."""
    with transaction.atomic():
        Agreement.objects.select_for_update().get(pk=agreement.pk)
        last = agreement.versions.aggregate(last=Max("number"))["last"] or 0
        draft = AgreementVersion.objects.create(agreement=agreement, number=last + 1)
        if like is not None:
            Target.objects.bulk_create(_copied(target, draft) for target in like.targets.all())
    return draft


def _copied(target: Target, version: AgreementVersion) -> Target:
    own = {
        field.attname: getattr(target, field.attname)
        for field in Target._meta.concrete_fields
        if field.attname not in ("id", "version_id")
    }
    return Target(version=version, **own)


def put_in_force(version: AgreementVersion, *, at: datetime) -> AgreementVersion:
    """Let a version hold for cycles that start from now on (SLA-31); the one before it ends at the same instant.

    Raises:
        VersionRefused: it is in force or ended already, promises nothing, or one of its calendars was never published.
    """
    with transaction.atomic():
        Agreement.objects.select_for_update().get(pk=version.agreement_id)
        current = AgreementVersion.objects.select_for_update().get(pk=version.pk)
        _check(current)
        AgreementVersion.objects.filter(agreement=current.agreement_id, state=AgreementState.IN_FORCE).update(
            state=AgreementState.ENDED, effective_to=at
        )
        current.state, current.effective_from, current.effective_to = AgreementState.IN_FORCE, at, None
        current.save()
    return current


def _check(version: AgreementVersion) -> None:
    if version.state not in BEFORE_FORCE:
        raise VersionRefused(_("%(version)s was put in force before.") % {"version": version})
    calendars = set(version.targets.values_list("calendar", flat=True))
    if not calendars:
        raise VersionRefused(_("%(version)s has no targets.") % {"version": version})
    published = CalendarVersion.objects.filter(calendar__in=calendars, state=VersionState.PUBLISHED)
    if calendars - set(published.values_list("calendar", flat=True)):
        raise VersionRefused(_("A calendar of %(version)s has not been published yet.") % {"version": version})
