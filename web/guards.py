"""Who may open a page: signed in, on the right side, with a capability. Which rows they see is `visible_to`'s."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

from accounts.roles import Capability
from web.requests import PersonRequest

View = Callable[..., HttpResponseBase]


def _on_side(view: View, *, client: bool) -> View:
    @wraps(view)
    def guarded(request: PersonRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_client != client:
            if args or kwargs:  # a page about something: for the other side it does not exist
                raise Http404
            return HttpResponseRedirect(reverse("web:home"))
        return view(request, *args, **kwargs)

    return login_required(guarded)


def client_page(view: View) -> View:
    """A page of the portal; staff who open its lists are sent to theirs."""
    return _on_side(view, client=True)


def staff_page(view: View) -> View:
    """A page of the desk; clients who open its lists are sent to theirs."""
    return _on_side(view, client=False)


def needs(*capabilities: Capability) -> Callable[[View], View]:
    """A page of the desk that asks for one of some capabilities; without any 403."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: PersonRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not any(request.user.may(capability) for capability in capabilities):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return staff_page(guarded)

    return decorate
