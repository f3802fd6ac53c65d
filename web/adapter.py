"""How sign-in behaves here."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """People are made by staff, so nobody signs up; everybody lands on their own side of the desk."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The person's own home: queue or portal."""
        return reverse("web:home")

    def is_safe_url(self, url: str | None) -> bool:
        """Whether an address leads back to this site; what can't be read as an address does not."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False

    def format_email_subject(self, subject: str) -> str:
        """The subject alone; the sender says who we are."""
        return subject

    def add_message(self, request: HttpRequest, level: int, message_template: str, *args: Any, **kwargs: Any) -> None:
        """Signing in and out speak for themselves; everything else is said."""
        if message_template not in {"account/messages/logged_in.txt", "account/messages/logged_out.txt"}:
            super().add_message(request, level, message_template, *args, **kwargs)
