"""What the rail and the portal's head lead to. Pages one may not see are left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.roles import Capability

if TYPE_CHECKING:
    from accounts.models import User


def anybody(_user: User) -> bool:
    """For pages that everybody on that side may open."""
    return True


def able(*capabilities: Capability) -> Callable[[User], bool]:
    """For pages that ask for one of some capabilities."""
    return lambda user: any(user.may(capability) for capability in capabilities)


@dataclass(frozen=True)
class Place:
    """An entry of the navigation. `key` is the letter that follows `g` on the keyboard; `also` are the entry pages of
    other parts that belong to it."""

    label: str | Promise
    icon: str
    url_name: str
    key: str = ""
    may: Callable[[User], bool] = anybody
    starts_group: bool = False
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Item:
    """A place as a page shows it, in the reader's language."""

    label: str
    icon: str
    url: str
    key: str
    is_current: bool
    starts_group: bool


LEVELS = able(Capability.SEE_LEVELS, Capability.SEE_ALL)
ADMINISTER = able(Capability.ADMINISTER)
configuring = able(Capability.CONFIGURE)

_LEVEL_PAGES = ("desk:agreements", "desk:calendars", "desk:what-ifs", "desk:recalculations", "desk:notices")
DESK = (
    Place(_("Queue"), "view_list", "desk:queue", "q"),
    Place(_("Dashboard"), "monitoring", "desk:dashboard", "d"),
    Place(_("Service levels"), "timer", "desk:levels", "l", also=_LEVEL_PAGES),
    Place(_("Quality"), "verified", "desk:quality", "u", LEVELS),
    Place(_("Clients"), "apartment", "desk:clients", "c", starts_group=True),
    Place(_("Outbox"), "outbox", "desk:outbox", "o", ADMINISTER),
)
DESK_FOOT = (Place(_("Settings"), "settings", "admin:index", "s", able(Capability.CONFIGURE)),)
PORTAL = (
    Place(_("My requests"), "inbox", "portal:home"),
    Place(_("New request"), "add_circle", "portal:services", may=able(Capability.SUBMIT)),
    Place(_("Agreements"), "handshake", "portal:agreements", may=able(Capability.AGREE)),
    Place(_("Help"), "help", "portal:help"),
)


def items(places: tuple[Place, ...], user: User, path: str) -> tuple[Item, ...]:
    """The places this person may go to; the one whose address is the longest beginning of `path` is current."""
    known = [(place, reverse(place.url_name)) for place in places if place.may(user)]
    homes = {url: url for _place, url in known}
    homes |= {reverse(name): url for place, url in known for name in place.also}
    here = homes.get(max((start for start in homes if path.startswith(start)), key=len, default=""), "")
    return tuple(
        Item(str(place.label), place.icon, url, place.key, url == here, place.starts_group and index > 0)
        for index, (place, url) in enumerate(known)
    )
