"""Surveys, as `quality.services.surveys` sends and keeps them; see `acts`."""

from __future__ import annotations

from uuid import UUID

from quality.models import AnsweredVia, Dimension
from quality.services.surveys import OPEN_FOR
from servicedesk.generate.request import INTERNAL, Request, digest
from sla.engine.instants import length
from tickets.states import EventKind

SURVEY_OPEN_FOR = length(OPEN_FOR)


def send_survey(request: Request, at: int) -> None:
    """The contact is invited."""
    void_surveys(request, at)
    key = UUID(int=request.rng.getrandbits(128), version=4)
    request.surveys.append(
        {"pk": request.ids.next("survey"), "key": str(key), "sent": at, "ends": at + SURVEY_OPEN_FOR}
    )
    data = {"survey": request.surveys[-1]["pk"]}
    request.record(EventKind.SURVEY_SENT, at, None, data, visibility=INTERNAL)


def void_surveys(request: Request, at: int) -> None:
    """Invitations without an answer are taken back."""
    for survey in request.surveys:
        if "answered" not in survey:
            survey.setdefault("void", at)


def answer_survey(request: Request, at: int, scores: tuple[int, ...], comment: str, *, by_link: bool) -> None:
    """The client says how it went; through the link nobody is signed in."""
    by = None if by_link else request.client.pk
    via = str(AnsweredVia.LINK if by_link else AnsweredVia.PORTAL)
    survey = request.surveys[-1]
    survey.update(answered=at, answered_by=by, via=via, comment=comment)
    given = dict(zip((str(each) for each in Dimension), scores, strict=True))
    for dimension, score in given.items():
        request.scores.append((request.ids.next("answer"), survey["pk"], dimension, score))
    data = {"survey": survey["pk"], "scores": given, "via": via, "comment_sha256": digest(comment)}
    request.record(EventKind.SURVEY_ANSWERED, at, by, data, visibility=INTERNAL)
