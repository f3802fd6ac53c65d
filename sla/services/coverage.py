"""What the targets of an agreement cover: requests that get none, targets that tie, targets that never decide (SLA-33).

Exact: every value that a request can have is tried, services that no target names as two ("technical" or not). The
targets that apply to a request are a bit mask, the best one its lowest bit, and values that no target tells apart are
tried once; so sixty targets take a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from accounts.models import Tier
from sla.models import ClockKind, Target
from sla.services.selection import Matter, specificity
from tickets.states import Complexity, Priority, TicketType

OTHER_TECHNICAL, OTHER_PLAIN = "technical", "plain"
"""The values of `service` that stand for the services no target names."""

Value = str | int
Region = Mapping[str, tuple[Value, ...]]
"""Requests, by the values that they have in some of `DIMENSIONS`; whatever is left out may have any value."""

_VALUES: Mapping[str, Sequence[Value]] = {
    "type": TicketType.values,
    "priority": Priority.values,
    "tier": Tier.values,
    "complexity": Complexity.values,
}
DIMENSIONS = ("type", "service", "priority", "tier", "complexity")


@dataclass(frozen=True)
class Gap:
    """Requests that get no target of a kind; with an empty region none gets one."""

    kind: str
    region: Region


@dataclass(frozen=True)
class Overlap:
    """Two targets, by their places in the list, that are the most specific ones of some request, and equally so;
    there the position decides for the first."""

    first: int
    second: int


@dataclass(frozen=True)
class Shadowed:
    """A target that decides for no request: where it applies, those of `by` do; without any it applies nowhere."""

    target: int
    by: tuple[int, ...]


@dataclass(frozen=True)
class Coverage:
    """What was found, kind by kind, in the order of the targets."""

    gaps: tuple[Gap, ...]
    overlaps: tuple[Overlap, ...]
    shadowed: tuple[Shadowed, ...]


def coverage(
    targets: Sequence[Target], technical: Mapping[int, bool], kinds: Sequence[str] = ClockKind.values
) -> Coverage:
    """What the targets of a version leave open, decide twice, or never decide.

    Args:
        targets: their places in this list are what the findings name; `position` decides as in `selection.best`.
        technical: which services are technical, by id.
        kinds: the kinds of clocks to look at.
    """
    gaps: list[Gap] = []
    overlaps: list[Overlap] = []
    shadowed: list[Shadowed] = []
    for kind in kinds:
        found = _OfKind.of(targets, technical, kind)
        gaps += [Gap(kind, region) for region in found.gaps()]
        masks = found.masks()
        overlaps += found.overlaps(masks)
        shadowed += found.shadowed(masks)
    return Coverage(
        tuple(gaps),
        tuple(sorted(overlaps, key=lambda pair: (pair.first, pair.second))),
        tuple(sorted(shadowed, key=lambda one: one.target)),
    )


def service_value(matter: Matter, named: frozenset[int]) -> Value:
    """The value of `service` that a request has, given the services that targets name."""
    if matter.service in named:
        return matter.service
    return OTHER_TECHNICAL if matter.is_technical else OTHER_PLAIN


@dataclass(frozen=True)
class _Axis:
    """A dimension: values that the same targets accept, with the mask of those targets."""

    name: str
    groups: tuple[tuple[tuple[Value, ...], int], ...]

    def region(self, values: tuple[Value, ...]) -> Region:
        """These values of it; nothing when they are all there are."""
        whole = sum(len(group) for group, _ in self.groups)
        return {} if len(values) == whole else {self.name: values}


@dataclass(frozen=True)
class _OfKind:
    """The targets of one kind, the best first: bit n of a mask is the n-th of them."""

    ranked: tuple[int, ...]
    equals: tuple[int, ...]  # by rank: the mask of the targets that are just as specific
    axes: tuple[_Axis, ...]

    @classmethod
    def of(cls, targets: Sequence[Target], technical: Mapping[int, bool], kind: str) -> _OfKind:
        places = [place for place, target in enumerate(targets) if target.kind == kind]
        ranked = sorted(places, key=lambda place: (-specificity(targets[place]), targets[place].position))
        chosen = [targets[place] for place in ranked]
        return cls(
            ranked=tuple(ranked),
            equals=tuple(_mask(specificity(other) == specificity(one) for other in chosen) for one in chosen),
            axes=tuple(_axis(name, chosen, technical) for name in DIMENSIONS),
        )

    @property
    def _everything(self) -> int:
        return (1 << len(self.ranked)) - 1

    def gaps(self) -> list[Region]:
        """The requests that no target applies to, as regions that have nothing in common."""
        Regions = tuple[tuple[tuple[str, tuple[Value, ...]], ...], ...]

        @cache
        def below(depth: int, mask: int) -> Regions:
            if not mask:
                return ((),)
            if depth == len(self.axes):
                return ()
            axis = self.axes[depth]
            alike: dict[Regions, tuple[Value, ...]] = {}
            for values, accepts in axis.groups:
                rest = below(depth + 1, mask & accepts)
                alike[rest] = alike.get(rest, ()) + values
            return tuple((*axis.region(values).items(), *region) for rest, values in alike.items() for region in rest)

        return [dict(region) for region in below(0, self._everything)]

    def masks(self) -> set[int]:
        """Which sets of targets apply to some request."""
        found = {self._everything}
        for axis in self.axes:
            found = {mask & accepts for mask in found for _, accepts in axis.groups}
        return found - {0}

    def overlaps(self, masks: set[int]) -> Iterator[Overlap]:
        """Pairs of the target that decides and another that is as specific."""
        pairs = {
            (_first(mask), rank)
            for mask in masks
            for rank in _bits(mask & self.equals[_first(mask)] & ~(1 << _first(mask)))
        }
        return (Overlap(self.ranked[first], self.ranked[second]) for first, second in pairs)

    def shadowed(self, masks: set[int]) -> Iterator[Shadowed]:
        """Targets that are never the first."""
        idle = self._everything & ~sum(1 << rank for rank in {_first(mask) for mask in masks})
        by: dict[int, set[int]] = {rank: set() for rank in _bits(idle)}
        for mask in masks:
            for rank in _bits(mask & idle):
                by[rank].add(self.ranked[_first(mask)])
        return (Shadowed(self.ranked[rank], tuple(sorted(winners))) for rank, winners in by.items())


def _axis(name: str, targets: Sequence[Target], technical: Mapping[int, bool]) -> _Axis:
    accepted = _services(targets, technical) if name == "service" else _plain(name, targets)
    groups: dict[int, tuple[Value, ...]] = {}
    for value, mask in accepted:
        groups[mask] = (*groups.get(mask, ()), value)
    return _Axis(name, tuple((values, mask) for mask, values in groups.items()))


def _plain(name: str, targets: Sequence[Target]) -> Iterator[tuple[Value, int]]:
    for value in _VALUES[name]:
        yield value, _mask(getattr(target, name) in ("", None, value) for target in targets)


def _services(targets: Sequence[Target], technical: Mapping[int, bool]) -> Iterator[tuple[Value, int]]:
    named = sorted({target.service_id for target in targets if target.service_id is not None})
    values: list[tuple[Value, bool]] = [(pk, technical.get(pk, False)) for pk in named]
    for value, is_technical in [*values, (OTHER_TECHNICAL, True), (OTHER_PLAIN, False)]:
        applies = (
            target.service_id in (None, value) and (is_technical or not target.technical_only) for target in targets
        )
        yield value, _mask(applies)


def _mask(applies: Iterable[bool]) -> int:
    return sum(1 << rank for rank, one in enumerate(applies) if one)


def _first(mask: int) -> int:
    return (mask & -mask).bit_length() - 1


def _bits(mask: int) -> Iterator[int]:
    while mask:
        rank = _first(mask)
        yield rank
        mask &= ~(1 << rank)
