"""Surveys."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from api.fields import Labelled, Text
from quality.models import Dimension, Score, SurveyAnswer, SurveyQuestion


class SurveyQuestionSerializer(serializers.ModelSerializer[SurveyQuestion]):
    """What is asked about one dimension."""

    dimension = Labelled(Dimension)
    text = serializers.CharField(read_only=True)

    class Meta:
        model = SurveyQuestion
        fields = ["dimension", "text"]


class SurveyAnswerSerializer(serializers.ModelSerializer[SurveyAnswer]):
    """The score given in one dimension."""

    dimension = Labelled(Dimension)
    score = Labelled(Score)

    class Meta:
        model = SurveyAnswer
        fields = ["dimension", "score"]


class SurveySerializer(serializers.Serializer[Any]):
    """The newest survey of a request."""

    sent_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    why_over = serializers.CharField(help_text="Why it can't be answered; empty when it can.")
    questions = SurveyQuestionSerializer(many=True)
    answers = SurveyAnswerSerializer(many=True)
    comment = serializers.CharField()


class SurveyInputSerializer(serializers.Serializer[Any]):
    """An answer: for every dimension that is asked, a score from 1 to 5."""

    scores = serializers.DictField(child=serializers.IntegerField())
    comment = Text(default="")
