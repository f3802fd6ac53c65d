"""`requests/`: the list, submitting, one request, and its acts."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError as Invalid
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from api import reading
from api.acts import WAYS
from api.base import KEY, Endpoint
from api.filters import PersonalFilters, RequestFilters
from api.paging import CHANGED, DUE, Keyset, Order
from api.parsers import Form, Json
from api.schema import ActSchema
from api.serializers.requests import ROW_FIELDS, NewRequestSerializer, RequestRowSerializer, RequestSerializer
from api.shown import all_shown, shown
from tickets import services
from tickets.acts import RULES, Act
from tickets.errors import AlreadyDone, NotAllowed
from tickets.models import Ticket
from tickets.states import Channel

ORDERS = {order.name: order for order in (DUE, CHANGED)}


class Showing(Endpoint):
    """An endpoint that answers with requests."""

    queryset = Ticket.objects.none()

    def get_serializer_context(self) -> dict[str, Any]:
        """Lateness is judged at the instant of the call."""
        return {**super().get_serializer_context(), "at": getattr(self, "at", None)}

    def shown(self, number: str) -> dict[str, Any] | None:
        """A request as it is now; None if the person may no longer see it."""
        found = reading.whole_request(self.person, number)
        return shown(RequestSerializer, found, self.get_serializer_context()) if found else None


class RequestsView(Showing):
    """All requests a person may see."""

    serializer_class = NewRequestSerializer
    pagination_class = Keyset
    parser_classes = (Json, Form)
    filter_backends = (PersonalFilters,)
    filterset_class = RequestFilters

    def order(self) -> Order:
        """By what is due for staff, by what changed for clients, unless said otherwise.

        Raises:
            ValidationError: at `ordering`.
        """
        name = self.request.query_params.get("ordering") or ("-changed" if self.person.is_client else "due")
        if name not in ORDERS:
            raise ValidationError({"ordering": [_("Please use one of: %s.") % ", ".join(ORDERS)]})
        return ORDERS[name]

    def get_queryset(self) -> QuerySet[Any]:
        """Those the person may see."""
        return Ticket.objects.visible_to(self.person).with_people().only(*ROW_FIELDS)

    @extend_schema(
        operation_id="requests_list",
        parameters=[
            OpenApiParameter(
                "ordering",
                enum=list(ORDERS),
                description="What is due next first, or what changed last. Staff begin with the former.",
            )
        ],
        responses=RequestRowSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Find requests."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        rows = all_shown(RequestRowSerializer, page or [], self.get_serializer_context())
        return self.get_paginated_response(rows)

    @extend_schema(
        operation_id="requests_submit",
        parameters=[KEY],
        responses={
            201: RequestSerializer,
            200: OpenApiResponse(RequestSerializer, description="Submitted before with the same key."),
        },
        filters=False,
    )
    def post(self, request: Request) -> Response:
        """Submit a request."""
        given = self.get_serializer(data=request.data)
        given.is_valid(raise_exception=True)
        code: int = status.HTTP_201_CREATED
        try:
            number = self._submit(dict(given.validated_data)).number
        except AlreadyDone as known:
            number, code = self.made_before(known, "submit").ticket.number, status.HTTP_200_OK
        location = request.build_absolute_uri(reverse("api:request", kwargs={"number": number}))
        return _answer(self.shown(number), code, headers={"Location": location})

    def _submit(self, values: dict[str, Any]) -> Ticket:
        requester = values.pop("requester", None)
        try:
            return services.submit(
                services.Asked(**values),
                by=self.person,
                at=self.at,
                requester=requester,
                channel=Channel.API,
                once=self.once(),
            )
        except Invalid as error:
            raise _with_answers_by_key(error) from None


def _with_answers_by_key(error: Invalid) -> Invalid:
    """Forms have a field `answer_<key>` for a question of the service; here it is `answers.<key>`."""
    return Invalid(
        {
            f"answers.{name.removeprefix('answer_')}" if name.startswith("answer_") else name: problems
            for name, problems in error.message_dict.items()
        }
    )


def _answer(shown: dict[str, Any] | None, code: int, headers: dict[str, str] | None = None) -> Response:
    """The request, or nothing when what was done took it out of the person's sight."""
    if shown is None:
        return Response(status=status.HTTP_204_NO_CONTENT)
    return Response(shown, status=code, headers=headers)


class RequestView(Showing):
    """One request."""

    serializer_class = RequestSerializer

    @extend_schema(operation_id="requests_read")
    def get(self, request: Request, number: str) -> Response:
        """One request: what it is, where it stands, what is due, and what can be done."""
        shown = self.shown(number)
        if shown is None:
            raise Ticket.DoesNotExist
        return Response(shown)


class ActView(Showing):
    """One act of the workflow; each has an address of its own.

    Attributes:
        act: which one; given by the route.
    """

    act = Act.REPLY
    schema = ActSchema()

    def get_serializer_class(self) -> type[Serializer[Any]]:
        """What the act takes."""
        return WAYS[self.act].takes

    def get_parsers(self) -> list[BaseParser]:
        """Forms only where files can be sent."""
        return [Json(), Form()] if WAYS[self.act].files else [Json()]

    @extend_schema(
        parameters=[KEY],
        responses={
            200: OpenApiResponse(RequestSerializer, description="Done; the request as it is now."),
            204: OpenApiResponse(description="Done; the request is out of your sight now."),
        },
    )
    def post(self, request: Request, number: str) -> Response:
        """Who may not do it at all is told so before what was sent is looked at."""
        ticket = self.ticket()
        if not RULES[self.act].who(ticket, self.person):
            raise NotAllowed
        given = self.get_serializer(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            WAYS[self.act].run(ticket, by=self.person, at=self.at, once=self.once(), **given.validated_data)
        except AlreadyDone as known:
            self.made_before(known, self.act)
        return _answer(self.shown(number), status.HTTP_200_OK)
