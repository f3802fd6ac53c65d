"""`token/`: e-mail and password for a token, and giving it back."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import authenticate
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.authentication import BaseAuthentication
from rest_framework.authtoken.models import Token
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

from api.base import Endpoint
from api.serializers.people import TokenRequestSerializer, TokenSerializer
from api.signing_in import ByAddress, ByName


class TokenView(Endpoint):
    """The token of a person. There is one at a time; asking again gives the same until it is given back."""

    serializer_class = TokenRequestSerializer

    def _asks_for_one(self) -> bool:
        return self.request is not None and self.request.method == "POST"

    def get_authenticators(self) -> list[BaseAuthentication]:
        """Nobody needs to be known to ask for one."""
        return [] if self._asks_for_one() else super().get_authenticators()

    def get_permissions(self) -> list[Any]:
        """Likewise."""
        chosen: type[BasePermission] = AllowAny if self._asks_for_one() else IsAuthenticated
        return [chosen()]

    def get_throttles(self) -> list[BaseThrottle]:
        """Guessing passwords is slow work."""
        return [ByAddress(), ByName()] if self._asks_for_one() else []

    def get_authenticate_header(self, request: Request) -> str:
        """So that a refusal is a 401."""
        return "Token"

    @extend_schema(operation_id="token_create", responses={200: TokenSerializer})
    def post(self, request: Request) -> Response:
        """Get a token for e-mail address and password."""
        given = self.get_serializer(data=request.data)
        given.is_valid(raise_exception=True)
        person = authenticate(
            request._request, username=given.validated_data["email"], password=given.validated_data["password"]
        )
        if person is None:
            raise AuthenticationFailed(_("E-mail address and password don't match."))
        token, _made = Token.objects.get_or_create(user=person)
        return Response(TokenSerializer({"token": token.key}).data)

    @extend_schema(operation_id="token_delete", request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        """Give the token back; it opens nothing any more."""
        Token.objects.filter(user=self.person).delete()
        return Response(status=status.HTTP_204_NO_CONTENT)
