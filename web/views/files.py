"""Files on requests and contract files: each one asked for is looked up by who may read it."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from sla.models import AgreementFile
from tickets.models import Attachment
from web.requests import PersonRequest

SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})  # everything else is downloaded


@require_safe
@login_required
def file(request: PersonRequest, key: UUID) -> HttpResponseBase:
    """Stream a file: pictures into the page, the rest to the disk. Whatever it holds, it runs nothing here."""
    return _streamed(get_object_or_404(Attachment.objects.visible_to(request.user), key=key))


@require_safe
@login_required
def agreement_file(request: PersonRequest, key: UUID) -> HttpResponseBase:
    """Stream a contract file, as above, to whoever may read its version (R-045)."""
    return _streamed(get_object_or_404(AgreementFile.objects.visible_to(request.user), key=key))


def _streamed(found: Attachment | AgreementFile) -> HttpResponseBase:
    is_shown = found.content_type in SHOWN
    try:
        stream = found.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    return FileResponse(
        stream,
        as_attachment=not is_shown,
        filename=found.name,
        content_type=found.content_type if is_shown else "application/octet-stream",
        headers={
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Cache-Control": "private, max-age=3600",
        },
    )
