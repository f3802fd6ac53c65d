"""`requests/<number>/survey/`: what was asked, and answering it."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import Endpoint
from api.serializers.surveys import SurveyInputSerializer, SurveySerializer
from quality.models import AnsweredVia, Survey
from quality.services import surveys
from tickets.errors import NotAllowed


class SurveyView(Endpoint):
    """The newest survey of a request."""

    queryset = Survey.objects.none()
    serializer_class = SurveyInputSerializer

    @extend_schema(operation_id="survey_read", responses=SurveySerializer)
    def get(self, request: Request, number: str) -> Response:
        """What was asked and, if so, answered."""
        return self._shown(self._survey())

    @extend_schema(operation_id="survey_answer", responses={200: SurveySerializer})
    def post(self, request: Request, number: str) -> Response:
        """Answer it, as a client."""
        survey = self._survey()
        if not self.person.is_client:
            raise NotAllowed
        given = self.get_serializer(data=request.data)
        given.is_valid(raise_exception=True)
        surveys.answer(survey, **given.validated_data, at=self.at, via=AnsweredVia.PORTAL, by=self.person)
        return self._shown(self._survey())

    def _survey(self) -> Survey:
        found = Survey.objects.visible_to(self.person).filter(ticket=self.ticket()).first()
        if found is None:
            raise Http404
        return found

    def _shown(self, survey: Survey) -> Response:
        shown: dict[str, Any] = {
            "sent_at": survey.sent_at,
            "expires_at": survey.expires_at,
            "answered_at": survey.answered_at,
            "why_over": surveys.why_over(survey, self.at),
            "questions": surveys.questions(),
            "answers": survey.answers.order_by("pk"),
            "comment": survey.comment,
        }
        return Response(SurveySerializer(shown).data)
