"""When versions of agreements hold: their dates settled, begun and ended, and the states kept in step (R-045, SLA-31).

Lock order: agreement, then version, then the client's row. An act on a version enters through `held`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from sla import telling
from sla.models import Agreement, AgreementDeed, AgreementEntry, AgreementState, AgreementVersion
from sla.services.rights import by_configurers
from tickets.errors import ActError, Invalid
from tickets.services.texts import check_instant


class AgreementRefused(ActError):
    """Something that can't be done with a version in its state, or beside other agreements."""

    code = "agreement_refused"


def held(version: AgreementVersion, states: Sequence[AgreementState]) -> AgreementVersion:
    """The version, locked behind its agreement, in one of these states.

    Raises:
        AgreementRefused: it is in another one.
    """
    Agreement.objects.select_for_update().get(pk=version.agreement_id)
    locked = (
        AgreementVersion.objects.select_for_update(of=("self",))
        .select_related("agreement__organisation", "edited_by")
        .get(pk=version.pk)
    )
    if locked.state not in states:
        state = AgreementState(locked.state).label
        raise AgreementRefused(
            _("This can't be done any more: %(version)s is now “%(state)s”.") % {"version": locked, "state": state}
        )
    return locked


@by_configurers
def end(version: AgreementVersion, *, by: User, at: datetime, when: datetime | None = None) -> AgreementVersion:
    """Let a version that holds, or will hold, end at an instant (now); afterwards the default agreement holds.

    One that has not begun by then never holds; what it had cut short stays so.

    Raises:
        Invalid: at `when`.
        AgreementRefused: it has ended, or is the default agreement, which is replaced by a new version only.
    """
    when = when or at
    check_instant(when, "when")
    if when < at - timedelta(minutes=1):  # a form filled in a moment ago is not the past
        raise Invalid({"when": [_("This lies in the past.")]})
    when = max(when, at)
    with transaction.atomic():
        locked = held(version, [AgreementState.SIGNED, AgreementState.IN_FORCE])
        if locked.agreement.organisation is None:
            raise AgreementRefused(_("The default agreement does not end; put a new version in force instead."))
        if locked.effective_to is not None and when > locked.effective_to:
            raise Invalid({"when": [_("It ends before that already.")]})
        locked.effective_to = max(when, locked.effective_from or when)
        locked.save(update_fields=["effective_to"])
        if locked.state == AgreementState.SIGNED and locked.effective_to == locked.effective_from:
            _cancel(locked, by=by, at=at)
        else:
            turn_one(locked, at, by=by)
    return locked


def _cancel(version: AgreementVersion, *, by: User, at: datetime) -> None:
    version.state = AgreementState.ENDED
    version.save(update_fields=["state"])
    enter(version, AgreementDeed.ENDED, by=by, at=at)
    _tell_end(version, at)


def settle_dates(version: AgreementVersion, at: datetime) -> None:
    """Fix from when a version holds: never from before it was agreed; its forerunner ends there.

    Raises:
        AgreementRefused: it would hold beside another agreement, or before its own forerunner.
    """
    begins = max(version.effective_from or at, at)
    version.effective_from = begins
    if version.effective_to is not None and version.effective_to <= begins:
        raise AgreementRefused(_("%(version)s would have ended before it is agreed.") % {"version": version})
    others = AgreementVersion.objects.agreed().filter(agreement=version.agreement_id).exclude(pk=version.pk)
    earlier = others.exclude(effective_to__lte=F("effective_from"))  # what was cancelled never held
    if earlier.filter(effective_from__gte=begins).exists():
        raise AgreementRefused(_("A later version of this agreement is agreed already."))
    check_overlap(version, begins)
    earlier.filter(Q(effective_to__isnull=True) | Q(effective_to__gt=begins)).update(effective_to=begins)


def check_overlap(version: AgreementVersion, begins: datetime) -> None:
    """Refuse a version that would hold beside another agreement of its client.

    Raises:
        AgreementRefused: it would.
    """
    other = beside(version, begins, version.effective_to)
    if other is not None:
        raise AgreementRefused(overlap_sentence(other))


