"""`calendars/`: working calendars, their versions and drafts, and what can be asked of them (SLA-02…SLA-06, SLA-30)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import StaffEndpoint
from api.errors import counted_from_one
from api.once import KEY_OF_A_DAY, once
from api.paging import BY_NAME, NEWEST_VERSION, Keyset, Order
from api.serializers import calendars as forms
from sla.models import CalendarVersion, VersionState, WorkingCalendar
from sla.services import calendars as services
from sla.services.standing import Standing, standings, uses_of
from sla.services.templates import TEMPLATES


class CalendarEndpoint(StaffEndpoint):
    """A view about one calendar, or all. Everybody of ours may look, managers change."""

    queryset: Any = WorkingCalendar.objects.none()

    def calendar(self) -> WorkingCalendar:
        """The calendar of the address.

        Raises:
            Http404: there is none.
        """
        return get_object_or_404(WorkingCalendar, pk=self.kwargs["pk"])

    def standing(self) -> Standing:
        """How it stands.

        Raises:
            Http404: there is none.
        """
        return standings([self.calendar()], self.at)[0]

    def version(self, number: int) -> CalendarVersion:
        """One of its versions.

        Raises:
            Http404: there is none of that number.
        """
        found = CalendarVersion.objects.select_related("calendar", "published_by", "edited_by")
        return get_object_or_404(found, calendar=self.kwargs["pk"], number=number)

    def draft(self) -> CalendarVersion:
        """Its draft.

        Raises:
            Http404: there is none.
        """
        found = CalendarVersion.objects.select_related("calendar", "published_by", "edited_by")
        return get_object_or_404(found, calendar=self.kwargs["pk"], state=VersionState.DRAFT)

    def given(self, form: type[Any] | None = None) -> dict[str, Any]:
        """What was sent, cleaned."""
        serializer = form(data=self.request.data) if form else self.get_serializer(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def asked(self, form: type[Any]) -> dict[str, Any]:
        """What the address asks, cleaned."""
        serializer = form(data=self.request.query_params.dict())
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)


def shown(version: CalendarVersion, code: int = status.HTTP_200_OK) -> Response:
    """A version with what it says."""
    return Response(forms.CalendarVersionSerializer(version).data, status=code)


class CalendarsView(CalendarEndpoint):
    """All calendars."""

    serializer_class = forms.NewCalendarSerializer
    pagination_class = Keyset

    def order(self) -> Order:
        """By name."""
        return BY_NAME

    @extend_schema(operation_id="calendars_list", responses=forms.StandingSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Working calendars by name: the version in force, what is coming, the draft."""
        page = self.paginate_queryset(WorkingCalendar.objects.all()) or []
        return self.get_paginated_response(forms.StandingSerializer(standings(page, self.at), many=True).data)

    @extend_schema(
        operation_id="calendars_create",
        parameters=[KEY_OF_A_DAY],
        responses={
            201: forms.CalendarVersionSerializer,
            200: OpenApiResponse(forms.CalendarVersionSerializer, description="Begun before with the same key."),
        },
    )
    def post(self, request: Request) -> Response:
        """Begin a calendar; the answer is its first draft."""
        given = self.given()
        name, content = given["name"], forms.content_of(given)
        with counted_from_one():
            pk, is_new = once(
                self.once(),
                "calendar",
                by=self.person,
                at=self.at,
                make=lambda: services.create(name, content, by=self.person, at=self.at),
            )
        made = get_object_or_404(CalendarVersion.objects.select_related("published_by", "edited_by"), pk=pk)
        answer = shown(made, status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)
        address = reverse("api:calendar", kwargs={"pk": made.calendar_id})
        answer["Location"] = request.build_absolute_uri(address)
        return answer


