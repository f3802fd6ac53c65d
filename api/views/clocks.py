"""Clocks, over all requests and of one."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api import reading
from api.base import Endpoint
from api.filters import ClockFilters, PersonalFilters
from api.paging import DUE, Keyset, Order
from api.serializers.clocks import ClockExplainedSerializer, ClockOfRequestSerializer
from sla.models import Clock


class ClocksView(Endpoint):
    """Clocks of all requests a person may see."""

    queryset = Clock.objects.none()
    serializer_class = ClockOfRequestSerializer
    pagination_class = Keyset
    filter_backends = (PersonalFilters,)
    filterset_class = ClockFilters

    def order(self) -> Order:
        """What is due next comes first."""
        return DUE

    def get_queryset(self) -> QuerySet[Any]:
        """Of requests the person may see; what a later target replaced for staff only."""
        found = Clock.objects.visible_to(self.person).select_related("ticket")
        return found.current() if self.person.is_client else found

    @extend_schema(operation_id="clocks_list", responses=ClockOfRequestSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Find clocks."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class ClocksOfRequestView(Endpoint):
    """The clocks of one request, explained."""

    queryset = Clock.objects.none()
    serializer_class = ClockExplainedSerializer
    pagination_class = Keyset

    @extend_schema(
        operation_id="requests_clocks",
        parameters=[
            OpenApiParameter(
                "ledger",
                OpenApiTypes.BOOL,
                description="Compute each clock anew from the record and account for every second.",
            ),
            OpenApiParameter(
                "why", OpenApiTypes.BOOL, description="Name the targets that were considered for each clock (staff)."
            ),
        ],
        responses=ClockExplainedSerializer(many=True),
    )
    def get(self, request: Request, number: str) -> Response:
        """Clocks, the promises they stand on and why these hold."""
        ticket = self.ticket()
        found = reading.clocks_of(ticket, self.person).select_related("pin__target", "pin__calendar_version__calendar")
        if self.person.is_service_staff:
            found = found.prefetch_related("pin__target__ladder__give_to")
        page = self.paginate_queryset(found) or []
        wants_why = self._wants("why") and self.person.is_service_staff
        context = {
            **self.get_serializer_context(),
            "readings": reading.readings_of(ticket, self.at) if self._wants("ledger") else {},
            "reasons": reading.reasons_of(ticket, page) if wants_why else {},
        }
        return self.get_paginated_response(ClockExplainedSerializer(page, many=True, context=context).data)

    def _wants(self, name: str) -> bool:
        return self.request.query_params.get(name, "").lower() in {"1", "true"}
