"""A person's own settings."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from notifications import services as notifications
from notifications.models import Channel
from web.forms import ProfileForm
from web.requests import PersonRequest


@login_required
def profile(request: PersonRequest) -> HttpResponse:
    """Name, language, time zone; links to password and notices."""
    form = ProfileForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        person = form.save()
        with translation.override(person.language or translation.get_language()):
            messages.success(request, _("Your settings are saved."))
        return redirect("web:profile")
    base = "portal/base.html" if request.user.is_client else "desk/base.html"
    context = {"form": form, "base": base, "preferences": _preferences(request), "channels": Channel.choices}
    return render(request, "web/profile.html", context)


def _preferences(request: PersonRequest) -> list[dict[str, Any]]:
    """Each kind of notice with one box per channel."""
    return [
        {
            "label": kind.label,
            "boxes": [
                {
                    "name": f"{kind.name}.{channel}",
                    "label": channel.label,
                    "is_on": channel in on,
                    "is_fixed": channel in kind.required,
                }
                for channel in Channel
            ],
        }
        for kind, on in notifications.preferences(request.user)
    ]


@login_required
@require_POST
def notices(request: PersonRequest) -> HttpResponse:
    """Keep what somebody wants to be told, and how."""
    with transaction.atomic():
        for kind, on in notifications.preferences(request.user):
            for channel in Channel:
                wanted = f"{kind.name}.{channel}" in request.POST
                if channel not in kind.required and wanted != (channel in on):
                    notifications.prefer(request.user, kind.name, channel, wanted=wanted)
    messages.success(request, _("Your settings are saved."))
    return redirect("web:profile")
