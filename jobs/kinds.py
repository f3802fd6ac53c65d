"""Who does which kind of job. Each app that has long work registers its kinds in its `AppConfig.ready`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobs.models import Job, Part

Result = dict[str, Any]


class GivenUp(Exception):
    """Raised by a part that has no sense any more: its job fails at once, with this sentence as its problem.

    The sentence is a message id, marked with `gettext_noop`, which pages show in their reader's language.
    """


@dataclass(frozen=True)
class Kind:
    """One kind of long work.

    Attributes:
        handle: does one part, in a transaction that it shares with the part's row; returns JSON. A part may be tried
            again, so what it leaves outside of the transaction must bear that. It raises `GivenUp` when it has no
            sense any more.
        finish: called once, in a transaction, with the results of all parts in order.
    """

    name: str
    handle: Callable[[Job, Part, datetime], Result]
    finish: Callable[[Job, list[Result], datetime], None]


_kinds: dict[str, Kind] = {}


def register(kinds: Iterable[Kind]) -> None:
    """Make kinds known; registering the same one twice does nothing."""
    for kind in kinds:
        _kinds[kind.name] = kind


def get(name: str) -> Kind:
    """The kind of that name.

    Raises:
        KeyError: nobody registered it.
    """
    return _kinds[name]
