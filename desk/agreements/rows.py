"""The list of agreements: the default one, then client by client, each with what holds and what is under way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import CLIENT_ROLES
from desk.filters import typed
from sla.models import Agreement, AgreementComment, AgreementState, AgreementVersion
from tickets.states import Turn

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PAGE_SIZE = 50
SOON, VERY_SOON = timedelta(days=60), timedelta(days=7)
EXPIRING = "expiring"
TONES = {
    AgreementState.DRAFT: "",
    AgreementState.NEGOTIATION: "accent",
    AgreementState.SIGNED: "accent",
    AgreementState.IN_FORCE: "met",
    AgreementState.ENDED: "outline",
}


@dataclass(frozen=True)
class Wanted:
    """What an address asks for: agreements with a version in a state, or about to end; of clients named like this."""

    state: str = ""
    client: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Wanted:
        """From the parameters of an address; what doesn't exist is dropped."""
        state = given.get("state", "")
        return cls(state if state in [*AgreementState.values, EXPIRING] else "", typed(given, "client")[:100])

    def query(self, **more: object) -> str:
        """The query of its address."""
        named = {"state": self.state, "client": self.client, **more}
        return urlencode({name: str(value) for name, value in named.items() if value})

    @property
    def is_narrowed(self) -> bool:
        """Whether it is less than all."""
        return bool(self.state or self.client)


def state_choices() -> list[tuple[str, StrOrPromise]]:
    """What the list can be narrowed to."""
    states = [(state.value, state.label) for state in AgreementState]
    return [("", _("In any state")), *states, (EXPIRING, _("Ending within 60 days"))]


@dataclass(frozen=True)
class Row:
    """An agreement in the list.

    Attributes:
        shown: the version that matters now.
        under_way: the one being drafted or negotiated, if that is another one.
        turn: whose turn it is with what is being drafted or negotiated.
        ends_tone: how near its end is: "", soon, late.
    """

    agreement: Agreement
    shown: AgreementVersion
    under_way: AgreementVersion | None
    turn: Turn
    ends_tone: str
    is_review_due: bool

    @property
    def tone(self) -> str:
        """The colour of the state."""
        return TONES[AgreementState(self.shown.state)]

    @property
    def is_our_turn(self) -> bool:
        """Whether we have to do something."""
        return self.turn == Turn.STAFF

    @property
    def turn_words(self) -> StrOrPromise:
        """Whose turn it is; empty where it is nobody's."""
        return "" if self.turn == Turn.NOBODY else self.turn.label

    @property
    def targets(self) -> int:
        """How many targets the shown version has."""
        count: int = getattr(self.shown, "target_count", 0)
        return count


@dataclass(frozen=True)
class Page:
    """A stretch of the list, and the places of its neighbours; empty where there is none."""

    rows: list[Row]
    previous: str
    following: str


def page_of(user: User, wanted: Wanted, at: datetime, *, after: str = "", before: str = "") -> Page:
    """The page after or before an agreement, or the first one; two queries, one more where one pages."""
    backwards = bool(before) and not after
    found = _found(user, wanted, at)
    place = _place(before if backwards else after)
    if place is not None:
        found = found.filter(_beyond(place, backwards))
    agreements = list(found.order_by(*_order(backwards))[: PAGE_SIZE + 1])
    is_more, agreements = len(agreements) > PAGE_SIZE, agreements[:PAGE_SIZE]
    if backwards:
        agreements.reverse()
    if not agreements:
        return Page([], "", "")
    return Page(
        [_row(agreement, at) for agreement in agreements],
        previous=str(agreements[0].pk) if (is_more if backwards else place is not None) else "",
        following=str(agreements[-1].pk) if (place is not None if backwards else is_more) else "",
    )


def _found(user: User, wanted: Wanted, at: datetime) -> Any:
    versions = AgreementVersion.objects.filter(agreement=OuterRef("pk"))
    all_versions = Prefetch("versions", with_turn(AgreementVersion.objects.all()), to_attr="all_versions")
    found = Agreement.objects.visible_to(user).select_related("organisation").prefetch_related(all_versions)
    found = found.filter(Exists(versions))
    if wanted.client:
        found = found.filter(organisation__name__icontains=wanted.client)
    if wanted.state == EXPIRING:
        return found.filter(Exists(_holding(versions, at).filter(effective_to__lte=at + SOON)))
    if wanted.state == AgreementState.ENDED:
        return found.filter(~Exists(versions.exclude(state=AgreementState.ENDED)))
    if wanted.state:
        return found.filter(Exists(versions.filter(state=wanted.state)))
    return found