class CalendarTemplatesView(CalendarEndpoint):
    """Calendars to begin with."""

    serializer_class = forms.TemplateSerializer

    @extend_schema(operation_id="calendars_templates", responses=forms.TemplateSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Contents to begin a calendar with: China, 24×7, Europe, the United States and others."""
        rows = [{"key": each.key, "label": each.label, **vars(each.content)} for each in TEMPLATES]
        return Response(forms.TemplateSerializer(rows, many=True).data)


class CalendarView(CalendarEndpoint):
    """One calendar."""

    serializer_class = forms.ChangeCalendarSerializer

    @extend_schema(operation_id="calendars_read", responses=forms.CalendarDetailSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """One calendar: the version in force and what it says, what is coming, the draft, and who counts by it."""
        return self._shown()

    @extend_schema(operation_id="calendars_change", responses=forms.CalendarDetailSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        """Give it another name, or take it out of use; what was measured under it stays."""
        given, calendar = self.given(), self.calendar()
        with transaction.atomic():
            if "name" in given:
                services.rename(calendar, given["name"], by=self.person)
            if "is_active" in given:
                services.set_in_use(calendar, given["is_active"], by=self.person)
        return self._shown()

    def _shown(self) -> Response:
        standing = self.standing()
        found = {**vars(standing), "uses": uses_of(standing.calendar, self.at)}
        return Response(forms.CalendarDetailSerializer(found).data)


class CalendarVersionsView(CalendarEndpoint):
    """The versions of a calendar."""

    queryset = CalendarVersion.objects.none()
    serializer_class = forms.CalendarVersionShortSerializer
    pagination_class = Keyset

    def order(self) -> Order:
        """The newest first."""
        return NEWEST_VERSION

    @extend_schema(operation_id="calendars_versions", responses=forms.CalendarVersionShortSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        """Its versions, the newest first; the draft is one of them."""
        found = self.calendar().versions.select_related("published_by", "edited_by").defer("definition", "exceptions")
        return self.get_paginated_response(self.get_serializer(self.paginate_queryset(found), many=True).data)


class CalendarVersionView(CalendarEndpoint):
    """One version."""

    queryset = CalendarVersion.objects.none()
    serializer_class = forms.CalendarVersionSerializer

    @extend_schema(operation_id="calendars_version")
    def get(self, request: Request, pk: int, number: int) -> Response:
        """One version and what it says."""
        return shown(self.version(number))


# --- drafts -----------------------------------------------------------------------------------------


class CalendarDraftView(CalendarEndpoint):
    """The draft of a calendar."""

    queryset = CalendarVersion.objects.none()
    serializer_class = forms.SaveDraftSerializer

    @extend_schema(operation_id="calendars_draft_read", responses=forms.CalendarVersionSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """The draft as it is, with its revision."""
        return shown(self.draft())

    @extend_schema(
        operation_id="calendars_draft_begin",
        request=forms.BeginDraftSerializer,
        responses={
            201: forms.CalendarVersionSerializer,
            200: OpenApiResponse(forms.CalendarVersionSerializer, description="There was a draft already: this one."),
        },
    )
    def post(self, request: Request, pk: int) -> Response:
        """Begin a draft that says what another version says; public days are taken over anew."""
        calendar, given = self.calendar(), self.given(forms.BeginDraftSerializer)
        like = self.version(given["like"]) if "like" in given else None
        before = set(calendar.versions.values_list("pk", flat=True))
        draft = services.draft_for(calendar, by=self.person, at=self.at, like=like)
        return shown(draft, status.HTTP_200_OK if draft.pk in before else status.HTTP_201_CREATED)

    @extend_schema(operation_id="calendars_draft_save", responses=forms.CalendarVersionSerializer)
    def put(self, request: Request, pk: int) -> Response:
        """Save the whole draft.

        `revision` is the one that was read. If somebody saved since, nothing is kept: 409, `edited_meanwhile`.
        """
        draft, given = self.draft(), self.given()
        with counted_from_one():
            saved = services.save_draft(
                draft,
                forms.content_of(given),
                revision=given["revision"],
                note=given["note"],
                by=self.person,
                at=self.at,
            )
        return shown(saved)

    @extend_schema(operation_id="calendars_draft_discard", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        """Throw the draft away, and with its only version the calendar."""
        services.discard_draft(self.draft(), by=self.person)
        return Response(status=status.HTTP_204_NO_CONTENT)


class CalendarPublicDaysView(CalendarEndpoint):
    """Taking over public days."""

    queryset = CalendarVersion.objects.none()

    @extend_schema(
        operation_id="calendars_draft_public_days", request=None, responses={200: forms.CalendarVersionSerializer}
    )
    def post(self, request: Request, pk: int) -> Response:
        """Take the public days over into the draft as they are known today; without a draft, one is begun."""
        return shown(services.take_over_public_days(self.calendar(), by=self.person, at=self.at))


class CalendarPublishView(CalendarEndpoint):
    """Publishing a draft."""

    queryset = CalendarVersion.objects.none()
    serializer_class = forms.PublishSerializer

    @extend_schema(operation_id="calendars_draft_publish", responses={200: forms.CalendarVersionSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Settle the draft for good: cycles that start from its date on use it (SLA-31)."""
        draft, given = self.draft(), self.given()
        return shown(services.publish_draft(draft, by=self.person, at=self.at, **given))
