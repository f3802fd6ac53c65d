"""What hangs on a version of an agreement: comments of both sides, contract files (R-045)."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from api.once import KEY_OF_A_DAY, once
from api.paging import Keyset
from api.parsers import Form
from api.serializers import agreements as forms
from api.streaming import AsItIs, streamed
from api.views.agreements import AgreementEndpoint
from sla.models import AgreementComment, AgreementFile, AgreementVersion
from sla.services import agreements as services


class AgreementCommentsView(AgreementEndpoint):
    """What was said about a version."""

    queryset = AgreementComment.objects.none()
    serializer_class = forms.CommentInputSerializer
    pagination_class = Keyset

    @extend_schema(operation_id="agreements_comments", responses=forms.CommentSerializer(many=True))
    def get(self, request: Request, pk: int, number: int) -> Response:
        """What both sides said about a version, oldest first."""
        page = self.paginate_queryset(self.version().comments.select_related("author"))
        return self.get_paginated_response(forms.CommentSerializer(page, many=True).data)

    @extend_schema(
        operation_id="agreements_comment",
        parameters=[KEY_OF_A_DAY],
        responses={
            201: forms.CommentSerializer,
            200: OpenApiResponse(forms.CommentSerializer, description="Said before with the same key."),
        },
    )
    def post(self, request: Request, pk: int, number: int) -> Response:
        """Say something about a version in negotiation; the other side is told."""
        version = self.version()
        if self.person.is_service_staff:
            self.check_manages()
        body = self.given()["body"]
        made, is_new = once(
            self.once(),
            f"agreement-comment:{version.pk}",
            by=self.person,
            at=self.at,
            make=lambda: services.comment(version, by=self.person, body=body, at=self.at),
        )
        found = get_object_or_404(version.comments.select_related("author"), pk=made)
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(forms.CommentSerializer(found).data, status=code)


class AgreementFilesView(AgreementEndpoint):
    """The contract files of a version."""

    queryset = AgreementFile.objects.none()
    serializer_class = forms.FilesInputSerializer
    parser_classes = (Form,)

    @extend_schema(operation_id="agreements_files", responses=forms.ContractFileSerializer(many=True))
    def get(self, request: Request, pk: int, number: int) -> Response:
        """The contract, its annexes, the signed paper."""
        return self._shown(self.version())

    @extend_schema(
        operation_id="agreements_files_add",
        parameters=[KEY_OF_A_DAY],
        responses={
            201: forms.ContractFileSerializer(many=True),
            200: OpenApiResponse(forms.ContractFileSerializer(many=True), description="Added before with this key."),
        },
    )
    def post(self, request: Request, pk: int, number: int) -> Response:
        """Add files; also to a version that holds, since papers may come later. The answer is all files of it."""
        version = self.version()
        self.check_manages()
        files = self.given()["files"]

        def make() -> AgreementVersion:
            services.attach(version, files, by=self.person, at=self.at)
            return version

        _made, is_new = once(self.once(), f"agreement-files:{version.pk}", by=self.person, at=self.at, make=make)
        return self._shown(version, status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)

    def _shown(self, version: AgreementVersion, code: int = status.HTTP_200_OK) -> Response:
        files = version.files.select_related("version")
        context = self.get_serializer_context()
        return Response(forms.ContractFileSerializer(files, many=True, context=context).data, status=code)


class AgreementFileView(AgreementEndpoint):
    """A contract file."""

    queryset = AgreementFile.objects.none()
    content_negotiation_class = AsItIs

    @extend_schema(
        operation_id="agreements_file_fetch",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, pk: int, number: int, key: UUID) -> FileResponse:
        """Fetch a file. It is never shown in place, and what is in it can't run."""
        return streamed(self._file(key))

    @extend_schema(operation_id="agreements_file_remove", responses={204: None})
    def delete(self, request: Request, pk: int, number: int, key: UUID) -> Response:
        """Take a file out of a version that is not agreed yet."""
        file = self._file(key)
        self.check_manages()
        services.detach(file, by=self.person)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _file(self, key: UUID) -> AgreementFile:
        return get_object_or_404(AgreementFile, version=self.version(), key=key)
