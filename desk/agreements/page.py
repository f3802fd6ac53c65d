"""Everything the page of a version shows, gathered in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, QueryDict

from accounts.models import User
from accounts.roles import Capability
from desk.agreements.deeds import DEEDS, MORE, PRIMARY, Deed, Visit
from desk.agreements.findings import check_of
from desk.agreements.rows import TONES, ends_tone, turn_of, with_turn
from desk.agreements.which import WhichForm, answers, is_asked, matter_words
from notifications.services import mark_read
from sla import telling
from sla.models import AgreementDeed, AgreementEntry, AgreementState, AgreementVersion, Target
from sla.services.selection import technical_services
from sla.services.terms import Terms, promise_of
from web.acts import ActForm
from web.agreement_changes import Difference, differences
from web.agreements import Names, hours_of, lines_of


def find_version(user: User, pk: int) -> AgreementVersion:
    """A version this person may see, with its agreement and client.

    Raises:
        Http404: there is none.
    """
    found = AgreementVersion.objects.visible_to(user).select_related("agreement__organisation", "edited_by")
    version = found.filter(pk=pk).first()
    if version is None:
        raise Http404
    return version


@dataclass(frozen=True)
class Button:
    """An act as the page offers it: its form, and whether it is open."""

    name: str
    deed: Deed
    form: ActForm
    is_open: bool


@dataclass(frozen=True)
class Sibling:
    """A version in the list of versions, with what differs from the one before it."""

    version: AgreementVersion
    tone: str
    differences: list[Difference]
    is_first: bool


def version_context(
    visit: Visit, given: QueryDict, *, opened: str = "", refused: ActForm | None = None
) -> dict[str, Any]:
    """Everything `desk/agreements/version.html` needs. Opening it marks the person's notices about it read.

    Args:
        given: the parameters of the address; what is asked about a request.
        opened: the act whose form is open.
        refused: that form, when it came back with problems.
    """
    version, user, at = visit.version, visit.user, visit.at
    mark_read(user, at, path=telling.desk_path(version))
    names, siblings = Names.known(), list(_siblings(version))
    targets = next(list(one.targets.all()) for one in siblings if one.pk == version.pk)
    terms = _terms(version, targets)
    record = list(version.record.select_related("actor"))
    may_edit = user.may(Capability.CONFIGURE)
    buttons = _buttons(visit, opened, refused) if may_edit else {}
    return {
        "version": version,
        "agreement": version.agreement,
        "client": version.agreement.organisation,
        "now": at,
        "tone": TONES[AgreementState(version.state)],
        "ends_tone": ends_tone(version, at),
        "turn": next(turn_of(one) for one in siblings if one.pk == version.pk),
        "steps": steps_of(version, record),
        "lines": lines_of(terms.promises, names),
        "hours": hours_of([promise.calendar for promise in terms.promises], at),
        "check": check_of(targets, technical_services(), names),
        "which": which_context(visit, targets, names, given),
        "files": list(version.files.select_related("uploaded_by")),
        "comments": list(version.comments.select_related("author")),
        "comment_key": f"agreement-{version.pk}",
        "record": record,
        "signature": next((entry for entry in record if entry.deed == AgreementDeed.SIGNED), None),
        "siblings": _compared(siblings, names),
        "may_edit": may_edit,
        "buttons": buttons,
        "primary": next((buttons[name] for name in PRIMARY if name in buttons), None),
        "more": [buttons[name] for name in MORE if name in buttons],
        "dialogs": [button for name, button in buttons.items() if name != "comment"],
    }


def _siblings(version: AgreementVersion) -> QuerySet[AgreementVersion]:
    """All versions of the agreement with their targets and ladders."""
    found = with_turn(AgreementVersion.objects.filter(agreement=version.agreement_id)).defer(None)
    siblings: QuerySet[AgreementVersion] = found.prefetch_related("targets__ladder")
    return siblings


def _terms(version: AgreementVersion, targets: Sequence[Target]) -> Terms:
    return Terms(
        promises=tuple(promise_of(target) for target in targets),
        content=version.content,
        indicators=version.indicators,
        consequences=version.consequences,
    )


def _compared(siblings: Sequence[AgreementVersion], names: Names) -> list[Sibling]:
    """The newest first."""
    said = [_terms(one, list(one.targets.all())) for one in siblings]
    rows = [
        Sibling(
            version=one,
            tone=TONES[AgreementState(one.state)],
            differences=differences(said[place - 1], said[place], names, inside=True) if place else [],
            is_first=place == 0,
        )
        for place, one in enumerate(siblings)
    ]
    return rows[::-1]


def _buttons(visit: Visit, opened: str, refused: ActForm | None) -> dict[str, Button]:
    return {
        name: Button(name, deed, refused if refused and name == opened else _fresh(deed, visit), name == opened)
        for name, deed in DEEDS.items()
        if deed.is_offered(visit) or (refused is not None and name == opened)
    }


def _fresh(deed: Deed, visit: Visit) -> ActForm:
    version = visit.version
    known = {"revision": version.revision, "name": version.agreement.name if deed is DEEDS["rename"] else ""}
    return deed.form(initial=known, auto_id=f"{deed.icon}_%s")


def which_context(visit: Visit, targets: Sequence[Target], names: Names, given: QueryDict) -> dict[str, Any]:
    """The question which target a request would get, and the answer when it is asked."""
    asked = is_asked(given)
    client = visit.version.agreement.organisation
    form = WhichForm(given if asked else None, names=names, client=client, user=visit.user)
    matter = form.matter() if asked else None
    return {
        "form": form,
        "is_asked": asked,
        "matter": matter_words(matter, names) if matter else "",
        "ticket": form.ticket,
        "is_foreign": bool(matter and form.ticket and client and form.ticket.organisation_id != client.pk),
        "answers": answers(targets, matter, names) if matter else [],
    }


def steps_of(version: AgreementVersion, record: Sequence[AgreementEntry]) -> list[dict[str, Any]]:
    """The life of a version for the stepper: draft, negotiation, signed, in force, ended."""
    at_of = {entry.deed: entry.at for entry in record}  # of several the last one
    states = [state for state in AgreementState if _is_lived(state, version)]
    here = states.index(AgreementState(version.state))
    moments = {
        AgreementState.NEGOTIATION: at_of.get(AgreementDeed.OFFERED),
        AgreementState.SIGNED: at_of.get(AgreementDeed.SIGNED),
        AgreementState.IN_FORCE: version.effective_from,
        AgreementState.ENDED: version.effective_to,
    }
    return [
        {
            "label": state.label,
            "state": "now" if place == here else "done" if place < here else "todo",
            "at": moments.get(state),
        }
        for place, state in enumerate(states)
    ]


def _is_lived(state: AgreementState, version: AgreementVersion) -> bool:
    """The default agreement is neither negotiated nor signed; what was cancelled was never in force."""
    if state == version.state:
        return True
    if state == AgreementState.IN_FORCE:
        return version.effective_from is None or version.effective_from != version.effective_to
    is_agreed_upon = state in (AgreementState.NEGOTIATION, AgreementState.SIGNED)
    return version.agreement.organisation_id is not None or not is_agreed_upon
