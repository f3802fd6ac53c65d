"""The life of an agreement: drafted, negotiated, signed, in force, ended; changed and renewed as new versions (R-045).

A version that was agreed never changes (SLA-30). Whoever wants other promises begins the next draft; running cycles
keep the version they started under (SLA-31). From when to when a version holds is settled in `sla.services.periods`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.roles import Capability
from sla import telling
from sla.models import (
    Agreement,
    AgreementComment,
    AgreementDeed,
    AgreementFile,
    AgreementState,
    AgreementVersion,
    WorkingCalendar,
)
from sla.services import terms as said
from sla.services.periods import (
    AgreementRefused,
    beside,
    check_overlap,
    enter,
    held,
    overlap_sentence,
    settle_dates,
    turn_one,
)
from sla.services.rights import by_configurers
from sla.services.terms import Terms, digest_of, store_promises, terms_of
from sla.services.versions import check_revision
from tickets.errors import Invalid, NotAllowed
from tickets.services.texts import check_files, clean_text, kept_of

NAME_LIMIT, COMMENT_LIMIT = 200, 5000
OPEN_STATES = [AgreementState.DRAFT, AgreementState.NEGOTIATION]


# --- drafts -----------------------------------------------------------------------------------------


@by_configurers
def create(
    name: str,
    organisation: Organisation | None,
    *,
    by: User | None,
    at: datetime,
    like: AgreementVersion | None = None,
) -> AgreementVersion:
    """A new agreement with its first draft, which promises what another version promises (or nothing).

    Raises:
        Invalid: at `name` or `organisation`.
    """
    name = _clean_name(name)
    if organisation is None and Agreement.objects.filter(organisation__isnull=True).exists():
        raise Invalid({"organisation": [_("There is a default agreement already; choose a client.")]})
    with transaction.atomic():
        return draft_for(Agreement.objects.create(name=name, organisation=organisation), by=by, at=at, like=like)


def _clean_name(name: str) -> str:
    name = " ".join(name.replace("\x00", "").split())
    if not name:
        raise Invalid({"name": [_("Please give it a name.")]})
    if len(name) > NAME_LIMIT:
        raise Invalid({"name": [_("This is too long.")]})
    return name


@by_configurers
def rename(agreement: Agreement, name: str, *, by: User | None) -> Agreement:
    """Another name.

    Raises:
        Invalid: at `name`.
    """
    agreement.name = _clean_name(name)
    agreement.save(update_fields=["name"])
    return agreement


@by_configurers
def draft_for(
    agreement: Agreement, *, by: User | None, at: datetime, like: AgreementVersion | None = None
) -> AgreementVersion:
    """The version of an agreement that is being worked on: the one there is, else a new draft like another version.

    Its dates stay open: a renewal or change holds from a date of its own.
    """
    with transaction.atomic():
        Agreement.objects.select_for_update().get(pk=agreement.pk)
        there = agreement.versions.filter(state__in=OPEN_STATES).first()
        if there is not None:
            return there
        number = (agreement.versions.aggregate(last=Max("number"))["last"] or 0) + 1
        draft = AgreementVersion(agreement=agreement, number=number, edited_by=by, edited_at=at)
        if like is not None:
            draft.content, draft.indicators, draft.consequences = like.content, like.indicators, like.consequences
        draft.save()
        if like is not None:
            store_promises(draft, said.promises_of(like))
    return draft


@by_configurers
def save(version: AgreementVersion, terms: Terms, *, revision: int, by: User, at: datetime) -> AgreementVersion:
    """Keep what somebody wrote into a draft, or into a version in negotiation, whose reader is told.

    Args:
        revision: the one the person began with.

    Raises:
        Invalid: where `terms.check` says; at `effective_from`, where it would hold beside another agreement; at
            `effective_to` of the default agreement, which does not end.
        EditedMeanwhile: somebody saved since; nothing was kept.
        AgreementRefused: it was agreed meanwhile.
    """
    said.check(terms)
    with transaction.atomic():
        locked = held(version, OPEN_STATES)
        check_revision(locked, revision)
        _check_dates(locked, terms)
        _check_calendars(locked, terms)
        before = digest_of(terms_of(locked))
        for name in ("effective_from", "effective_to", "review_on", "content", "indicators", "consequences", "note"):
            setattr(locked, name, getattr(terms, name))
        locked.revision += 1
        locked.edited_by, locked.edited_at = by, at
        locked.save()
        store_promises(locked, terms.promises)
        if locked.state == AgreementState.NEGOTIATION and digest_of(terms) != before:
            telling.tell_client_of(locked, "agreement_changed", at=at)
    return locked


def _check_dates(version: AgreementVersion, terms: Terms) -> None:
    """Refuse dates that could never be agreed.

    Raises:
        Invalid: at `effective_from` or `effective_to`.
    """
    if version.agreement.organisation_id is None and terms.effective_to is not None:
        raise Invalid({"effective_to": [_("The default agreement does not end; leave this empty.")]})
    if terms.effective_from is not None:
        other = beside(version, terms.effective_from, terms.effective_to)
        if other is not None:
            raise Invalid({"effective_from": [overlap_sentence(other)]})


def _check_calendars(version: AgreementVersion, terms: Terms) -> None:
    """Refuse calendars that are out of use, but for targets that count in them already.

    Raises:
        Invalid: at `promises.<n>.calendar`.
    """
    wanted = {promise.calendar for promise in terms.promises} - set(version.targets.values_list("calendar", flat=True))
    out_of_use = set(WorkingCalendar.objects.filter(pk__in=wanted, is_active=False).values_list("pk", flat=True))
    said = _("This calendar is out of use; choose another.")
    if out_of_use:
        places = [number for number, promise in enumerate(terms.promises) if promise.calendar in out_of_use]
        raise Invalid({f"promises.{number}.calendar": [said] for number in places})


@by_configurers
def discard(version: AgreementVersion, *, by: User | None) -> None:
    """Throw a draft away that nobody has been shown; with its only version the agreement.

    Raises:
        AgreementRefused: the client has seen it, or it was agreed.
    """
    with transaction.atomic():
        locked = held(version, [AgreementState.DRAFT])
        if locked.record.exists():
            raise AgreementRefused(_("The client has seen %(version)s; it stays on record.") % {"version": locked})
        agreement = locked.agreement
        locked.files.all().delete()
        locked.targets.all().delete()
        locked.delete()
        if not agreement.versions.exists():
            agreement.delete()


@by_configurers
def attach(version: AgreementVersion, files: Sequence[UploadedFile[Any]], *, by: User, at: datetime) -> None:
    """Add contract files to a version; also to one that holds, since papers may come later.

    Raises:
        Invalid: at `files`.
    """
    check_files(files)
    for file in files:
        AgreementFile.objects.create(version=version, uploaded_by=by, at=at, **kept_of(file))


@by_configurers
def detach(file: AgreementFile, *, by: User | None) -> None:
    """Take a file out of a version that is not agreed yet.

    Raises:
        AgreementRefused: it belongs to what was agreed.
    """
    with transaction.atomic():
        held(file.version, OPEN_STATES)
        file.delete()


# --- negotiation ------------------------------------------------------------------------------------


@by_configurers
def offer(version: AgreementVersion, *, by: User, at: datetime) -> AgreementVersion:
    """draft → negotiation: the client's managers may read it, comment, and sign.

    Raises:
        AgreementRefused: it is the default agreement, is not complete, or nobody at the client could sign.
    """
    with transaction.atomic():
        locked = held(version, [AgreementState.DRAFT])
        if locked.agreement.organisation is None:
            raise AgreementRefused(_("The default agreement is put in force without a client's signature."))
        _check_complete(locked)
        if not telling.client_managers(locked.agreement.organisation):
            raise AgreementRefused(
                _("%(client)s has nobody who may sign: make somebody there a client manager first.")
                % {"client": locked.agreement.organisation}
            )
        locked.state = AgreementState.NEGOTIATION
        locked.save(update_fields=["state"])
        enter(locked, AgreementDeed.OFFERED, by=by, at=at)
        telling.tell_client_of(locked, "agreement_offered", at=at)
    return locked


@by_configurers
def take_back(version: AgreementVersion, *, by: User, at: datetime) -> AgreementVersion:
    """negotiation → draft: the client does not see it while it is reworked."""
    with transaction.atomic():
        locked = held(version, [AgreementState.NEGOTIATION])
        locked.state = AgreementState.DRAFT
        locked.save(update_fields=["state"])
        enter(locked, AgreementDeed.TAKEN_BACK, by=by, at=at)
    return locked


def comment(version: AgreementVersion, *, by: User, body: str, at: datetime) -> AgreementComment:
    """Say something about a version in negotiation; the other side is told.

    Raises:
        Invalid: at `body`.
        NotAllowed: neither one of our people nor a manager of this client.
        AgreementRefused: it is not in negotiation.
    """
    body = clean_text(body, "body", limit=COMMENT_LIMIT)
    _check_reader(version, by)
    with transaction.atomic():
        locked = held(version, [AgreementState.NEGOTIATION])
        made = AgreementComment.objects.create(version=locked, author=by, revision=locked.revision, body=body, at=at)
        telling.tell_comment(locked, made, at=at)
    return made


def _check_reader(version: AgreementVersion, by: User) -> None:
    if not AgreementVersion.objects.visible_to(by).filter(pk=version.pk).exists():
        raise NotAllowed


def sign(version: AgreementVersion, *, by: User, name: str, revision: int, at: datetime) -> AgreementVersion:
    """negotiation → signed, by the client's manager in the portal: who, when and which terms are kept for ever.

    Args:
        name: as the person writes it; it stands for the signature.
        revision: of the terms the person read.

    Raises:
        Invalid: at `name`.
        NotAllowed: not a manager of this client.
        EditedMeanwhile: the terms changed since they were read.
        AgreementRefused: it is not in negotiation any more, or overlaps with another agreement.
    """
    if not by.may(Capability.AGREE):
        raise NotAllowed
    _check_reader(version, by)
    return _signed(version, by=by, name=name, revision=revision, on_paper=False, at=at)


@by_configurers
def record_signature(
    version: AgreementVersion, *, by: User, name: str, revision: int, at: datetime
) -> AgreementVersion:
    """The same for a signature on paper, taken down by one of our people; attach the paper to the version.

    Raises:
        As `sign`; NotAllowed: who may not edit agreements.
    """
    return _signed(version, by=by, name=name, revision=revision, on_paper=True, at=at)


def _signed(
    version: AgreementVersion, *, by: User, name: str, revision: int, on_paper: bool, at: datetime
) -> AgreementVersion:
    name = " ".join(name.replace("\x00", "").split())
    if not name or len(name) > 120:
        raise Invalid({"name": [_("Please write the name of who signs.")]})
    with transaction.atomic():
        locked = held(version, [AgreementState.NEGOTIATION])
        check_revision(locked, revision)
        _check_complete(locked)
        digest = digest_of(terms_of(locked))
        locked.state = AgreementState.SIGNED
        settle_dates(locked, at)
        locked.save(update_fields=["state", "effective_from"])
        enter(locked, AgreementDeed.SIGNED, by=by, at=at, name=name, on_paper=on_paper, terms_sha256=digest)
        telling.tell_staff_of(locked, "agreement_signed", at=at, data={"name": name})
        turn_one(locked, at)
    return locked


@by_configurers
def put_in_force(
    version: AgreementVersion, *, by: User | None, at: datetime, revision: int | None = None
) -> AgreementVersion:
    """Let a draft of the default agreement hold from its date on, at the earliest from now (SLA-31).

    Args:
        revision: of the terms the person read.

    Raises:
        EditedMeanwhile: the terms changed since they were read.
        AgreementRefused: a client's agreement is signed instead; or it is not complete.
    """
    with transaction.atomic():
        locked = held(version, OPEN_STATES)
        if revision is not None:
            check_revision(locked, revision)
        if locked.agreement.organisation is not None:
            raise AgreementRefused(_("A client's agreement comes into force by being signed."))
        _check_complete(locked)
        locked.state = AgreementState.SIGNED
        settle_dates(locked, at)
        locked.save(update_fields=["state", "effective_from"])
        turn_one(locked, at, by=by)
    return locked


def _check_complete(version: AgreementVersion) -> None:
    """What may be agreed: dates where a client signs, targets, published calendars."""
    terms = terms_of(version)
    said.check(terms)
    if not terms.promises:
        raise AgreementRefused(_("%(version)s has no targets.") % {"version": version})
    if version.agreement.organisation is None:
        return
    if terms.effective_from is None:
        raise AgreementRefused(_("Please say from when %(version)s holds.") % {"version": version})
    check_overlap(version, terms.effective_from)
