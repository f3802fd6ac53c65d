"""Why a request got the target it has: the reason in words, and what it lacked for another (SLA-33)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from sla.models import Target
from sla.services.selection import Matter, named
from web.agreements import Names, listed, value_words

_CRITERIA: Mapping[str, Callable[[], str]] = {
    "type": lambda: _("type"),
    "service": lambda: _("service"),
    "technical": lambda: _("technical service"),
    "priority": lambda: _("priority"),
    "tier": lambda: _("client tier"),
    "complexity": lambda: _("complexity"),
}


def reason_words(reason: Mapping[str, Any]) -> str:
    """Why a target was chosen, from what a pin keeps of it."""
    if reason.get("why") == "no_agreement":
        return _("No agreement was in force.")
    if reason.get("why") == "no_target":
        return _("The agreement promises nothing here.")
    criteria = [_CRITERIA[name]() for name in reason.get("criteria", []) if name in _CRITERIA]
    if not criteria:
        return _("The general target of the agreement; no special one applies.")
    return _("The most specific target that applies; it was chosen by: %(criteria)s.") % {"criteria": listed(criteria)}


def misses_words(target: Target, matter: Matter, names: Names) -> str:
    """What a request lacked for a target: "wanted High priority, was Low priority"; empty when it applies."""
    said = [
        _("wanted %(wanted)s, was %(was)s")
        % {"wanted": _value(name, wanted, names), "was": _value(name, has, names) or _("none")}
        for name, wanted, has in named(target, matter)
        if wanted != has
    ]
    return pgettext("between sentences", "; ").join(said)


def _value(name: str, value: object, names: Names) -> str:
    if name == "technical":
        return _("a technical service") if value else _("no technical service")
    return value_words(name, value, names)
