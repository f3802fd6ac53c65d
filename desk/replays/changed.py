"""The outcomes that a what-if would have changed: which of them, as rows, and one with its two ledgers (SLA-62)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from sla.engine.clock import Reading
from sla.models import ClockKind, WhatIf, WhatIfFlip
from sla.services.tallies import MET, MISSED, NONE, OPEN, VOID
from sla.services.what_if import side_by_side
from web.ledger import Account, account_of, causes_of, strip_of
from web.strips import Strip

if TYPE_CHECKING:
    from desk.replays.answers import Answer

WORSE, BETTER, OTHER = "worse", "better", "other"


def direction_of(then: str, now: str) -> str:
    """Whether an outcome would have become worse (missed), better (no longer missed), or neither."""
    if now == MISSED:
        return WORSE
    return BETTER if then == MISSED else OTHER


_WHICH = {WORSE: Q(now=MISSED), BETTER: Q(then=MISSED), OTHER: ~Q(now=MISSED) & ~Q(then=MISSED)}


def direction_words() -> dict[str, str]:
    """What the directions are called; the empty one is all of them."""
    return {
        "": _("All"),
        WORSE: _("Newly missed"),
        BETTER: _("No longer missed"),
        OTHER: _("Otherwise"),
    }


def outcome_words(outcome: str) -> str:
    """An outcome in a word."""
    words = {
        MET: _("Met"),
        MISSED: _("Missed"),
        VOID: _("Void"),
        OPEN: _("Still running"),
        NONE: _("No clock"),
    }
    return words.get(outcome, outcome)


@dataclass(frozen=True)
class Changed:
    """Which changed outcomes are asked for: a kind of clock and a direction, both part of the address."""

    asked: WhatIf
    kind: str
    direction: str

    @classmethod
    def read(cls, given: Mapping[str, str], asked: WhatIf) -> Changed:
        """From the parameters of an address; what is none of it is dropped."""
        kind, direction = given.get("kind", ""), given.get("direction", "")
        return cls(asked, kind if kind in ClockKind.values else "", direction if direction in _WHICH else "")

    def narrow(self, flips: QuerySet[WhatIfFlip]) -> QuerySet[WhatIfFlip]:
        """Those that are asked for."""
        found = flips.filter(kind=self.kind) if self.kind else flips
        return found.filter(_WHICH[self.direction]) if self.direction else found

    def address(self, **changes: str) -> str:
        """The page's address with these asked for, or others."""
        named = {"kind": self.kind, "direction": self.direction, **changes}
        query = urlencode({name: value for name, value in named.items() if value})
        return f"{reverse('desk:what-if', args=[self.asked.pk])}?{query}#changed"

    def tabs(self, answer: Answer, *, counts: bool) -> list[dict[str, Any]]:
        """The directions to choose from, with how many there are if all of them may be seen."""
        return [
            {
                "label": label,
                "href": self.address(direction=direction),
                "count": answer.flipped(self.kind, direction) if counts else None,
                "is_current": direction == self.direction,
            }
            for direction, label in direction_words().items()
            if not direction or answer.flipped(self.kind, direction)
        ]

    def kinds(self, answer: Answer) -> list[dict[str, Any]]:
        """The kinds of clock to choose from."""
        named = [("", _("All clocks")), *((row.kind.value, str(row.kind.label)) for row in answer.kinds if row.flips)]
        return [
            {"label": label, "href": self.address(kind=kind, direction=""), "is_current": kind == self.kind}
            for kind, label in named
        ]


@dataclass(frozen=True)
class FlipRow:
    """A changed outcome in words."""

    flip: WhatIfFlip
    clock: str
    then: str
    now: str
    direction: str


def row_of(flip: WhatIfFlip) -> FlipRow:
    """As the list shows it."""
    clock = str(ClockKind(flip.kind).label)
    direction = direction_of(flip.then, flip.now)
    return FlipRow(flip, clock, outcome_words(flip.then), outcome_words(flip.now), direction)


def pair_of(asked: WhatIf, flip: WhatIfFlip) -> list[dict[str, Any]]:
    """The two sides of a changed outcome: title, outcome, and ledger with its strip where a clock ran."""
    was, would = side_by_side(asked, flip)
    causes = causes_of(flip.ticket_id, [each for each in (was, would) if each is not None])

    def side(name: str, title: str, outcome: str, reading: Reading | None) -> dict[str, Any]:
        account: Account | None = account_of(reading, causes) if reading is not None else None
        strip: Strip | None = strip_of(account, id=f"strip-{name}", at=asked.at) if account else None
        return {"title": title, "outcome": outcome, "words": outcome_words(outcome), "account": account, "strip": strip}

    return [
        side("was", _("As it was"), flip.then, was),
        side("would", _("As it would have been"), flip.now, would),
    ]
