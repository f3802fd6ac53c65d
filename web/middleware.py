"""Language and time zone of the person who asks."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation


def zone_named(name: str) -> ZoneInfo:
    """The zone of that name, or the installation's own when it is unknown or empty."""
    try:
        return ZoneInfo(name or settings.DEFAULT_TIME_ZONE)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(settings.DEFAULT_TIME_ZONE)


class PersonMiddleware:
    """Activates what a signed-in person has chosen; visitors keep LocaleMiddleware's choice and the default zone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Set both before the view runs; the next request sets its own, so nothing is undone afterwards."""
        user = request.user
        if user.is_authenticated and user.language:
            translation.activate(user.language)
            request.LANGUAGE_CODE = user.language
        timezone.activate(zone_named(user.time_zone if user.is_authenticated else ""))
        return self.get_response(request)
