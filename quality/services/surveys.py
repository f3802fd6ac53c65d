"""Surveys: sent when a request is closed, answered in the portal or through a signed link, once (R-050)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.core import signing
from django.utils.translation import gettext as _
from i18nfield.strings import LazyI18nString

from accounts.models import User
from quality import telling
from quality.models import AnsweredVia, Dimension, Score, Survey, SurveyAnswer, SurveyQuestion
from tickets.errors import ActError, Invalid, NotAllowed
from tickets.events import digest, record
from tickets.models import Ticket, TicketEvent
from tickets.services.door import locked
from tickets.services.texts import clean_text
from tickets.states import EventKind, State, Visibility

OPEN_FOR = timedelta(days=30)
SALT = "quality.survey"


class SurveyOver(ActError):
    """The survey can't be answered any more: answered, expired, or its request was reopened."""

    code = "survey_over"


def send(ticket: Ticket, *, at: datetime) -> Survey:
    """Invite the contact of a locked, just closed request; an earlier invitation without an answer becomes void."""
    void_waiting(ticket, at=at)
    survey = Survey.objects.create(ticket=ticket, sent_at=at, expires_at=at + OPEN_FOR)
    event = record(ticket, EventKind.SURVEY_SENT, at=at, visibility=Visibility.INTERNAL, data={"survey": survey.pk})
    telling.tell_invitation(ticket, survey, event, token=token_for(survey), at=at)
    return survey


def void_waiting(ticket: Ticket, *, at: datetime) -> None:
    """Take back the invitation of a request that was reopened."""
    Survey.objects.waiting().filter(ticket=ticket).update(void_at=at)


def token_for(survey: Survey) -> str:
    """The signed token of a survey's link; it holds nothing but the survey's key."""
    return signing.dumps(str(survey.key), salt=SALT)


def by_token(token: str) -> Survey:
    """The survey of a link.

    Raises:
        Survey.DoesNotExist: the token is not one of ours.
    """
    try:
        key = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        raise Survey.DoesNotExist from None
    return Survey.objects.select_related("ticket__organisation", "ticket__requester", "ticket__service").get(key=key)


def why_over(survey: Survey, at: datetime) -> str:
    """Why a survey can't be answered, as a sentence; empty when it can."""
    if survey.answered_at is not None:
        return _("This survey has been answered already. Thank you.")
    if survey.void_at is not None:
        return _("The request was reopened, so this survey is void. A new one follows when it is closed again.")
    if at > survey.expires_at:
        return _("This survey has expired.")
    return ""


def answer(
    survey: Survey,
    *,
    scores: Mapping[str, int],
    comment: str,
    at: datetime,
    via: AnsweredVia,
    by: User | None = None,
) -> Survey:
    """Keep an answer.

    Args:
        scores: dimension → 1…5; every dimension that is asked.
        by: the signed-in person; nobody when it comes through the link.

    Raises:
        Invalid: at `scores.<dimension>` or `comment`.
        SurveyOver: answered, expired or void.
        NotAllowed: staff answer for a client only when they take it down on the phone.
        Ticket.DoesNotExist: this person may not see the request.
    """
    if by is not None and by.is_service_staff and via != AnsweredVia.PHONE:
        raise NotAllowed
    clean = _clean_scores(scores)
    comment = clean_text(comment, "comment", required=False, limit=4000)
    with locked(survey.ticket_id, at=at, by=by) as ticket:
        held = Survey.objects.select_for_update().get(pk=survey.pk)
        over = why_over(held, at)
        if over:
            raise SurveyOver(over)
        held.answered_at, held.answered_by, held.answered_via, held.comment = at, by, via, comment
        held.save()
        SurveyAnswer.objects.bulk_create(
            SurveyAnswer(survey=held, dimension=dimension, score=score) for dimension, score in clean.items()
        )
        event = record(
            ticket,
            EventKind.SURVEY_ANSWERED,
            at=at,
            actor=by,
            visibility=Visibility.INTERNAL,
            data={"survey": held.pk, "scores": clean, "via": str(via), "comment_sha256": digest(comment)},
        )
        telling.tell_answer(ticket, held, event, scores=clean, at=at)
        return held


def _clean_scores(scores: Mapping[str, int]) -> dict[str, int]:
    problems: dict[str, list[str]] = {}
    clean: dict[str, int] = {}
    for question in questions():
        score = scores.get(question.dimension)
        if score in Score.values and score is not None:
            clean[question.dimension] = int(score)
        else:
            problems[f"scores.{question.dimension}"] = [_("Please choose one of the five answers.")]
    if problems:
        raise Invalid(problems)
    return clean


def questions() -> list[SurveyQuestion]:
    """What is asked, in order."""
    return list(SurveyQuestion.objects.order_by("position", "pk"))


def on_event(ticket: Ticket, event: TicketEvent) -> None:
    """A closed request asks its contact; a reopened one takes the invitation back (the one receiver)."""
    if event.kind == EventKind.ACCEPTED and ticket.state == State.CLOSED:
        send(ticket, at=event.at)
    elif event.kind == EventKind.REOPENED:
        void_waiting(ticket, at=event.at)


_FIRST_QUESTIONS = {
    Dimension.PROCESS: {
        "en": "How satisfied are you with the way we handled your request?",
        "zh-hans": "您对服务过程是否满意？",
        "zh-hant": "您對服務過程是否滿意？",
    },
    Dimension.RESULT: {
        "en": "How satisfied are you with the result?",
        "zh-hans": "您对服务结果是否满意？",
        "zh-hant": "您對服務結果是否滿意？",
    },
    Dimension.EXPERIENCE: {
        "en": "How satisfied are you with working with us overall?",
        "zh-hans": "您对整体服务体验是否满意？",
        "zh-hant": "您對整體服務體驗是否滿意？",
    },
}


def ensure_questions() -> None:
    """Make the three questions an installation begins with. Safe to repeat; edited ones stay."""
    for position, (dimension, text) in enumerate(_FIRST_QUESTIONS.items(), start=1):
        SurveyQuestion.objects.get_or_create(
            dimension=dimension, defaults={"text": LazyI18nString(text), "position": position}
        )
