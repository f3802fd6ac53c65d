"""`what-ifs/` and `recalculations/`: asked, worked on in the background, answered (SLA-31, SLA-62)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.roles import Capability
from api import answers, reading
from api.base import StaffEndpoint
from api.errors import counted_from_one
from api.filters import FlipFilters, PersonalFilters
from api.once import KEY_OF_A_DAY, once
from api.paging import NEWEST, Keyset, Order
from api.serializers import what_ifs as forms
from api.serializers.agreement_terms import promises_given
from jobs import services as jobs
from sla.models import (
    AgreementVersion,
    CalendarVersion,
    WhatIf,
    WhatIfFlip,
)
from sla.services import what_if
from tickets.errors import Invalid
from tickets.models import Ticket


class ReplayEndpoint(StaffEndpoint):
    """A view about background work."""

    reads: tuple[Capability, ...] = (Capability.CONFIGURE,)

    def get_serializer_context(self) -> dict[str, Any]:
        """How long it will take is guessed at the instant of the call."""
        return {**super().get_serializer_context(), "at": getattr(self, "at", None)}

    def given(self) -> dict[str, Any]:
        """What was sent, cleaned."""
        serializer = self.get_serializer(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)


def there(queryset: QuerySet[Any], place: str, **named: Any) -> Any:
    """The row that a document names.

    Raises:
        Invalid: at its place; there is none.
    """
    found = queryset.filter(**named).first()
    if found is None:
        raise Invalid({place: [_("There is none with this id.")]})
    return found


class WhatIfEndpoint(ReplayEndpoint):
    """A view about a question. Whoever sees the managers' figures may read an answer that was passed on."""

    queryset: Any = WhatIf.objects.none()
    reads: tuple[Capability, ...] = (Capability.CONFIGURE, Capability.SEE_LEVELS)

    def asked(self) -> WhatIf:
        """The question of the address.

        Raises:
            Http404: there is none.
        """
        return get_object_or_404(WhatIf.objects.select_related("job", "by"), pk=self.kwargs["pk"])

    def shown(self, pk: int, code: int = status.HTTP_200_OK) -> Response:
        """A question as it is now, with its answer if that is there."""
        asked = get_object_or_404(WhatIf.objects.select_related("job", "by"), pk=pk)
        about = {"answer": answers.answer_of(asked), "promises": answers.promises_of(asked)}
        context = {**self.get_serializer_context(), **about}
        return Response(forms.WhatIfSerializer(asked, context=context).data, status=code)


class WhatIfsView(WhatIfEndpoint):
    """All questions."""

    serializer_class = forms.AskWhatIfSerializer
    pagination_class = Keyset
    reads: tuple[Capability, ...] = (Capability.CONFIGURE,)

    def order(self) -> Order:
        """The newest first."""
        return NEWEST

    @extend_schema(operation_id="what_ifs_list", responses=forms.WhatIfRowSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Everything that was asked, the newest first."""
        page = self.paginate_queryset(WhatIf.objects.select_related("job", "by").defer("result"))
        rows = forms.WhatIfRowSerializer(page, many=True, context=self.get_serializer_context())
        return self.get_paginated_response(rows.data)

    @extend_schema(
        operation_id="what_ifs_ask",
        parameters=[KEY_OF_A_DAY],
        responses={
            201: forms.WhatIfSerializer,
            200: OpenApiResponse(forms.WhatIfSerializer, description="Asked before with the same key."),
        },
    )
    def post(self, request: Request) -> Response:
        """Ask what would have been if other terms had held (SLA-62). Nothing is changed by it.

        The replay is done in the background: read the question again until `job.state` says that it is over.
        """
        given = self.given()
        about = _assumed(given)
        with counted_from_one():
            pk, is_new = once(
                self.once(),
                "what-if",
                by=self.person,
                at=self.at,
                make=lambda: what_if.ask(
                    given["name"],
                    by=self.person,
                    at=self.at,
                    since=given["since"],
                    until=given["until"],
                    clients=given["clients"],
                    **about,
                ),
            )
        answer = self.shown(pk, status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)
        answer["Location"] = request.build_absolute_uri(reverse("api:what-if", kwargs={"pk": pk}))
        return answer


def _assumed(given: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "agreement" in given:
        versions = AgreementVersion.objects.select_related("agreement")
        found["agreement"] = there(versions, "agreement", **given["agreement"])
    if "calendar" in given:
        found["calendar"] = there(CalendarVersion.objects.select_related("calendar"), "calendar", **given["calendar"])
    if "promises" in given:
        found["promises"] = promises_given(given["promises"])
    return found


class WhatIfView(WhatIfEndpoint):
    """One question."""

    serializer_class = forms.WhatIfSerializer

    @extend_schema(operation_id="what_ifs_read")
    def get(self, request: Request, pk: int) -> Response:
        """One question: what was assumed, how far the replay is, and the answer once it is there."""
        return self.shown(pk)

    @extend_schema(operation_id="what_ifs_delete", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Throw a question and its answer away; a replay under way ends."""
        what_if.delete(self.asked(), by=self.person, at=self.at)
        return Response(status=status.HTTP_204_NO_CONTENT)


class WhatIfCancelView(WhatIfEndpoint):
    """Taking a question back."""

    @extend_schema(operation_id="what_ifs_cancel", request=None, responses={200: forms.WhatIfSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Stop the replay; where it is over already nothing changes."""
        jobs.cancel(self.asked().job, at=self.at)
        return self.shown(pk)


class WhatIfFlipsView(WhatIfEndpoint):
    """What would have come out otherwise."""

    queryset = WhatIfFlip.objects.none()
    serializer_class = forms.FlipSerializer
    pagination_class = Keyset
    filter_backends = (PersonalFilters,)
    filterset_class = FlipFilters

    def get_queryset(self) -> QuerySet[Any]:
        """Of requests the person may see."""
        return flips_of(self.asked()).filter(ticket__in=Ticket.objects.visible_to(self.person))

    @extend_schema(operation_id="what_ifs_flips", responses=forms.FlipSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """The cycles that would have come out otherwise, of the requests the person may see."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


def flips_of(asked: WhatIf) -> QuerySet[WhatIfFlip]:
    """Those of a question, with their requests."""
    return WhatIfFlip.objects.filter(what_if=asked).select_related("ticket")


class WhatIfFlipView(WhatIfEndpoint):
    """One of them."""

    queryset = WhatIfFlip.objects.none()
    serializer_class = forms.FlipExplainedSerializer

    @extend_schema(operation_id="what_ifs_flip")
    def get(self, request: Request, pk: int, flip: int) -> Response:
        """One changed outcome with its two ledgers: as it was, and as it would have been."""
        asked = self.asked()
        seen = flips_of(asked).filter(ticket__in=Ticket.objects.visible_to(self.person))
        found = get_object_or_404(seen, pk=flip)
        context = {**self.get_serializer_context(), "readings": reading.side_by_side(asked, found)}
        return Response(forms.FlipExplainedSerializer(found, context=context).data)
