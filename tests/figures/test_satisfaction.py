"""The satisfaction index by hand (R-051)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from quality.figures import CSI_TARGET, latest_comments, satisfaction, surveys_behind
from quality.models import AnsweredVia, Dimension, Score, Survey
from quality.services.surveys import answer
from tests.cast import MONDAY
from tickets import services
from tickets.figures import Period
from tickets.models import Ticket

DAY = timedelta(days=1)
ALL = Ticket.objects.all


def week() -> Period:
    return Period.ending_today(7, at=MONDAY + DAY, zone=ZoneInfo("Asia/Shanghai"))


def answered(cast: Any, process: int, result: int, experience: int, *, at: Any = MONDAY, comment: str = "") -> Survey:
    survey = Survey.objects.get(ticket=cast.closed(at=at))
    scores = {"process": process, "result": result, "experience": experience}
    return answer(survey, scores=scores, comment=comment, at=at, via=AnsweredVia.LINK)


def test_the_index_is_the_mean_of_all_answers_over_five(cast: Any) -> None:
    """R-051: (5 + 4 + 3 + 1 + 2 + 3) ÷ 6 = 3, so 60 %."""
    answered(cast, 5, 4, 3)
    answered(cast, 1, 2, 3)
    opinion = satisfaction(ALL(), week())
    assert opinion.now.mean == 3
    assert opinion.now.index == pytest.approx(0.6)
    assert opinion.by_dimension[Dimension.RESULT].index == pytest.approx(0.6)
    assert opinion.distribution == {1: 1, 2: 1, 3: 2, 4: 1, 5: 1}
    assert opinion.surveys == surveys_behind(ALL(), week()).count() == 2
    assert surveys_behind(ALL(), week(), low=True).count() == 1


def test_the_target_is_the_one_of_the_requirements() -> None:
    """R-051."""
    assert CSI_TARGET == 0.85


def test_the_response_rate_counts_what_was_sent_without_what_is_void(cast: Any) -> None:
    """R-051: three sent, one answered, one void because its request was reopened: 1 ÷ 2."""
    answered(cast, 5, 5, 5)
    cast.closed()
    reopened = cast.closed()
    services.reopen(reopened, by=cast.chen, at=MONDAY + timedelta(minutes=1), reason="Again.")
    responses = satisfaction(ALL(), week()).responses
    assert (responses.sent, responses.answered, responses.rate) == (2, 1, 0.5)


def test_without_answers_there_is_no_data(cast: Any) -> None:
    """Neither index nor rate is invented."""
    opinion = satisfaction(ALL(), week())
    assert opinion.now.index is None
    assert opinion.responses.rate is None
    assert opinion.change is None
    assert set(opinion.distribution) == set(Score)


def test_an_answer_counts_on_the_day_it_is_given(cast: Any) -> None:
    """The week before: 5, 5, 5; this week 4, 4, 4, on Monday, the sixth of its seven days."""
    answered(cast, 5, 5, 5, at=MONDAY - 7 * DAY)
    answered(cast, 4, 4, 4)
    opinion = satisfaction(ALL(), week())
    assert [point.count for point in opinion.trend] == [0, 0, 0, 0, 0, 3, 0]
    assert opinion.change == pytest.approx(-0.2)


def test_comments_come_newest_first_without_empty_ones(cast: Any) -> None:
    """What clients said lately."""
    answered(cast, 5, 5, 5, at=MONDAY - DAY, comment="Older")
    answered(cast, 5, 5, 5)
    answered(cast, 5, 4, 5, comment="Newer")
    assert [survey.comment for survey in latest_comments(ALL(), week())] == ["Newer", "Older"]


def test_figures_are_made_of_what_the_person_may_see(cast: Any) -> None:
    """An agent of another team sees none of the answers."""
    answered(cast, 5, 5, 5)
    assert satisfaction(Ticket.objects.visible_to(cast.sun), week()).now.count == 0
