"""`recalculations/`: running clocks moved to newer versions: previewed, applied, on record (SLA-31)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from api.filters import ChangeFilters, PersonalFilters
from api.once import KEY_OF_A_DAY, once
from api.paging import NEWEST, Keyset, Order
from api.serializers import replays as forms
from api.views.replays import ReplayEndpoint, there
from jobs import services as jobs
from sla.models import (
    Agreement,
    Recalculation,
    RecalculationChange,
    WorkingCalendar,
)
from sla.services import recalculation
from tickets.models import Ticket


class RecalculationEndpoint(ReplayEndpoint):
    """A view about a recalculation."""

    queryset: Any = Recalculation.objects.none()

    def found(self, pk: int | None = None) -> Recalculation:
        """The recalculation of the address, or another.

        Raises:
            Http404: there is none.
        """
        related = ("preview", "apply__by", "by", "calendar", "agreement")
        return get_object_or_404(Recalculation.objects.select_related(*related), pk=pk or self.kwargs["pk"])

    def shown(self, pk: int | None = None, code: int = status.HTTP_200_OK) -> Response:
        """As it is now."""
        context = self.get_serializer_context()
        return Response(forms.RecalculationSerializer(self.found(pk), context=context).data, status=code)


class RecalculationsView(RecalculationEndpoint):
    """All recalculations."""

    serializer_class = forms.PreviewSerializer
    pagination_class = Keyset

    def order(self) -> Order:
        """The newest first."""
        return NEWEST

    @extend_schema(operation_id="recalculations_list", responses=forms.RecalculationSerializer(many=True))
    def get(self, request: Request) -> Response:
        """All of them, the newest first."""
        related = ("preview", "apply__by", "by", "calendar", "agreement")
        page = self.paginate_queryset(Recalculation.objects.select_related(*related))
        rows = forms.RecalculationSerializer(page, many=True, context=self.get_serializer_context())
        return self.get_paginated_response(rows.data)

    @extend_schema(
        operation_id="recalculations_preview",
        parameters=[KEY_OF_A_DAY],
        responses={
            201: forms.RecalculationSerializer,
            200: OpenApiResponse(forms.RecalculationSerializer, description="Asked before with the same key."),
        },
    )
    def post(self, request: Request) -> Response:
        """Look what would change for running clocks if they moved to the versions in force now (SLA-31).

        Done in the background: read it again until `preview.state` says that it is over. Nothing is changed by it.
        """
        given = self.given()
        about: dict[str, Any] = {}
        if "calendar" in given:
            about["calendar"] = there(WorkingCalendar.objects.all(), "calendar", pk=given["calendar"])
        if "agreement" in given:
            about["agreement"] = there(Agreement.objects.all(), "agreement", pk=given["agreement"])
        pk, is_new = once(
            self.once(),
            "recalculation",
            by=self.person,
            at=self.at,
            make=lambda: recalculation.preview(by=self.person, at=self.at, reason=given["reason"], **about),
        )
        answer = self.shown(pk, status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)
        answer["Location"] = request.build_absolute_uri(reverse("api:recalculation", kwargs={"pk": pk}))
        return answer


class RecalculationView(RecalculationEndpoint):
    """One recalculation."""

    serializer_class = forms.RecalculationSerializer

    @extend_schema(operation_id="recalculations_read")
    def get(self, request: Request, pk: int) -> Response:
        """One: how far it is, what the preview found, what was moved."""
        return self.shown()


class RecalculationChangesView(RecalculationEndpoint):
    """What a preview found."""

    queryset = RecalculationChange.objects.none()
    serializer_class = forms.ChangeSerializer
    pagination_class = Keyset
    filter_backends = (PersonalFilters,)
    filterset_class = ChangeFilters

    def get_queryset(self) -> QuerySet[Any]:
        """Of requests the person may see."""
        seen = Ticket.objects.visible_to(self.person)
        return self.found().changes.filter(ticket__in=seen).select_related("ticket")

    @extend_schema(operation_id="recalculations_changes", responses=forms.ChangeSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """What would change, cycle by cycle."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class RecalculationApplyView(RecalculationEndpoint):
    """Doing what was previewed."""

    @extend_schema(operation_id="recalculations_apply", request=None, responses={200: forms.RecalculationSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Move the running clocks, in the background; it is recorded on each request, with who and why."""
        recalculation.apply(self.found(), by=self.person, at=self.at)
        return self.shown()


class RecalculationCancelView(RecalculationEndpoint):
    """Stopping it."""

    @extend_schema(operation_id="recalculations_cancel", request=None, responses={200: forms.RecalculationSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Stop the preview, or the moving of clocks: what was moved stays moved."""
        found = self.found()
        jobs.cancel(found.apply or found.preview, at=self.at)
        return self.shown()
