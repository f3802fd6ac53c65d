"""Who is asking: by token, and how often somebody may try to get one."""

from __future__ import annotations

import hashlib
from datetime import UTC
from typing import TYPE_CHECKING, Any

from django.utils import timezone, translation
from rest_framework.authentication import TokenAuthentication
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from accounts.models import User

if TYPE_CHECKING:
    from rest_framework.views import APIView  # which reads the setting that names this module


class ByToken(TokenAuthentication):
    """`Authorization: Token …`. Without an `Accept-Language` the answers are in the person's own language."""

    def authenticate(self, request: Request) -> tuple[User, Any] | None:
        """Person and token; None where no token is given."""
        found: tuple[User, Any] | None = super().authenticate(request)
        if found and found[0].language and "Accept-Language" not in request.headers:
            translation.activate(found[0].language)
        return found


def use_utc() -> None:
    """Give and take instants in UTC, whatever zone a person's pages are in."""
    timezone.activate(UTC)


class ByAddress(SimpleRateThrottle):
    """How often one network address may ask for a token."""

    scope = "token_by_address"

    def get_cache_key(self, request: Request, view: APIView) -> str:
        """One count per address."""
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


class ByName(SimpleRateThrottle):
    """How often a token may be asked for in one person's name, from wherever."""

    scope = "token_by_name"

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        """One count per e-mail address; none where none is given."""
        given = request.data.get("email") if isinstance(request.data, dict) else None
        if not isinstance(given, str):
            return None
        name = given.strip().casefold().encode(errors="replace")
        return self.cache_format % {"scope": self.scope, "ident": hashlib.sha256(name).hexdigest()}
