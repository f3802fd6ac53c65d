"""The tabs of the pages about service levels: `{% load levels %}`."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from web.navigation import LEVELS, Place, anybody, configuring

register = template.Library()

TABS = (
    Place(_("Overview"), "", "desk:levels", may=LEVELS),
    Place(_("Now"), "", "desk:wall", may=anybody),
    Place(_("Agreements"), "", "desk:agreements", may=anybody),
    Place(_("Calendars"), "", "desk:calendars", may=anybody),
    Place(_("What-if"), "", "desk:what-ifs", may=configuring),
    Place(_("Recalculations"), "", "desk:recalculations", may=configuring),
)


@register.inclusion_tag("desk/levels/_tabs.html", takes_context=True)
def levels_tabs(context: Context, current: str) -> dict[str, Any]:
    """The tabs this person may open; `current` is the name of the page's own address, such as "desk:calendars"."""
    user = context["request"].user
    return {
        "tabs": [
            {"label": place.label, "href": url, "is_current": place.url_name == current}
            for place in TABS
            if place.may(user) and (url := _address(place.url_name))
        ]
    }


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
