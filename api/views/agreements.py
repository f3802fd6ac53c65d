"""`agreements/`: agreements, their versions, what was said about them, and their files (R-045).

Our people see all of them; managers of ours edit. A client's manager sees the own organisation's versions from the
negotiation on, without ladders and notes; for other clients there is nothing here.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.roles import Capability
from api.base import Endpoint, StaffEndpoint
from api.filters import AgreementFilters, PersonalFilters
from api.once import KEY_OF_A_DAY, once
from api.paging import Keyset
from api.serializers import agreement_terms as terms
from api.serializers import agreements as forms
from api.serializers.calendars import RenameSerializer
from sla.models import Agreement, AgreementVersion
from sla.services import agreements as services
from tickets.errors import Invalid, NotAllowed

TEXTS = ("content", "indicators", "consequences")


class AgreementEndpoint(Endpoint):
    """A view about one agreement, or all."""

    queryset: Any = Agreement.objects.none()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Clients who have no word on agreements find nothing here.

        Raises:
            Http404: see there.
        """
        super().initial(request, *args, **kwargs)
        if self.person.is_client and not self.person.may(Capability.AGREE):
            raise Http404

    def get_serializer_context(self) -> dict[str, Any]:
        """What holds is judged at the instant of the call."""
        return {**super().get_serializer_context(), "at": getattr(self, "at", None)}

    def check_manages(self) -> None:
        """Refuse whoever does not edit agreements.

        Raises:
            NotAllowed: see there.
        """
        if not self.person.may(Capability.CONFIGURE):
            raise NotAllowed

    def agreements(self) -> QuerySet[Agreement]:
        """Those the person may see, with the versions they may read."""
        seen = AgreementVersion.objects.visible_to(self.person).select_related("edited_by").defer(*TEXTS)
        versions = Prefetch("versions", queryset=seen.order_by("-number"), to_attr="seen")
        return Agreement.objects.visible_to(self.person).select_related("organisation").prefetch_related(versions)

    def agreement(self) -> Agreement:
        """The agreement of the address.

        Raises:
            Http404: there is none, or the person may not see it.
        """
        return get_object_or_404(self.agreements(), pk=self.kwargs["pk"])

    def version(self) -> AgreementVersion:
        """The version of the address.

        Raises:
            Http404: there is none, or the person may not see it.
        """
        return get_object_or_404(self._versions(), agreement=self.kwargs["pk"], number=self.kwargs["number"])

    def shown(self) -> Response:
        """The version of the address as it is now.

        Raises:
            Http404: as above.
        """
        everything = self._versions().prefetch_related(
            "targets__calendar",
            "targets__service",
            "targets__ladder__give_to",
            "files__version",
            "record__actor",
        )
        version = get_object_or_404(everything, agreement=self.kwargs["pk"], number=self.kwargs["number"])
        return Response(forms.AgreementVersionSerializer(version, context=self.get_serializer_context()).data)

    def _versions(self) -> QuerySet[AgreementVersion]:
        seen = AgreementVersion.objects.visible_to(self.person)
        return seen.select_related("agreement__organisation", "edited_by")

    def given(self, form: type[Any] | None = None) -> dict[str, Any]:
        """What was sent, cleaned."""
        make = form or self.get_serializer_class()
        serializer = make(data=self.request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)


class OurEndpoint(AgreementEndpoint, StaffEndpoint):
    """A view about agreements for our own people; for clients there is none at its address."""


class AgreementsView(AgreementEndpoint):
    """All agreements a person may see."""

    serializer_class = forms.NewAgreementSerializer
    pagination_class = Keyset
    filter_backends = (PersonalFilters,)
    filterset_class = AgreementFilters

    def get_queryset(self) -> QuerySet[Any]:
        """See there."""
        return self.agreements()

    @extend_schema(operation_id="agreements_list", responses=forms.AgreementSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Agreements, each with the versions the person may read."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        rows = forms.AgreementSerializer(page, many=True, context=self.get_serializer_context())
        return self.get_paginated_response(rows.data)

    @extend_schema(
        operation_id="agreements_create",
        parameters=[KEY_OF_A_DAY],
        responses={
            201: terms.TermsDraftSerializer,
            200: OpenApiResponse(terms.TermsDraftSerializer, description="Begun before with the same key."),
        },
        filters=False,
    )
    def post(self, request: Request) -> Response:
        """Begin an agreement; the answer is its first draft."""
        self.check_manages()
        given = self.given()
        like = self._like(given.get("like"))
        pk, is_new = once(
            self.once(),
            "agreement",
            by=self.person,
            at=self.at,
            make=lambda: services.create(given["name"], given["organisation"], by=self.person, at=self.at, like=like),
        )
        draft = get_object_or_404(AgreementVersion.objects.select_related("edited_by"), pk=pk)
        location = request.build_absolute_uri(reverse("api:agreement", kwargs={"pk": draft.agreement_id}))
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(terms.draft_document(draft), status=code, headers={"Location": location})

    def _like(self, named: dict[str, int] | None) -> AgreementVersion | None:
        if named is None:
            return None
        found = AgreementVersion.objects.filter(agreement=named["agreement"], number=named["number"]).first()
        if found is None:
            raise Invalid({"like": [_("There is no such version.")]})
        return found


class AgreementView(AgreementEndpoint):
    """One agreement."""

    serializer_class = RenameSerializer

    @extend_schema(operation_id="agreements_read", responses=forms.AgreementSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """One agreement, with the versions the person may read."""
        return self._shown()

    @extend_schema(operation_id="agreements_rename", responses=forms.AgreementSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        """Give it another name."""
        agreement = self.agreement()
        self.check_manages()
        services.rename(agreement, self.given()["name"], by=self.person)
        return self._shown()

    def _shown(self) -> Response:
        return Response(forms.AgreementSerializer(self.agreement(), context=self.get_serializer_context()).data)


class AgreementVersionView(AgreementEndpoint):
    """One version."""

    queryset = AgreementVersion.objects.none()
    serializer_class = forms.AgreementVersionSerializer

    @extend_schema(operation_id="agreements_version")
    def get(self, request: Request, pk: int, number: int) -> Response:
        """One version: what is promised, the texts, the files, who signed."""
        return self.shown()