def beside(version: AgreementVersion, begins: datetime, ends: datetime | None) -> AgreementVersion | None:
    """What is agreed with the same client under another agreement and holds within [begins, ends).

    Agreements of one client are settled one after the other: the client's row is locked.
    """
    organisation = version.agreement.organisation_id
    if organisation is None:
        return None
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation)
    others = AgreementVersion.objects.agreed().filter(agreement__organisation=organisation)
    found = (
        others.exclude(agreement=version.agreement_id)
        .exclude(effective_to__lte=F("effective_from"))
        .filter(Q(effective_to__isnull=True) | Q(effective_to__gt=begins))
    )
    if ends is not None:
        found = found.filter(effective_from__lt=ends)
    return found.select_related("agreement").order_by("effective_from").first()


def overlap_sentence(other: AgreementVersion) -> str:
    """What is wrong when two agreements of a client hold at the same time."""
    return _("It would hold at the same time as %(other)s. End that one first, or choose other dates.") % {
        "other": other
    }


def turn(at: datetime) -> int:
    """Bring states in step with the dates: signed → in force, in force → ended. Return how many changed."""
    due = AgreementVersion.objects.filter(
        Q(state=AgreementState.SIGNED, effective_from__lte=at)
        | Q(state__in=[AgreementState.SIGNED, AgreementState.IN_FORCE], effective_to__lte=at)
    )
    found = list(due.order_by("effective_from", "pk").values_list("pk", "agreement"))
    return sum(_turn_unless_held(pk, agreement, at) for pk, agreement in found)


def _turn_unless_held(pk: int, agreement: int, at: datetime) -> bool:
    """An agreement that somebody is busy with is passed over; the next look finds it again."""
    with transaction.atomic():
        if not Agreement.objects.select_for_update(skip_locked=True).filter(pk=agreement).exists():
            return False
        version = (
            AgreementVersion.objects.select_for_update(of=("self",))
            .select_related("agreement__organisation")
            .filter(pk=pk)
            .first()
        )
        return version is not None and turn_one(version, at)


def turn_one(version: AgreementVersion, at: datetime, by: User | None = None) -> bool:
    """Bring one locked version, and those it replaces, to the state that its dates say; return whether it changed."""
    before = version.state
    begins, ends = version.effective_from, version.effective_to
    if version.state == AgreementState.SIGNED and begins is not None and begins <= at:
        version.state = AgreementState.IN_FORCE
        enter(version, AgreementDeed.IN_FORCE, by=by, at=begins)
        telling.tell_everybody_of(version, "agreement_in_force", at=at)
        _end_forerunners(version, at)
    if version.state == AgreementState.IN_FORCE and ends is not None and ends <= at:
        version.state = AgreementState.ENDED
        enter(version, AgreementDeed.ENDED, by=by, at=ends)
        _tell_end(version, at)
    if version.state != before:
        version.save(update_fields=["state"])
    return version.state != before


def _end_forerunners(version: AgreementVersion, at: datetime) -> None:
    for earlier in AgreementVersion.objects.filter(
        agreement=version.agreement_id, state=AgreementState.IN_FORCE, effective_to__lte=at
    ).exclude(pk=version.pk):
        earlier.state = AgreementState.ENDED
        earlier.save(update_fields=["state"])
        enter(earlier, AgreementDeed.ENDED, by=None, at=earlier.effective_to or at)


def _tell_end(version: AgreementVersion, at: datetime) -> None:
    """An end without a successor is news; a change of version is told as the new one's beginning."""
    successor = AgreementVersion.objects.agreed().filter(
        agreement=version.agreement_id, effective_from=version.effective_to
    )
    if not successor.exists():
        telling.tell_everybody_of(version, "agreement_ended", at=at)


def enter(version: AgreementVersion, deed: AgreementDeed, *, by: User | None, at: datetime, **more: Any) -> None:
    """A line in a version's record; `more` are the fields of a signature."""
    AgreementEntry.objects.create(version=version, deed=deed, actor=by, at=at, revision=version.revision, **more)
