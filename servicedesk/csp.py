"""The back office's own Content-Security-Policy."""

from __future__ import annotations

from collections.abc import Callable

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.http import HttpRequest, HttpResponse


class BackOfficePolicyMiddleware:
    """Under /admin/ the policy is looser: the admin theme runs Alpine, which evaluates expressions and sets styles.

    The product's own pages keep the strict policy of the settings.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path.startswith("/admin/"):
            relaxed = {"script-src": [SELF, UNSAFE_EVAL], "style-src": [SELF, UNSAFE_INLINE]}
            response._csp_replace = relaxed  # type: ignore[attr-defined] # read by CSPMiddleware
        return response
