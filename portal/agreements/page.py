"""Agreements as a client's manager sees them: what is promised, in plain words; no ladders, nothing internal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, IntegerField, Value, When

from accounts.models import User
from notifications.services import mark_read
from portal.agreements.forms import CommentForm, SignForm
from sla import telling
from sla.models import AgreementDeed, AgreementState, AgreementVersion
from sla.services.terms import Terms, terms_of
from web.agreement_changes import Difference, differences
from web.agreements import CLOCKS_FOR_CLIENTS, WAITS_FOR_CLIENTS, Line, Names, hours_of, lines_of

TONES = {
    AgreementState.NEGOTIATION: "soon",
    AgreementState.SIGNED: "accent",
    AgreementState.IN_FORCE: "met",
    AgreementState.ENDED: "",
}
SIGNABLE = AgreementState.NEGOTIATION


def versions_for(user: User) -> list[AgreementVersion]:
    """What this person may read: what waits for a signature first, then what is agreed, what has ended last."""
    order = [AgreementState.NEGOTIATION, AgreementState.SIGNED, AgreementState.IN_FORCE, AgreementState.ENDED]
    rank = Case(*(When(state=state, then=Value(n)) for n, state in enumerate(order)), output_field=IntegerField())
    found = AgreementVersion.objects.visible_to(user).select_related("agreement")
    return list(
        found.defer("content", "indicators", "consequences").order_by(rank, "-effective_from", "agreement", "-number")
    )


def find_version(user: User, pk: int) -> AgreementVersion | None:
    """A version this person may read; None where there is none."""
    found = AgreementVersion.objects.visible_to(user).select_related("agreement__organisation")
    return found.filter(pk=pk).first()


def was_offered(user: User, pk: int) -> AgreementVersion | None:
    """A version that was shown to this person's organisation and is being reworked; None for any other."""
    if user.organisation is None:
        return None
    found = AgreementVersion.objects.filter(
        pk=pk,
        state=AgreementState.DRAFT,
        agreement__organisation=user.organisation,
        record__deed=AgreementDeed.OFFERED,
    )
    return found.select_related("agreement").first()


@dataclass(frozen=True)
class Clock:
    """What is promised of one kind of clock: what it means, and its targets."""

    label: str
    meaning: str
    lines: list[Line]


def version_context(
    version: AgreementVersion,
    user: User,
    at: datetime,
    *,
    comment: CommentForm | None = None,
    sign: SignForm | None = None,
    is_changed: bool = False,
) -> dict[str, Any]:
    """Everything the page of a version needs; opening it marks the person's notices about it read.

    Args:
        comment, sign: the forms as they came back with problems.
        is_changed: whether the terms are not those that the person was about to sign.
    """
    mark_read(user, at, path=telling.portal_path(version))
    names, terms = Names.known(), terms_of(version)
    client = version.agreement.organisation
    assert client is not None  # noqa: S101 - visible_to shows a client's own only
    is_signable = version.state == SIGNABLE
    is_stale = sign is not None and sign.is_bound and sign.data.get("revision") != str(version.revision)
    return {
        "version": version,
        "agreement": version.agreement,
        "client": client,
        "now": at,
        "tone": TONES[AgreementState(version.state)],
        "lines": lines_of(terms.promises, names),
        "clocks": _clocks(lines_of(terms.promises, names, WAITS_FOR_CLIENTS)),
        "hours": hours_of([promise.calendar for promise in terms.promises], at),
        "differences": _differences(version, terms, names, user),
        "files": list(version.files.all()),
        "comments": list(version.comments.select_related("author")),
        "signature": version.record.filter(deed=AgreementDeed.SIGNED).first(),
        "is_signable": is_signable,
        "is_changed": is_changed or (is_stale and is_signable),
        "comment_form": (comment or CommentForm(auto_id="comment_%s")) if is_signable else None,
        "sign_form": _about(version, sign or _sign_form(version)) if is_signable else None,
        "gone": [form for form in (comment, sign) if form is not None and not is_signable],
        "comment_key": f"agreement-{version.pk}",
    }


def _sign_form(version: AgreementVersion) -> SignForm:
    client = version.agreement.organisation
    assert client is not None  # noqa: S101 - as above
    return SignForm(auto_id="sign_%s", client=client)


def _about(version: AgreementVersion, form: SignForm) -> SignForm:
    """The form, about the terms that the page shows."""
    if form.is_bound:
        form.data = {**{name: form.data.get(name) for name in form.data}, "revision": str(version.revision)}
    else:
        form.initial["revision"] = version.revision
    return form


def _clocks(lines: Sequence[Line]) -> list[Clock]:
    """The targets by kind, in the order in which the kinds come first."""
    kinds = dict.fromkeys(line.kind for line in lines)
    return [
        Clock(
            label=next(line.clock for line in lines if line.kind == kind),
            meaning=str(CLOCKS_FOR_CLIENTS[kind]),
            lines=[line for line in lines if line.kind == kind],
        )
        for kind in kinds
    ]


def _differences(version: AgreementVersion, terms: Terms, names: Names, user: User) -> list[Difference]:
    """From the version before, if this person may read that one."""
    earlier = AgreementVersion.objects.visible_to(user).filter(agreement=version.agreement_id)
    before = earlier.filter(number__lt=version.number).order_by("-number").first()
    return differences(terms_of(before), terms, names, inside=False) if before is not None else []
