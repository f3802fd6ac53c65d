"""Surveys: sent on closing, answered once (R-050)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from notifications.models import Notice
from quality.models import AnsweredVia, Survey
from quality.services import surveys
from tests.cast import MONDAY, Cast
from tickets import services
from tickets.errors import Invalid, NotAllowed
from tickets.models import Ticket
from tickets.states import EventKind

GOOD = {"process": 5, "result": 4, "experience": 5}
LATER = MONDAY + timedelta(days=1)


@pytest.fixture
def survey(cast: Cast) -> Survey:
    return Survey.objects.get(ticket=cast.closed())


def answer(survey: Survey, scores: dict[str, int] = GOOD, comment: str = "", **how: object) -> Survey:
    how.setdefault("at", LATER)
    return surveys.answer(survey, scores=scores, comment=comment, via=AnsweredVia.LINK, **how)  # type: ignore[arg-type]


def test_closing_asks_the_contact(cast: Cast, survey: Survey) -> None:
    notice = Notice.objects.get(kind="survey_invited")
    assert notice.recipient == cast.chen
    assert surveys.token_for(survey) in notice.path


def test_an_answer_is_kept_and_recorded(survey: Survey) -> None:
    answer(survey, comment="很好")
    assert dict(survey.answers.values_list("dimension", "score")) == GOOD
    event = survey.ticket.events.get(kind=EventKind.SURVEY_ANSWERED)
    assert event.data["scores"] == GOOD
    assert "很好" not in str(event.data)


def test_it_is_answered_once(survey: Survey) -> None:
    answer(survey)
    with pytest.raises(surveys.SurveyOver):
        answer(survey, {"process": 1, "result": 1, "experience": 1})
    assert survey.answers.count() == 3


def test_it_expires(survey: Survey) -> None:
    with pytest.raises(surveys.SurveyOver):
        answer(survey, at=survey.expires_at + timedelta(seconds=1))
    answer(survey, at=survey.expires_at)


def test_reopening_takes_it_back_and_the_next_closing_asks_again(cast: Cast, survey: Survey) -> None:
    ticket: Ticket = survey.ticket
    services.reopen(ticket, by=cast.chen, at=LATER, reason="It is back.")
    with pytest.raises(surveys.SurveyOver):
        answer(survey)
    services.deliver(ticket, by=cast.zhou, at=LATER, summary="x", self_checked=True)
    services.accept(ticket, by=cast.chen, at=LATER, delivery=2)
    assert Survey.objects.waiting().filter(ticket=ticket).count() == 1
    assert Survey.objects.filter(ticket=ticket).count() == 2


@pytest.mark.parametrize("scores", [{}, {"process": 5}, {**GOOD, "result": 6}, {**GOOD, "result": 0}])
def test_every_dimension_wants_one_of_five(survey: Survey, scores: dict[str, int]) -> None:
    with pytest.raises(Invalid) as refused:
        answer(survey, scores)
    assert all(place.startswith("scores.") for place in refused.value.message_dict)
    assert not survey.answers.exists()


def test_nobody_answers_for_somebody_else(cast: Cast, survey: Survey) -> None:
    with pytest.raises(Ticket.DoesNotExist):
        answer(survey, by=cast.stranger)
    with pytest.raises(NotAllowed):
        answer(survey, by=cast.zhou)
    assert answer(survey, by=cast.chen).answered_by == cast.chen


@pytest.mark.parametrize("token", ["", "x", "e30:1abc:def", "🙂"])
def test_a_made_up_link_leads_nowhere(survey: Survey, token: str) -> None:
    with pytest.raises(Survey.DoesNotExist):
        surveys.by_token(token)


def test_a_changed_link_leads_nowhere(survey: Survey) -> None:
    token = surveys.token_for(survey)
    assert surveys.by_token(token) == survey
    with pytest.raises(Survey.DoesNotExist):
        surveys.by_token(token[:-1] + ("a" if token[-1] != "a" else "b"))


def test_dissatisfaction_is_told_to_the_person_and_the_team_lead(cast: Cast, survey: Survey) -> None:
    answer(survey, {**GOOD, "experience": 2})
    told = set(Notice.objects.filter(kind="survey_answered").values_list("recipient__name", flat=True))
    assert told == {"周敏", "李想"}


def test_satisfaction_disturbs_nobody(survey: Survey) -> None:
    answer(survey)
    assert not Notice.objects.filter(kind="survey_answered").exists()
