"""The wall: what runs now, team by team, along the next hours (R-046)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Team, User
from desk.levels.question import NOBODY
from sla import figures
from sla.figures import Mark, TeamNow, Watch
from sla.models import Clock, ClockKind, ClockQuerySet
from tickets.models import Ticket, TicketQuerySet
from tickets.states import Turn, Wait
from web.words import clock_words, day_words, short_words

HOURS = (2, 4, 8, 24)
USUAL_HOURS = 4
SLOTS = 36
LONGEST, LONGEST_ON_SCREEN = 8, 7  # rows of a list
NOW_ROOM = 0.15
THEMES = ("light", "dark")
_TICKS = {2: 30, 4: 60, 8: 60, 24: 180}  # minutes between two times written along the axis
PEOPLE = ("ticket__organisation", "ticket__assignee", "ticket__team")


@dataclass(frozen=True)
class View:
    """What the address asks for.

    Attributes:
        team: a team's id; None: all that one sees.
        screen: whether it is shown on a monitor on a wall, and then in which theme.
    """

    hours: int = USUAL_HOURS
    team: int | None = None
    screen: bool = False
    theme: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str], teams: Iterable[Team]) -> View:
        """From the parameters of an address; what doesn't exist is dropped."""
        theme = given.get("theme", "")
        return cls(
            hours=next((hours for hours in HOURS if given.get("hours") == str(hours)), USUAL_HOURS),
            team=next((team.pk for team in teams if given.get("team") == str(team.pk)), None),
            screen=bool(given.get("screen")),
            theme=theme if theme in THEMES else "",
        )

    def here(self, **changes: Any) -> str:
        """The address with something else in it."""
        named = {
            "hours": self.hours,
            "team": self.team or "",
            "screen": "1" if self.screen else "",
            "theme": self.theme,
            **changes,
        }
        return f"{reverse('desk:wall')}?{urlencode({key: value for key, value in named.items() if value != ''})}"

    def narrow(self, tickets: TicketQuerySet) -> TicketQuerySet:
        """Of requests one may see, those of the team."""
        return tickets if self.team is None else tickets.filter(team=self.team)


def list_address(what: str, **more: Any) -> str:
    """Where the whole list behind a number is; see `desk.levels.wall_views.wall_list`."""
    named = {"what": what, **{key: value for key, value in more.items() if value not in ("", None)}}
    return f"{reverse('desk:wall-list')}?{urlencode(named)}"


def queue_address(view: str, team: int | None) -> str:
    """Where one works on them."""
    return f"{reverse('desk:queue')}?{urlencode({'view': view, **({'team': team} if team else {})})}"


# --- the page ----------------------------------------------------------------------------------------


def context(user: User, view: View, at: datetime) -> dict[str, Any]:
    """Everything that refreshes itself. A fixed number of queries."""
    tickets = view.narrow(Ticket.objects.visible_to(user))
    teams = figures.teams_now(tickets, at=at)
    span = timedelta(hours=view.hours)
    marks = figures.marks(tickets, at=at, span=span, slots=SLOTS)
    totals = totals_of(teams)
    return {
        "at": at,
        "read_at": timezone.localtime(at),
        "now_ms": int(at.timestamp() * 1000),
        "view": view,
        "here": view.here(),
        "figures": figure_rows(totals, view),
        "said": said(totals),
        "ticks": ticks(at, view.hours),
        "lanes": lanes(teams, marks, at, view),
        "lists": [a_list(tickets, watch, totals, view, at) for watch in Watch],
        "ended": totals["ended"],
    }


def totals_of(teams: Sequence[TeamNow]) -> dict[str, int]:
    """All teams together: a request belongs to one team at most."""
    names = ("open", "unassigned", "late", "soon", "next", "paused", "ended")
    return {name: sum(getattr(team, name) for team in teams) for name in names}


def said(totals: Mapping[str, int]) -> str:
    """The counts in a sentence, for those who hear them."""
    return _("%(late)s late, %(soon)s due within the hour, %(paused)s paused") % totals


def figure_rows(totals: Mapping[str, int], view: View) -> list[dict[str, Any]]:
    """The counts on top, each with its list."""
    team = view.team
    return [
        {
            "label": _("Late"),
            "value": totals["late"],
            "tone": "late" if totals["late"] else "",
            "href": list_address(Watch.LATE, team=team),
        },
        {
            "label": _("Due within the hour"),
            "value": totals["soon"],
            "tone": "soon" if totals["soon"] else "",
            "href": list_address("soon", team=team),
        },
        {"label": _("Paused"), "value": totals["paused"], "tone": "", "href": list_address(Watch.PAUSED, team=team)},
        {
            "label": _("Unassigned"),
            "value": totals["unassigned"],
            "tone": "",
            "href": queue_address("unassigned", team),
        },
        {
            "label": pgettext("number of requests", "Open"),
            "value": totals["open"],
            "tone": "",
            "href": queue_address("all", team),
        },
    ]


# --- the axis ----------------------------------------------------------------------------------------


def ticks(at: datetime, hours: int) -> list[dict[str, Any]]:
    """The times written along the axis: round ones of the reader's zone, and where they stand in per cent."""
    every, local = timedelta(minutes=_TICKS[hours]), timezone.localtime(at)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    first = midnight + (int((local - midnight) / every) + 1) * every
    count = int(timedelta(hours=hours) / every)
    moments = [first + number * every for number in range(count)]
    places = [(moment, (moment - at) / timedelta(hours=hours)) for moment in moments]
    # beside the word "now" there is no room for another
    return [
        {"words": clock_words(moment) if place > NOW_ROOM else "", "x": _per_cent(place)} for moment, place in places
    ]


