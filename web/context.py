"""What every page's shell needs."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from notifications.services import unread_count
from web import navigation
from web.demo import demo_accounts

THEMES = ("auto", "light", "dark")
HTMX = {"includeIndicatorStyles": False, "allowEval": False, "selfRequestsOnly": True, "historyCacheSize": 0}


@dataclass(frozen=True)
class Look:
    """How the reader wants pages to look; kept in cookies, so that the first paint is right."""

    theme: str
    rail: str


def _look(request: HttpRequest) -> Look:
    theme = request.COOKIES.get("theme", "auto")
    return Look(
        theme=theme if theme in THEMES else "auto",
        rail="narrow" if request.COOKIES.get("rail") == "narrow" else "wide",
    )


def _accent(request: HttpRequest) -> str:
    organisation = getattr(getattr(request, "user", None), "organisation", None)
    return organisation.accent if organisation else "blue"


def shell(request: HttpRequest) -> dict[str, Any]:
    """Navigation, unread notices, look. Nothing here asks the database before a page shows it."""
    user = getattr(request, "user", None)  # error pages may come before sign-in is known

    def places(which: tuple[navigation.Place, ...], *, client: bool) -> Callable[[], tuple[navigation.Item, ...]]:
        def found() -> tuple[navigation.Item, ...]:
            if not user or not user.is_authenticated or user.is_client != client:
                return ()
            return navigation.items(which, user, request.path)

        return cache(found)

    return {
        "desk_items": places(navigation.DESK, client=False),
        "desk_foot_items": places(navigation.DESK_FOOT, client=False),
        "portal_items": places(navigation.PORTAL, client=True),
        "queue_url": reverse_lazy("desk:queue"),
        "new_request_url": reverse_lazy("desk:new"),
        "unread": SimpleLazyObject(lambda: unread_count(user) if user and user.is_authenticated else 0),
        "accent": SimpleLazyObject(lambda: _accent(request)),
        "look": asdict(_look(request)),
        "themes": THEMES,
        "languages": tuple(settings.LANGUAGES),
        "language": get_language() or settings.LANGUAGE_CODE,
        "now_ms": int(timezone.now().timestamp() * 1000),
        "htmx_config": json.dumps(HTMX),
        "max_upload_bytes": settings.MAX_UPLOAD_BYTES,
        "demo_accounts": SimpleLazyObject(demo_accounts) if settings.DEMO else [],
    }
