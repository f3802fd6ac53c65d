"""How a version of an agreement differs from the one before it, in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from sla.models import ClockKind
from sla.services.terms import Promise, Terms
from web.agreements import Names, applies_words, listed, pauses_words, point_words, rung_words
from web.words import exact_words

ADDED, REMOVED, CHANGED = "added", "removed", "changed"


@dataclass(frozen=True)
class Difference:
    """One thing that is not as before. `sign` is added, removed or changed."""

    sign: str
    text: str


def differences(before: Terms, after: Terms, names: Names, *, inside: bool) -> list[Difference]:
    """What changed from one version to the next, its dates apart, since each version has its own.

    Args:
        inside: with the ladders, which are for our own eyes.
    """
    return [*_targets(before, after, names, inside), *_texts(before, after)]


def _targets(before: Terms, after: Terms, names: Names, inside: bool) -> Iterator[Difference]:
    old = {promise.criteria: promise for promise in before.promises}
    new = {promise.criteria: promise for promise in after.promises}
    for criteria, promise in new.items():
        if criteria not in old:
            yield Difference(ADDED, _named(promise, _whole(promise, names), names))
        elif parts := list(_parts(old[criteria], promise, names, inside)):
            yield Difference(CHANGED, _named(promise, listed(parts), names))
    for criteria, promise in old.items():
        if criteria not in new:
            yield Difference(REMOVED, _named(promise, _whole(promise, names), names))
    if [one for one in old if one in new] != [one for one in new if one in old]:
        yield Difference(CHANGED, _("The order of the targets changed."))


def _named(promise: Promise, what: str, names: Names) -> str:
    return _("%(clock)s, %(applies)s: %(what)s") % {
        "clock": ClockKind(promise.kind).label,
        "applies": applies_words(promise, names),
        "what": what,
    }


def _whole(promise: Promise, names: Names) -> str:
    return _("%(time)s, %(calendar)s") % {
        "time": exact_words(promise.seconds),
        "calendar": names.calendars.get(promise.calendar, ""),
    }


def _parts(old: Promise, new: Promise, names: Names, inside: bool) -> Iterator[str]:
    if old.seconds != new.seconds:
        yield _arrow(exact_words(old.seconds), exact_words(new.seconds))
    if old.calendar != new.calendar:
        yield _arrow(names.calendars.get(old.calendar, ""), names.calendars.get(new.calendar, ""))
    if set(old.pauses) != set(new.pauses):
        nothing = _("nothing")
        yield _("pauses for %(change)s") % {
            "change": _arrow(pauses_words(old.pauses) or nothing, pauses_words(new.pauses) or nothing)
        }
    if inside and old.ladder != new.ladder:
        yield from _rungs(old, new, names)


def _rungs(old: Promise, new: Promise, names: Names) -> Iterator[str]:
    before = {rung.point: rung for rung in old.ladder}
    after = {rung.point: rung for rung in new.ladder}
    for point, rung in after.items():
        if point not in before:
            yield _("new step “%(step)s”") % {"step": rung_words(rung, names)}
        elif before[point] != rung:
            yield _("step “%(step)s”") % {"step": rung_words(rung, names)}
    for point in before:
        if point not in after:
            yield _("no step %(point)s") % {"point": point_words(point)}


def _arrow(old: str, new: str) -> str:
    return f"{old} → {new}"


def _texts(before: Terms, after: Terms) -> Iterator[Difference]:
    texts = {
        "content": _("Services covered: the text changed."),
        "indicators": _("Indicators: the text changed."),
        "consequences": _("Consequences of a breach: the text changed."),
    }
    for name, text in texts.items():
        if getattr(before, name) != getattr(after, name):
            yield Difference(CHANGED, text)
