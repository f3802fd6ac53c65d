"""What clients think: surveys and their answers (R-050, R-051)."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from i18nfield.fields import I18nCharField

from accounts.models import User
from tickets.models import Ticket


class Dimension(models.TextChoices):
    """What is asked about."""

    PROCESS = "process", _("Process")
    RESULT = "result", _("Result")
    EXPERIENCE = "experience", _("Experience")


class Score(models.IntegerChoices):
    """The five points of the scale."""

    VERY_POOR = 1, _("Very dissatisfied")
    POOR = 2, _("Dissatisfied")
    FAIR = 3, _("Neither")
    GOOD = 4, _("Satisfied")
    VERY_GOOD = 5, _("Very satisfied")


class AnsweredVia(models.TextChoices):
    """How an answer came in."""

    PORTAL = "portal", _("Portal")
    LINK = "link", _("Link")
    PHONE = "phone", _("Phone")


class SurveyQuestion(models.Model):
    """The question about one dimension, in every language."""

    dimension = models.CharField(_("dimension"), max_length=20, choices=Dimension.choices, unique=True)
    text = I18nCharField(_("question"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("survey question")
        verbose_name_plural = _("survey questions")
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return str(self.text)


class SurveyQuerySet(models.QuerySet["Survey"]):
    """Surveys, by who may see them and where they stand."""

    def visible_to(self, user: User) -> SurveyQuerySet:
        """Those about requests the person may see."""
        return self.filter(ticket__in=Ticket.objects.visible_to(user))

    def waiting(self) -> SurveyQuerySet:
        """Sent and neither answered nor void; some may have expired."""
        return self.filter(answered_at__isnull=True, void_at__isnull=True)


class Survey(models.Model):
    """One invitation to say how a request went, and the answer."""

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="surveys")
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    void_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_via = models.CharField(max_length=10, choices=AnsweredVia.choices, blank=True)
    comment = models.TextField(blank=True)

    objects = SurveyQuerySet.as_manager()

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"],
                name="one_survey_waiting_per_request",
                condition=Q(answered_at__isnull=True, void_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["sent_at"], name="surveys_sent"),
            models.Index(
                fields=["-answered_at", "-id"], name="surveys_answered", condition=Q(answered_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.sent_at:%Y-%m-%d}"


class SurveyAnswer(models.Model):
    """The score given in one dimension."""

    survey = models.ForeignKey(Survey, on_delete=models.CASCADE, related_name="answers")
    dimension = models.CharField(max_length=20, choices=Dimension.choices)
    score = models.PositiveSmallIntegerField(choices=Score.choices)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [
            models.UniqueConstraint(fields=["survey", "dimension"], name="one_score_per_dimension"),
            models.CheckConstraint(name="scores_are_on_the_scale", condition=Q(score__gte=1, score__lte=5)),
        ]

    def __str__(self) -> str:
        return f"{self.survey_id} {self.dimension} {self.score}"
