"""Figures of satisfaction: the index, its dimensions and distribution, the response rate (R-050, R-051).

Every function takes requests that `visible_to` has narrowed already, and counts in the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from django.db.models import Avg, Count, Min, Q, Sum

from quality.models import Dimension, Score, Survey, SurveyAnswer, SurveyQuerySet
from tickets.figures import Period
from tickets.models import TicketQuerySet

CSI_TARGET = 0.85
LOW = Score.POOR


@dataclass(frozen=True)
class Scores:
    """Answers added up."""

    total: int = 0
    count: int = 0

    @property
    def mean(self) -> float | None:
        """The mean score, 1 to 5; None without answers."""
        return self.total / self.count if self.count else None

    @property
    def index(self) -> float | None:
        """The satisfaction index: mean score ÷ 5, so 0.2 to 1; None without answers."""
        return self.mean / Score.VERY_GOOD if self.mean is not None else None

    @property
    def share(self) -> float | None:
        """The index under the name that shares have."""
        return self.index

    def __add__(self, other: Scores) -> Scores:
        return Scores(self.total + other.total, self.count + other.count)


@dataclass(frozen=True)
class Responses:
    """Surveys sent in a period and how many of them were answered since; void ones count for neither."""

    sent: int
    answered: int

    @property
    def rate(self) -> float | None:
        """Answered ÷ sent; None when nothing was sent."""
        return self.answered / self.sent if self.sent else None


@dataclass(frozen=True)
class Satisfaction:
    """Satisfaction in a period.

    The index is the mean of all answers (every dimension of every survey answered in the period) divided by 5,
    against a target of 85 %.
    """

    now: Scores
    before: Scores
    trend: tuple[Scores, ...]
    trend_before: tuple[Scores, ...]
    by_dimension: dict[Dimension, Scores]
    distribution: dict[Score, int]
    responses: Responses
    responses_before: Responses
    surveys: int

    @property
    def change(self) -> float | None:
        """The index minus that of the period before; None where either has no data."""
        if self.now.index is None or self.before.index is None:
            return None
        return self.now.index - self.before.index


def satisfaction(tickets: TicketQuerySet, period: Period) -> Satisfaction:
    """The satisfaction index by the day of the answer, and the response rate by the day the survey was sent (R-051)."""
    trend, trend_before = _trends(tickets, period)
    by_dimension, distribution = _spread(tickets, period)
    return Satisfaction(
        now=sum(trend, Scores()),
        before=sum(trend_before, Scores()),
        trend=tuple(trend),
        trend_before=tuple(trend_before),
        by_dimension=by_dimension,
        distribution=distribution,
        **_responses(tickets, period),
    )


def _trends(tickets: TicketQuerySet, period: Period) -> tuple[list[Scores], list[Scores]]:
    answers = SurveyAnswer.objects.filter(
        survey__ticket__in=tickets,
        survey__answered_at__gte=period.before.since,
        survey__answered_at__lt=period.until,
    )
    days = (
        answers.order_by()
        .annotate(day=period.day_of("survey__answered_at"))
        .values_list("day")
        .annotate(total=Sum("score"), count=Count("pk"))
    )
    now, before = [Scores()] * len(period.points), [Scores()] * len(period.before.points)
    for day, total, count in days:
        for part, points in ((period, now), (period.before, before)):
            point = part.point_of(day)
            if point is not None:
                points[point] += Scores(total, count)
    return now, before


def _spread(tickets: TicketQuerySet, period: Period) -> tuple[dict[Dimension, Scores], dict[Score, int]]:
    """Answers of the period by dimension and by score; every one is there, with 0 where nothing is."""
    counted = (
        SurveyAnswer.objects.filter(period.holds("survey__answered_at"), survey__ticket__in=tickets)
        .order_by()
        .values_list("dimension", "score")
        .annotate(count=Count("pk"))
    )
    by_dimension = dict.fromkeys(Dimension, Scores())
    distribution = dict.fromkeys(Score, 0)
    for dimension, score, count in counted:
        by_dimension[Dimension(dimension)] += Scores(score * count, count)
        distribution[Score(score)] += count
    return by_dimension, distribution


class _Replies(TypedDict):
    responses: Responses
    responses_before: Responses
    surveys: int


def _responses(tickets: TicketQuerySet, period: Period) -> _Replies:
    sent, sent_before = (Q(void_at__isnull=True) & part.holds("sent_at") for part in (period, period.before))
    has_answer = Q(answered_at__isnull=False)
    recent = Q(sent_at__gte=period.before.since) | Q(answered_at__gte=period.since)
    found = Survey.objects.filter(recent, ticket__in=tickets).aggregate(
        sent=Count("pk", filter=sent),
        answered=Count("pk", filter=sent & has_answer),
        sent_before=Count("pk", filter=sent_before),
        answered_before=Count("pk", filter=sent_before & has_answer),
        surveys=Count("pk", filter=period.holds("answered_at")),
    )
    return {
        "responses": Responses(found["sent"], found["answered"]),
        "responses_before": Responses(found["sent_before"], found["answered_before"]),
        "surveys": found["surveys"],
    }


def surveys_behind(tickets: TicketQuerySet, period: Period, *, low: bool = False) -> SurveyQuerySet:
    """The surveys answered in the period, with `mean` and `lowest` score; `low`: only those with a score of 1 or 2."""
    found = Survey.objects.filter(period.holds("answered_at"), ticket__in=tickets).annotate(
        mean=Avg("answers__score"), lowest=Min("answers__score")
    )
    return found.filter(lowest__lte=LOW) if low else found


def latest_comments(tickets: TicketQuerySet, period: Period, *, limit: int = 5) -> list[Survey]:
    """The newest answers of the period that say something, with what a row shows of the request."""
    said = surveys_behind(tickets, period).exclude(comment="").select_related("ticket__organisation")
    return list(said.order_by("-answered_at", "-pk")[:limit])
