"""Messages, events and files of a request."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import FileResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from api import reading
from api.base import KEY, Endpoint
from api.paging import BY_SEQ, Keyset, Order
from api.parsers import Form, Json
from api.serializers.conversation import EventSerializer, MessageSerializer, NewMessageSerializer
from api.shown import all_shown, shown
from api.streaming import AsItIs, streamed
from tickets import services
from tickets.acts import RULES, Act
from tickets.errors import AlreadyDone, NotAllowed
from tickets.models import Attachment, Message, Ticket, TicketEvent
from tickets.states import Channel


class MessagesView(Endpoint):
    """The conversation."""

    queryset = Message.objects.none()
    serializer_class = NewMessageSerializer
    pagination_class = Keyset
    parser_classes = (Json, Form)

    @extend_schema(operation_id="messages_list", responses=MessageSerializer(many=True))
    def get(self, request: Request, number: str) -> Response:
        """Messages the person may read, oldest first."""
        page = self.paginate_queryset(reading.messages_of(self.ticket(), self.person))
        return self.get_paginated_response(all_shown(MessageSerializer, page or [], self._context()))

    @extend_schema(
        operation_id="messages_write",
        parameters=[KEY],
        responses={
            201: MessageSerializer,
            200: OpenApiResponse(MessageSerializer, description="Written before with the same key."),
        },
    )
    def post(self, request: Request, number: str) -> Response:
        """Write to the other side, or leave a note."""
        ticket = self.ticket()
        given = self.get_serializer(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        act = Act.NOTE if values.pop("internal") else Act.REPLY
        if not RULES[act].who(ticket, self.person):
            raise NotAllowed
        code: int = status.HTTP_201_CREATED
        try:
            written = self._write(act, ticket, values)
        except AlreadyDone as known:
            written, code = self._written_before(known, act, ticket), status.HTTP_200_OK
        found = reading.messages_of(ticket, self.person).get(pk=written.pk)
        return Response(shown(MessageSerializer, found, self._context()), status=code)

    def _write(self, act: Act, ticket: Ticket, values: dict[str, Any]) -> Message:
        how: dict[str, Any] = {"by": self.person, "at": self.at, "once": self.once(), **values}
        if act == Act.NOTE:
            return services.note(ticket, **how)
        return services.reply(ticket, channel=Channel.API, **how)

    def _written_before(self, known: AlreadyDone, act: Act, ticket: Ticket) -> Message:
        """The message of the first call: it bears the instant of that act."""
        used = self.made_before(known, act)
        return get_object_or_404(reading.messages_of(ticket, self.person), at=used.at, author=self.person)

    def _context(self) -> dict[str, Any]:
        return {**self.get_serializer_context(), "number": self.kwargs["number"]}


class EventsView(Endpoint):
    """The record."""

    queryset = TicketEvent.objects.none()
    serializer_class = EventSerializer
    pagination_class = Keyset

    def order(self) -> Order:
        """As they were recorded."""
        return BY_SEQ

    def get_queryset(self) -> QuerySet[Any]:
        """Those the person may read."""
        return TicketEvent.objects.on(self.ticket(), self.person).select_related("actor")

    @extend_schema(operation_id="events_list", responses=EventSerializer(many=True))
    def get(self, request: Request, number: str) -> Response:
        """What happened, in order."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class AttachmentView(Endpoint):
    """A file."""

    queryset = Attachment.objects.none()
    content_negotiation_class = AsItIs

    @extend_schema(
        operation_id="attachments_fetch",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, number: str, key: UUID) -> FileResponse:
        """Fetch a file. It is never shown in place, and what is in it can't run."""
        found = get_object_or_404(Attachment.objects.on(self.ticket(), self.person), key=key)
        return streamed(found)