def _holding(versions: Any, at: datetime) -> Any:
    return versions.agreed().filter(effective_from__lte=at, effective_to__gt=at)


def with_turn(versions: Any) -> Any:
    """Versions with how many targets they have, and who spoke last and when; without their long texts."""
    last = AgreementComment.objects.filter(version=OuterRef("pk")).order_by("-pk")
    return (
        versions.defer("content", "indicators", "consequences")
        .annotate(
            target_count=Count("targets"),
            said_at=Subquery(last.values("at")[:1]),
            said_by=Subquery(last.values("author__role")[:1]),
        )
        .order_by("number")
    )


def turn_of(version: AgreementVersion) -> Turn:
    """Who has to do something next with a version from `with_turn`: the client reads and signs what is offered,
    until they comment; then we answer or save other terms."""
    if version.state == AgreementState.DRAFT:
        return Turn.STAFF
    if version.state != AgreementState.NEGOTIATION:
        return Turn.NOBODY
    said_at, said_by = getattr(version, "said_at", None), getattr(version, "said_by", None)
    is_news = said_at is not None and (version.edited_at is None or said_at > version.edited_at)
    return Turn.STAFF if is_news and said_by in CLIENT_ROLES else Turn.CLIENT


def _order(backwards: bool) -> list[Any]:
    name = F("organisation__name")
    return [name.desc(nulls_last=True), "-pk"] if backwards else [name.asc(nulls_first=True), "pk"]


def _place(text: str) -> Agreement | None:
    if not (text.isascii() and text.isdecimal() and len(text) < 19):
        return None
    return Agreement.objects.select_related("organisation").filter(pk=int(text)).first()


def _beyond(place: Agreement, backwards: bool) -> Q:
    """The agreements on the far side of one; the default agreement comes first."""
    if place.organisation is None:
        return Q(pk__in=[]) if backwards else Q(organisation__isnull=False)
    name = place.organisation.name
    if backwards:
        return (
            Q(organisation__isnull=True) | Q(organisation__name__lt=name) | Q(organisation__name=name, pk__lt=place.pk)
        )
    return Q(organisation__name__gt=name) | Q(organisation__name=name, pk__gt=place.pk)


def _row(agreement: Agreement, at: datetime) -> Row:
    versions: Sequence[AgreementVersion] = agreement.all_versions  # type: ignore[attr-defined]  # see `_found`
    shown = version_that_matters(versions, at)
    under_way = next((one for one in versions if AgreementState(one.state).is_editable), None)
    return Row(
        agreement=agreement,
        shown=shown,
        under_way=under_way if under_way is not shown else None,
        turn=turn_of(under_way) if under_way is not None else Turn.NOBODY,
        ends_tone="" if _is_replaced(shown, versions) else ends_tone(shown, at),
        is_review_due=shown.review_on is not None and shown.review_on <= timezone.localdate(at),
    )


def version_that_matters(versions: Sequence[AgreementVersion], at: datetime) -> AgreementVersion:
    """Of an agreement's versions in their order: the one that holds; else the one being negotiated or drafted; else the
    one that will hold; else the last."""
    holding = [one for one in versions if one.state not in _OPEN and _holds(one, at)]
    open_ones = [one for one in versions if one.state in _OPEN]
    ahead = [one for one in versions if one.state == AgreementState.SIGNED]
    return (holding or open_ones or ahead or list(versions))[-1]


_OPEN = (AgreementState.DRAFT, AgreementState.NEGOTIATION)


def _holds(version: AgreementVersion, at: datetime) -> bool:
    begins, ends = version.effective_from, version.effective_to
    return begins is not None and begins <= at and (ends is None or ends > at)


def _is_replaced(version: AgreementVersion, versions: Sequence[AgreementVersion]) -> bool:
    """Whether a later version takes over where it ends."""
    ends = version.effective_to
    return ends is not None and any(one.state not in _OPEN and one.effective_from == ends for one in versions)


def ends_tone(version: AgreementVersion, at: datetime) -> str:
    """How near the end of what is agreed is: "late" within 7 days, "soon" within 60."""
    if version.state not in (AgreementState.SIGNED, AgreementState.IN_FORCE) or version.effective_to is None:
        return ""
    left = version.effective_to - at
    return "late" if left <= VERY_SOON else "soon" if left <= SOON else ""
