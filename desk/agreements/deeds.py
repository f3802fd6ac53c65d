"""The acts on a version: what each asks, when it is offered, and the service it calls (R-045)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from desk.agreements import act_forms as forms
from sla.models import AgreementState, AgreementVersion
from sla.services import agreements, periods
from sla.services.versions import EditedMeanwhile
from web.acts import ActForm

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

DRAFT, NEGOTIATION = AgreementState.DRAFT, AgreementState.NEGOTIATION
SIGNED, IN_FORCE, ENDED = AgreementState.SIGNED, AgreementState.IN_FORCE, AgreementState.ENDED
ANY_STATE = tuple(AgreementState)


@dataclass(frozen=True)
class Visit:
    """Somebody at a version, at an instant."""

    version: AgreementVersion
    user: User
    at: datetime

    @property
    def is_default(self) -> bool:
        """Whether it is the default agreement, which no client signs."""
        return self.version.agreement.organisation_id is None


Run = Callable[[Visit, dict[str, Any]], object]


@dataclass(frozen=True)
class Deed:
    """How the page does an act.

    Attributes:
        run: calls the service; what it returns is where to go next, or nothing to stay.
        done: what to say afterwards.
        states: in which it is offered.
        of: "client" or "default" for acts on such agreements only.
        intro: a sentence above the form.
        submit: what the form's button says.
    """

    label: StrOrPromise
    icon: str
    run: Run
    done: StrOrPromise
    states: tuple[AgreementState, ...]
    form: type[ActForm] = forms.QuietForm
    of: str = ""
    intro: StrOrPromise = ""
    submit: StrOrPromise = ""
    is_grave: bool = False

    def is_offered(self, visit: Visit) -> bool:
        """Whether a version in this state can be the object of it."""
        fits = self.of in ("", "default" if visit.is_default else "client")
        return fits and AgreementState(visit.version.state) in self.states


def _offer(visit: Visit, data: dict[str, Any]) -> None:
    agreements.offer(visit.version, by=visit.user, at=visit.at)


def _take_back(visit: Visit, data: dict[str, Any]) -> None:
    agreements.take_back(visit.version, by=visit.user, at=visit.at)


def _comment(visit: Visit, data: dict[str, Any]) -> None:
    agreements.comment(visit.version, by=visit.user, body=data["body"], at=visit.at)


@contextmanager
def _as_read() -> Iterator[None]:
    """Nobody settles other terms than those they read."""
    try:
        yield
    except EditedMeanwhile:
        raise periods.AgreementRefused(
            _("The terms were changed since you opened this page. Here they are; please read them again.")
        ) from None


def _record_signature(visit: Visit, data: dict[str, Any]) -> None:
    with _as_read(), transaction.atomic():
        agreements.record_signature(
            visit.version, by=visit.user, name=data["name"], revision=data["revision"], at=visit.at
        )
        agreements.attach(visit.version, data["files"], by=visit.user, at=visit.at)


def _put_in_force(visit: Visit, data: dict[str, Any]) -> None:
    with _as_read():
        agreements.put_in_force(visit.version, by=visit.user, at=visit.at, revision=data["revision"])


def _end(visit: Visit, data: dict[str, Any]) -> None:
    periods.end(visit.version, by=visit.user, at=visit.at, when=data["when"])


def _attach(visit: Visit, data: dict[str, Any]) -> None:
    agreements.attach(visit.version, data["files"], by=visit.user, at=visit.at)


def _rename(visit: Visit, data: dict[str, Any]) -> None:
    agreements.rename(visit.version.agreement, data["name"], by=visit.user)


def _discard(visit: Visit, data: dict[str, Any]) -> str:
    agreements.discard(visit.version, by=visit.user)
    others = visit.version.agreement.versions.exists()
    return reverse("desk:agreement", args=[visit.version.agreement_id]) if others else reverse("desk:agreements")


def _next_version(visit: Visit, data: dict[str, Any]) -> str:
    draft = agreements.draft_for(visit.version.agreement, by=visit.user, at=visit.at, like=visit.version)
    return reverse("desk:agreement-edit", args=[draft.pk])


DEEDS: Mapping[str, Deed] = {
    "offer": Deed(
        label=_("Offer to the client"),
        icon="send",
        run=_offer,
        done=_("The client's managers may read, comment on and sign it now."),
        states=(DRAFT,),
        of="client",
        intro=_("The client's managers are told. They can read the terms, comment on them, and sign."),
        submit=_("Offer it"),
    ),
    "put-in-force": Deed(
        label=_("Put in force"),
        icon="task_alt",
        run=_put_in_force,
        done=_("The default agreement has a new version."),
        states=(DRAFT, NEGOTIATION),
        form=forms.RevisionForm,
        of="default",
        intro=_(
            "It holds for what starts from its date on, at the earliest from now. Running clocks keep their targets."
        ),
        submit=_("Put it in force"),
    ),
    "take-back": Deed(
        label=pgettext_lazy("act on an agreement", "Take back"),
        icon="undo",
        run=_take_back,
        done=_("It is a draft again; the client does not see it."),
        states=(NEGOTIATION,),
        intro=_("The client does not see it until you offer it again. Comments stay."),
        submit=_("Take it back"),
    ),
    "record-signature": Deed(
        label=_("Record a signature on paper"),
        icon="history_edu",
        run=_record_signature,
        done=_("The signature is on record."),
        states=(NEGOTIATION,),
        form=forms.SignatureForm,
        of="client",
        intro=_("Who signed on paper, word for word. From then on the terms can't be changed any more."),
        submit=_("Record it"),
    ),
    "comment": Deed(
        label=_("Comment"),
        icon="chat",
        run=_comment,
        done=_("The client's managers are told."),
        states=(NEGOTIATION,),
        form=forms.CommentForm,
        of="client",
    ),
    "next-version": Deed(
        label=_("New version"),
        icon="edit_document",
        run=_next_version,
        done="",
        states=(SIGNED, IN_FORCE, ENDED),
        intro=_("A draft with the same terms, for a change or a renewal. This version stays as it is."),
        submit=_("Begin the draft"),
    ),
    "attach": Deed(
        label=_("Add files"),
        icon="attach_file",
        run=_attach,
        done=_("Added."),
        states=ANY_STATE,
        form=forms.FilesForm,
        intro=_("The contract, its annexes, the signed paper. Whoever may read this version may open them."),
        submit=_("Add"),
    ),
    "rename": Deed(
        label=_("Rename"),
        icon="edit",
        run=_rename,
        done=_("Renamed."),
        states=ANY_STATE,
        form=forms.NameForm,
        submit=_("Save"),
    ),
    "end": Deed(
        label=_("End it"),
        icon="event_busy",
        run=_end,
        done=_("The end is on record."),
        states=(SIGNED, IN_FORCE),
        form=forms.EndForm,
        of="client",
        intro=_("From then on the default agreement holds for what starts. Running clocks keep their targets."),
        submit=_("End it"),
        is_grave=True,
    ),
    "discard": Deed(
        label=_("Discard the draft"),
        icon="delete",
        run=_discard,
        done=_("The draft is gone."),
        states=(DRAFT,),
        intro=_("The draft with its targets, texts and files is thrown away for good."),
        submit=_("Discard it"),
        is_grave=True,
    ),
}
PRIMARY = ("offer", "put-in-force", "next-version")
MORE = ("record-signature", "take-back", "rename", "attach", "end", "discard")
