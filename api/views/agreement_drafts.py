"""`agreements/<pk>/draft/`: the version that is being worked on, as one document."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import counted_from_one
from api.serializers import agreement_terms as terms
from api.serializers.calendars import BeginDraftSerializer
from api.views.agreements import OurEndpoint
from sla.models import AgreementVersion
from sla.services import agreements as services
from sla.services.agreements import OPEN_STATES


class AgreementDraftView(OurEndpoint):
    """The version in draft or negotiation."""

    queryset = AgreementVersion.objects.none()
    serializer_class = terms.SaveTermsSerializer

    @extend_schema(operation_id="agreements_draft_read", responses=terms.TermsDraftSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """What is being worked on, in draft or negotiation, in the notation in which it is saved."""
        return self._document(self._open())

    @extend_schema(
        operation_id="agreements_draft_begin",
        request=BeginDraftSerializer,
        responses={
            201: terms.TermsDraftSerializer,
            200: OpenApiResponse(terms.TermsDraftSerializer, description="There was one already: this one."),
        },
    )
    def post(self, request: Request, pk: int) -> Response:
        """Begin the next version, a change or a renewal, with the promises of another one (the newest)."""
        agreement, given = self.agreement(), self.given(BeginDraftSerializer)
        versions = agreement.versions.order_by("-number")
        like = get_object_or_404(versions, number=given["like"]) if "like" in given else versions.first()
        before = set(versions.values_list("pk", flat=True))
        draft = services.draft_for(agreement, by=self.person, at=self.at, like=like)
        return self._document(draft, status.HTTP_200_OK if draft.pk in before else status.HTTP_201_CREATED)

    @extend_schema(operation_id="agreements_draft_save", responses=terms.TermsDraftSerializer)
    def put(self, request: Request, pk: int) -> Response:
        """Save everything it says, as one document.

        `revision` is the one that was read. If somebody saved since, nothing is kept: 409, `edited_meanwhile`. In
        negotiation the client's managers are told of what changed.
        """
        version, given = self._open(), self.given()
        with counted_from_one():
            wanted = terms.terms_given(given)
            saved = services.save(version, wanted, revision=given["revision"], by=self.person, at=self.at)
        return self._document(saved)

    @extend_schema(operation_id="agreements_draft_discard", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Throw a draft away that no client has been shown; with its only version the agreement."""
        services.discard(self._open(), by=self.person)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _open(self) -> AgreementVersion:
        found = AgreementVersion.objects.select_related("agreement__organisation", "edited_by")
        return get_object_or_404(found, agreement=self.kwargs["pk"], state__in=OPEN_STATES)

    def _document(self, version: AgreementVersion, code: int = status.HTTP_200_OK) -> Response:
        document: dict[str, Any] = terms.draft_document(version)
        return Response(document, status=code)
