"""Who may do the acts on service levels; checked in the act itself, so that every door is the same (R-003)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

from accounts.roles import Capability
from tickets.errors import NotAllowed

if TYPE_CHECKING:
    from accounts.models import User

P = ParamSpec("P")
R = TypeVar("R")


def by_configurers(act: Callable[P, R]) -> Callable[P, R]:
    """An act with a keyword `by`: somebody who may configure, or None for the installation itself.

    Raises:
        NotAllowed: somebody else.
    """

    @wraps(act)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        check_configurer(cast("dict[str, Any]", kwargs).get("by"))
        return act(*args, **kwargs)

    return checked


def check_configurer(by: User | None) -> None:
    """Refuse whoever may not configure.

    Raises:
        NotAllowed: as it says.
    """
    if by is not None and not by.may(Capability.CONFIGURE):
        raise NotAllowed
