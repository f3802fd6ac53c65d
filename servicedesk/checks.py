"""What `manage.py check` says about an installation besides Django's own findings."""

from __future__ import annotations

import os
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.http.request import validate_host


@register()
def data_directory_is_writable(**kwargs: Any) -> list[CheckMessage]:
    """Files, mails and static files go there."""
    folder = settings.VAR_DIR
    existing = next(path for path in [folder, *folder.parents] if path.exists())
    if os.access(existing, os.W_OK):
        return []
    return [Error(f"The data directory {folder} can't be written.", hint="Set VAR_DIR.", id="servicedesk.E001")]


@register(Tags.security)
def site_address_is_served(**kwargs: Any) -> list[CheckMessage]:
    """Mails link to SITE_URL, so it has to be an address that is answered."""
    host = urlsplit(settings.SITE_URL).hostname or ""
    if validate_host(host, settings.ALLOWED_HOSTS):
        return []
    hint = "Name the same host in SITE_URL and ALLOWED_HOSTS."
    return [Warning(f"Mails link to {host}, which isn't among ALLOWED_HOSTS.", hint=hint, id="servicedesk.W001")]


@register(Tags.security, deploy=True)
def https_ends_at_a_known_proxy(**kwargs: Any) -> list[CheckMessage]:
    """The web process speaks plain HTTP: it must be told that the browser's side is https, or it redirects for ever."""
    if not settings.HTTPS or settings.SECURE_PROXY_SSL_HEADER:
        return []
    hint = "Set BEHIND_PROXY=true when a proxy ends https and sets X-Forwarded-Proto itself."
    return [Warning("SITE_URL is https, but nothing says who ends it.", hint=hint, id="servicedesk.W002")]


@register(Tags.security)
def demonstration_sends_no_mail(**kwargs: Any) -> list[CheckMessage]:
    """Demonstration accounts have known passwords and made-up addresses."""
    if not settings.DEMO or "smtp" not in settings.EMAIL_BACKEND:
        return []
    hint = "Unset DEMO for real use, or unset EMAIL_URL so that mails stay in files."
    return [Warning("A demonstration would send real mail.", hint=hint, id="servicedesk.W003")]