def _per_cent(share: float) -> str:
    return f"{share * 100:.2f}%"


def lanes(teams: Sequence[TeamNow], marks: Sequence[Mark], at: datetime, view: View) -> list[dict[str, Any]]:
    """A lane per team: its counts, and what becomes due when."""
    single = Clock.objects.select_related("ticket").in_bulk([mark.clock for mark in marks if mark.count == 1])
    return [
        {
            "team": team,
            "key": team.team or NOBODY,
            "late_href": list_address(Watch.LATE, team=team.team or NOBODY),
            "soon_href": list_address("soon", team=team.team or NOBODY),
            "paused_href": list_address(Watch.PAUSED, team=team.team or NOBODY),
            "open_href": queue_address("all", team.team),
            "unassigned_href": queue_address("unassigned", team.team),
            "marks": [a_mark(mark, single.get(mark.clock), at, view) for mark in marks if mark.team == team.team],
        }
        for team in teams
    ]


def a_mark(mark: Mark, clock: Clock | None, at: datetime, view: View) -> dict[str, Any]:
    """A mark on the axis: one clock, which opens its request, or a number of them, which opens their list."""
    slot = timedelta(hours=view.hours) / SLOTS
    shown = {
        "x": _per_cent((mark.slot + 0.5) / SLOTS),
        "tone": "soon" if mark.soon else "",
        "count": mark.count,
    }
    if clock is not None and clock.due_at is not None:
        named = {
            "clock": ClockKind(clock.kind).label,
            "time": day_words(clock.due_at, at),
            "subject": clock.ticket.subject,
        }
        return {
            **shown,
            "id": f"mark-{clock.pk}",
            "title": _("%(clock)s, %(time)s: %(subject)s") % named,
            "href": reverse("desk:request", args=[clock.ticket.number]),
        }
    since = at + mark.slot * slot
    between = {"since": since.isoformat(), "until": (since + slot).isoformat(), "team": mark.team or NOBODY}
    words = {"count": mark.count, "since": clock_words(since), "until": clock_words(since + slot)}
    said = ngettext("%(count)s clock due %(since)s–%(until)s", "%(count)s clocks due %(since)s–%(until)s", mark.count)
    return {
        **shown,
        "id": f"marks-{mark.team}-{mark.slot}",
        "title": said % words,
        "href": list_address("due", **between),
    }


# --- the lists ---------------------------------------------------------------------------------------

_QUEUE_VIEWS = {Watch.LATE: "late", Watch.NEXT: "all", Watch.PAUSED: "all"}
_EMPTY = {
    Watch.LATE: lambda: _("Nothing is late"),
    Watch.NEXT: lambda: _("Nothing runs"),
    Watch.PAUSED: lambda: _("Nothing is paused"),
}


def rows_behind(tickets: TicketQuerySet, watch: Watch, at: datetime) -> Any:
    """The requests of a list, with what a row shows of them."""
    return shown(figures.watched(tickets, watch, at=at), watch, at)


def shown(clocks: ClockQuerySet, watch: Watch, at: datetime) -> Any:
    """Some clocks with what a row shows of them."""
    found = figures.with_others(clocks, watch, at=at)
    return (figures.with_since(found) if watch is Watch.PAUSED else found).select_related(*PEOPLE)


def urgent(tickets: TicketQuerySet, watch: Watch, at: datetime, limit: int) -> Any:
    """The first of a list: chosen before anything else is looked up, since a list may be long."""
    found = figures.watched(tickets, watch, at=at)
    found = figures.with_since(found) if watch is Watch.PAUSED else found
    order = ("since", "pk") if watch is Watch.PAUSED else ("due_at", "pk")
    first = Clock.objects.filter(pk__in=found.order_by(*order).values("pk")[:limit])
    return shown(first, watch, at).order_by(*order)


def a_list(
    tickets: TicketQuerySet, watch: Watch, totals: Mapping[str, int], view: View, at: datetime
) -> dict[str, Any]:
    """The most urgent of a list, and how many there are."""
    longest = LONGEST_ON_SCREEN if view.screen else LONGEST
    return {
        "watch": watch.value,
        "title": watch.label,
        "rows": [a_row(clock, at) for clock in urgent(tickets, watch, at, longest)],
        "count": totals[watch],
        "href": list_address(watch, team=view.team),
        "queue_href": queue_address(_QUEUE_VIEWS[watch], view.team),
        "empty": _EMPTY[watch](),
    }


def wait_words(ticket: Ticket, at: datetime) -> str:
    """What a request waits for, as short as a chip."""
    if ticket.wait == Wait.DATE and ticket.wait_until is not None:
        return _("Until %(moment)s") % {"moment": short_words(ticket.wait_until, at)}
    return {Wait.CLIENT: _("Waiting for client"), Wait.THIRD_PARTY: _("Third party")}.get(Wait(ticket.wait), "")


def a_row(clock: Any, at: datetime) -> dict[str, Any]:
    """A request with the clock that brought it here."""
    ticket = clock.ticket
    return {
        "clock": clock,
        "ticket": ticket,
        "kind": ClockKind(clock.kind).label,
        "turn": Turn(ticket.turn).label if ticket.is_open else ticket.get_state_display(),
        "wait": wait_words(ticket, at),
        "since": getattr(clock, "since", None),
        "others": getattr(clock, "others", None) or 0,
    }
