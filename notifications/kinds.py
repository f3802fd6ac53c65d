"""What people can be told about. Each app that tells registers its kinds in its `AppConfig.ready`.

A kind's wording lives in `templates/notifications/<name>.txt`: the first line is the subject, the rest the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from notifications.models import Channel

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Placeholder:
    """Something that changes from notice to notice: `{name}` in a wording; `source` is the template that says it."""

    name: str
    label: StrOrPromise
    source: str


@dataclass(frozen=True)
class Kind:
    """One kind of notice.

    Attributes:
        name: stable key, also the template's name.
        label: what the preferences page calls it.
        for_clients, for_staff: who can receive it, hence who sees the preference.
        default: channels used unless the person says otherwise.
        required: channels the person can't turn off.
        placeholders: what a manager's own wording may name; a kind without any keeps the wording that comes along.
        example, example_path: the data and the page of a notice that shows how a wording reads.
    """

    name: str
    label: StrOrPromise
    for_clients: bool = False
    for_staff: bool = False
    default: frozenset[Channel] = frozenset({Channel.PAGE, Channel.EMAIL})
    required: frozenset[Channel] = frozenset()
    placeholders: tuple[Placeholder, ...] = ()
    example: Mapping[str, object] = field(default_factory=dict, hash=False, compare=False)
    example_path: str = ""

    @property
    def template(self) -> str:
        """The template with its wording."""
        return f"notifications/{self.name}.txt"


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


def all_kinds() -> list[Kind]:
    """Every kind, in the order of registration."""
    return list(_kinds.values())


def kinds_for(*, client: bool) -> list[Kind]:
    """The kinds a client, or a member of staff, can receive, in the order of registration."""
    return [kind for kind in _kinds.values() if (kind.for_clients if client else kind.for_staff)]
