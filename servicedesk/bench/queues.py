"""Every address the queue offers a person, read from its own definitions: views, filters, later pages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlencode

from accounts.models import User
from desk.filters import Place, View, Wanted
from desk.people import active_teams
from desk.sentence import Word, choices_matching, further, known_for, sentence

QUEUE = "/desk/"
PAGE = 50


def views_of(user: User) -> list[View]:
    """The views that a person's queue has as tabs."""
    return Place.of(user, active_teams()).views()


def narrowed(user: User) -> dict[str, list[str]]:
    """The addresses of every view with each value of each filter, by view and filter."""
    found: dict[str, list[str]] = {}
    for view in views_of(user):
        wanted = Wanted(view=view)
        for word in _words(user, wanted):
            found[f"view={view}, {word.name}"] = [f"{QUEUE}{href}" for href in _values(word, wanted)]
    return {name: addresses for name, addresses in found.items() if addresses}


def _words(user: User, wanted: Wanted) -> list[Word]:
    known = known_for(wanted, active_teams())
    return [*sentence(wanted, known), *further(wanted, known)]


def _values(word: Word, wanted: Wanted) -> Iterator[str]:
    """The address of each value; where values are found as one types, of the first that are found."""
    nothing = word.off
    listed = [choice.href for choice in word.choices if choice.href != nothing]
    typed = [choice.href.partition("?")[2] for choice in choices_matching(word.name, "", wanted)] if word.more else []
    yield from [*listed, *(f"?{query}" for query in typed)]


def later_pages(user: User, at: datetime) -> dict[str, str]:
    """The second page of the person's usual view, and a page in the middle of it and of what is closed, by name."""
    place = Place.of(user, active_teams())
    found = {}
    for view, is_second in ((place.usual_view, True), (place.usual_view, False), (View.CLOSED, False)):
        wanted = Wanted(view=view)
        if address := _after(wanted, place, at, is_second=is_second):
            found[f"view={view}, {'second page' if is_second else 'page in the middle'}"] = address
    return found


def _after(wanted: Wanted, place: Place, at: datetime, *, is_second: bool) -> str:
    """Empty where the list has no such page."""
    order = wanted.order
    rows = wanted.requests(place, at).order_by(*order.expressions(backwards=False))
    passed = PAGE if is_second else rows.count() // 2
    row = list(rows[passed - 1 : passed + 1]) if passed else []
    if len(row) < 2:
        return ""
    return f"{QUEUE}?{wanted.but()}&{urlencode({'after': order.place_of(row[0])})}"
