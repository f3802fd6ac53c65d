"""The filters of the queue as words of a sentence, each a menu of addresses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Organisation, Team, User
from accounts.prepared import prepared
from desk.filters import View, Wanted
from desk.people import handlers
from tickets.models import Service
from tickets.states import STEPS, Channel, Priority, State


@dataclass(frozen=True)
class Choice:
    """One value of a filter."""

    label: str | Promise
    href: str
    is_current: bool


@dataclass(frozen=True)
class Word:
    """A filter in the sentence.

    Attributes:
        before: what stands in front of it.
        label: its value in words.
        is_set: whether it narrows the list.
        more: an address that offers further values as one types.
    """

    name: str
    before: str
    label: str | Promise
    is_set: bool
    choices: list[Choice]
    off: str
    more: str = ""


Named = tuple[tuple[str, str], ...]  # of each its id and its name, in the reader's language


@dataclass(frozen=True)
class Known:
    """What the menus choose from, read once per page.

    Attributes:
        client: the name of the one that is asked for, if one is.
        person: likewise.
    """

    services: Named
    teams: Named
    client: str
    person: str


def known_for(wanted: Wanted, teams: Iterable[Team]) -> Known:
    """At most three queries: the services, and the client and the person that are asked for."""
    client = Organisation.objects.filter(pk=wanted.client).first() if wanted.client else None
    person = User.objects.staff().filter(pk=wanted.person).first() if wanted.person.isdecimal() else None
    return Known(
        services=tuple((str(service.pk), str(service.name)) for service in _services()),
        teams=tuple((str(team.pk), str(team.name)) for team in teams),
        client=client.name if client else "",
        person=person.name if person else "",
    )


@prepared
def _services() -> QuerySet[Service]:
    return Service.objects.only("pk", "name")


@dataclass(frozen=True)
class Words:
    """All filters in words.

    Attributes:
        sentence: those that are always there.
        further: those behind “Filter”; of them `used` narrow the list, and stand in the sentence too.
        off: the address without any; empty where nothing is narrowed.
    """

    sentence: list[Word]
    further: list[Word]
    used: list[Word]
    off: str


def words_of(wanted: Wanted, known: Known) -> Words:
    """A function of these and the language."""
    others = further(wanted, known)
    return Words(sentence(wanted, known), others, [word for word in others if word.is_set], wanted.off)


def sentence(wanted: Wanted, known: Known) -> list[Word]:
    """The words that are always there."""
    words = [_service(wanted, known), _client(wanted, known), _person(wanted, known)]
    return words if wanted.view == View.CLOSED else [_state(wanted), *words]


def further(wanted: Wanted, known: Known) -> list[Word]:
    """The filters behind “Filter”; the ones in use stand in the sentence too."""
    return [_priority(wanted), _team(wanted, known), _channel(wanted), _late(wanted)]


def _word(
    wanted: Wanted,
    name: str,
    before: str,
    nothing: str,
    values: Iterable[tuple[str, str | Promise]],
    *,
    more: str = "",
    shown: str = "",
) -> Word:
    now = getattr(wanted, name)
    offered = list(values)
    label = shown or next((text for value, text in offered if value == now), nothing)
    off = f"?{wanted.but(**{name: ''})}"
    choices = [Choice(nothing, off, not now)]
    choices += [Choice(text, f"{off}&{urlencode({name: value})}", value == now) for value, text in offered]
    return Word(name, before, label, bool(now), choices, off, more)


def _state(wanted: Wanted) -> Word:
    nothing = pgettext("filter: requests", "open")
    if wanted.q and wanted.view == View.ALL:
        nothing = pgettext("filter: requests", "all")
    return _word(wanted, "state", _("Show"), nothing, [(str(state), State(state).label) for state in STEPS])


def _service(wanted: Wanted, known: Known) -> Word:
    before = pgettext("filter", "requests of")
    if wanted.view == View.CLOSED:
        before = pgettext("filter", "Show closed requests of")
    return _word(wanted, "service", before, pgettext("filter", "any service"), known.services)


def _client(wanted: Wanted, known: Known) -> Word:
    more = f"{reverse('desk:choices', args=['client'])}?{wanted.but()}"
    nothing = pgettext("filter", "any client")
    return _word(wanted, "client", pgettext("filter", "from"), nothing, [], more=more, shown=known.client)


def _person(wanted: Wanted, known: Known) -> Word:
    more = f"{reverse('desk:choices', args=['person'])}?{wanted.but()}"
    values = [("me", pgettext("filter", "me")), ("nobody", pgettext("filter", "nobody"))]
    return _word(
        wanted,
        "person",
        pgettext("filter", "assigned to"),
        pgettext("filter", "anybody"),
        values,
        more=more,
        shown=known.person,
    )


def _priority(wanted: Wanted) -> Word:
    values = [(str(priority.value), priority.label) for priority in reversed(Priority)]
    return _word(wanted, "priority", _("Priority"), pgettext("filter", "any priority"), values)


def _team(wanted: Wanted, known: Known) -> Word:
    return _word(wanted, "team", _("Team"), pgettext("filter", "any team"), known.teams)


def _channel(wanted: Wanted) -> Word:
    values = [(channel.value, channel.label) for channel in Channel]
    return _word(wanted, "channel", _("Channel"), pgettext("filter", "any channel"), values)


def _late(wanted: Wanted) -> Word:
    return _word(wanted, "late", _("Due"), pgettext("filter", "any time"), [("1", _("late already"))])


FOUND = 12


def choices_matching(name: str, text: str, wanted: Wanted) -> Iterator[Choice]:
    """Clients or members of staff whose name holds what was typed, as addresses of the queue."""
    found: Iterable[Organisation | User]
    if name == "client":
        found = Organisation.objects.filter(name__icontains=text, is_active=True)[:FOUND]
    else:
        found = handlers().filter(name__icontains=text)[:FOUND]
    for each in found:
        href = f"{reverse('desk:queue')}?{wanted.but(**{name: str(each.pk)})}"
        yield Choice(each.name, href, str(each.pk) == getattr(wanted, name))
