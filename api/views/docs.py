"""The description of the API, as a document and as a page; and the answer where there is nothing."""

from __future__ import annotations

from typing import Any

from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView


class SchemaView(SpectacularAPIView):
    """The document."""


class DocsView(SpectacularSwaggerSplitView):
    """The page; its script comes by an address of its own, so that the policy for scripts stays strict."""

    url_name = "api:schema"
    template_name = "api/docs.html"


class NothingHereView(APIView):
    """Any other address below the API's."""

    permission_classes = (AllowAny,)
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Whatever the method.

        Raises:
            NotFound: always.
        """
        super().initial(request, *args, **kwargs)
        raise NotFound
