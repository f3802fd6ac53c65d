"""The check of coverage in words: what the targets of a version leave open, decide twice, or never decide (SLA-33)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from accounts.models import Tier
from sla.models import ClockKind, Target
from sla.services.coverage import (
    DIMENSIONS,
    OTHER_PLAIN,
    OTHER_TECHNICAL,
    Coverage,
    Gap,
    Overlap,
    Region,
    Shadowed,
    Value,
    coverage,
)
from tickets.states import Complexity, Priority, TicketType
from web.agreements import Names, listed, value_words

MOST_REGIONS = 6  # of one kind of clock; beyond these a number says it


@dataclass(frozen=True)
class Finding:
    """One thing worth a look.

    Attributes:
        tone: "soon" for what is probably not meant, "" for what may well be.
        places: the regions of a gap, one line each.
        rows: the numbers of the targets it is about.
    """

    tone: str
    icon: str
    text: str
    places: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class Check:
    """Everything that was found, the gravest first."""

    findings: tuple[Finding, ...]
    is_empty: bool

    @property
    def grave(self) -> int:
        """How many findings are probably not meant."""
        return sum(finding.tone != "" for finding in self.findings)

    @property
    def summary(self) -> str:
        """The whole in a few words."""
        if self.is_empty:
            return _("No targets yet")
        if not self.findings:
            return _("Nothing left open")
        if not self.grave:
            return _("Nothing in another's way")
        return ngettext("%(count)s thing to look at", "%(count)s things to look at", self.grave) % {"count": self.grave}


def check_of(targets: Sequence[Target], technical: Mapping[int, bool], names: Names) -> Check:
    """What is to be said of some targets; their places in the list, from 1, are their numbers."""
    found = coverage(targets, technical)
    words = _Words(targets, technical, names)
    return Check(
        findings=(*words.shadowed(found), *words.overlaps(found), *words.gaps(found)),
        is_empty=not targets,
    )


@dataclass(frozen=True)
class _Words:
    targets: Sequence[Target]
    technical: Mapping[int, bool]
    names: Names

    def shadowed(self, found: Coverage) -> Iterator[Finding]:
        for one in found.shadowed:
            yield Finding("soon", "visibility_off", self._shadow(one), rows=(one.target + 1,))

    def _shadow(self, one: Shadowed) -> str:
        words = {"number": one.target + 1, "others": listed(place + 1 for place in one.by)}
        if not one.by:
            return _("Target %(number)s applies to nothing: its service is not technical.") % words
        text = ngettext(
            "Target %(number)s never decides: where it applies, target %(others)s comes first.",
            "Target %(number)s never decides: where it applies, targets %(others)s come first.",
            len(one.by),
        )
        return text % words

    def overlaps(self, found: Coverage) -> Iterator[Finding]:
        idle = {one.target for one in found.shadowed}
        for pair in found.overlaps:
            if pair.second not in idle:  # said already
                yield Finding("soon", "join_inner", self._overlap(pair), rows=(pair.first + 1, pair.second + 1))

    def _overlap(self, pair: Overlap) -> str:
        first, second = self.targets[pair.first], self.targets[pair.second]
        common = [_criterion(name, first, second, self.names) for name in (*DIMENSIONS, "technical_only")]
        return _(
            "Targets %(first)s and %(second)s are equally specific for %(what)s; %(first)s decides, being further up."
        ) % {
            "first": pair.first + 1,
            "second": pair.second + 1,
            "what": " · ".join(filter(None, common)) or _("everything"),
        }

    def gaps(self, found: Coverage) -> Iterator[Finding]:
        """Kinds that are promised to some requests only; then, in one line, those that are not promised at all."""
        partly: dict[str, list[Gap]] = {}
        for gap in found.gaps:
            partly.setdefault(gap.kind, []).append(gap)
        nowhere = [kind for kind, gaps in partly.items() if not gaps[0].region]
        for kind, gaps in partly.items():
            if kind not in nowhere:
                yield self._gap(kind, gaps)
        if nowhere and self.targets:
            kinds = listed(ClockKind(kind).label for kind in nowhere)
            yield Finding("", "remove", _("Not promised at all: %(clocks)s.") % {"clocks": kinds})

    def _gap(self, kind: str, gaps: Sequence[Gap]) -> Finding:
        shown = [self.region(gap.region) for gap in gaps[:MOST_REGIONS]]
        more = len(gaps) - len(shown)
        if more:
            shown.append(ngettext("and %(count)s more case", "and %(count)s more cases", more) % {"count": more})
        text = _("No target for %(clock)s:") % {"clock": ClockKind(kind).label}
        return Finding("", "remove_selection", text, places=tuple(shown))

    def region(self, region: Region) -> str:
        """Requests in words: "all but Complaint · services that are not technical"."""
        parts = [self._values(name, region[name]) for name in DIMENSIONS if name in region]
        return " · ".join(parts)

    def _values(self, name: str, values: Sequence[Value]) -> str:
        if name == "service":
            return self._services(values)
        every = _EVERY[name]
        if len(values) * 2 > len(every) and len(every) > 2:
            missing = [value for value in every if value not in values]
            return _("all but %(values)s") % {"values": listed(value_words(name, one, self.names) for one in missing)}
        return pgettext("between names", " or ").join(value_words(name, value, self.names) for value in values)

    def _services(self, values: Sequence[Value]) -> str:
        named = {target.service_id for target in self.targets if target.service_id is not None}
        words = []
        for is_technical, others in ((True, OTHER_TECHNICAL), (False, OTHER_PLAIN)):
            alike = {pk for pk in named if self.technical.get(pk, False) == is_technical}
            inside = [value for value in values if value in alike]
            if others in values:
                missing = [self.names.services.get(pk, "") for pk in sorted(alike - set(inside))]
                words.append(_group(is_technical, missing))
            else:
                words += [self.names.services.get(int(pk), "") for pk in inside]
        return pgettext("between names", " or ").join(words)


_EVERY: Mapping[str, Sequence[Value]] = {
    "type": TicketType.values,
    "priority": Priority.values,
    "tier": Tier.values,
    "complexity": Complexity.values,
}


def _group(is_technical: bool, missing: Sequence[str]) -> str:
    whole = _("technical services") if is_technical else _("services that are not technical")
    return _("%(services)s but %(missing)s") % {"services": whole, "missing": listed(missing)} if missing else whole


def _criterion(name: str, first: Target, second: Target, names: Names) -> str:
    """What either of two targets that have requests in common names of a dimension."""
    if name == "technical_only":
        return _("technical services") if first.technical_only or second.technical_only else ""
    field = "service_id" if name == "service" else name
    return value_words(name, getattr(first, field) or getattr(second, field), names)
