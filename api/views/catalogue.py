"""`services/`: what can be asked for."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import Endpoint
from api.paging import BY_POSITION, Keyset, Order
from api.serializers.catalogue import ServiceSerializer
from tickets.models import Service


class ServicesView(Endpoint):
    """The service catalogue."""

    queryset = Service.objects.none()
    serializer_class = ServiceSerializer
    pagination_class = Keyset

    def order(self) -> Order:
        """As the catalogue shows them."""
        return BY_POSITION

    def get_queryset(self) -> QuerySet[Any]:
        """Those the person may see, with their questions."""
        return Service.objects.visible_to(self.person).select_related("team").prefetch_related("fields__choices")

    @extend_schema(operation_id="services_list", responses=ServiceSerializer(many=True))
    def get(self, request: Request) -> Response:
        """The services on offer, with what each asks, in the language asked for and in all."""
        page = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(page, many=True).data)
