"""`me/` and what I was told."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from api.base import Endpoint
from api.paging import NEWEST, Keyset, Order
from api.serializers.notices import NoticeSerializer, ReadCountSerializer, ReadNoticesSerializer
from api.serializers.people import MeSerializer
from notifications import services
from notifications.models import Notice


class MeView(Endpoint):
    """The person who asks."""

    queryset = User.objects.none()
    serializer_class = MeSerializer

    @extend_schema(operation_id="me")
    def get(self, request: Request) -> Response:
        """Who am I, and what may I do?"""
        context = {**self.get_serializer_context(), "unread": services.unread_count(self.person)}
        return Response(MeSerializer(self.person, context=context).data)


class NoticesView(Endpoint):
    """What I was told."""

    queryset = Notice.objects.none()
    serializer_class = NoticeSerializer
    pagination_class = Keyset

    def order(self) -> Order:
        """Newest first."""
        return NEWEST

    def get_queryset(self) -> QuerySet[Any]:
        """Mine, as far as they are shown in pages."""
        return Notice.objects.filter(recipient=self.person, in_page=True).select_related("recipient")

    @extend_schema(operation_id="notices_list", responses=NoticeSerializer(many=True))
    def get(self, request: Request) -> Response:
        """My notices, newest first."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class ReadNoticesView(Endpoint):
    """Noting that I know."""

    serializer_class = ReadNoticesSerializer

    @extend_schema(operation_id="notices_read", responses={200: ReadCountSerializer})
    def post(self, request: Request) -> Response:
        """Mark notices of mine as read."""
        given = self.get_serializer(data=request.data)
        given.is_valid(raise_exception=True)
        read = services.mark_read(self.person, self.at, notices=given.validated_data.get("ids"))
        return Response({"read": read})
