"""Submitting a request (R-001…R-004)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import isfinite
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.utils.dateparse import parse_date
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Capability
from notifications import services as outbox
from tickets import telling
from tickets.errors import AlreadyDone, Invalid, NotAllowed
from tickets.events import digest, record
from tickets.models import FieldKind, PriorityRule, Service, ServiceField, SubmissionKey, Ticket
from tickets.services import texts
from tickets.services.door import find_submitted
from tickets.states import Channel, EventKind, Impact, Priority, Turn, Urgency, Visibility


@dataclass(frozen=True)
class Asked:
    """What a request asks for, as it comes from a form, the API or a mail.

    Attributes:
        answers: to the service's own questions, by key.
        files: uploaded with it.
    """

    service: Service
    subject: str
    description: str
    service_object: str = ""
    began_at: datetime | None = None
    affected: str = ""
    background: str = ""
    wanted_by: datetime | None = None
    impact: int | None = None
    urgency: int | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    files: Sequence[UploadedFile[Any]] = ()


def submit(
    asked: Asked,
    *,
    by: User,
    at: datetime,
    requester: User | None = None,
    channel: Channel = Channel.PORTAL,
    once: UUID | None = None,
) -> Ticket:
    """Open a request; its clocks start at `at`.

    Args:
        by: who enters it; a client for themselves, staff on a client's behalf (`requester`).
        once: identifies the form that was sent.

    Raises:
        NotAllowed: `by` may not enter requests for somebody else.
        Invalid: by field, in the language that is active.
        AlreadyDone: the same form was sent before; it carries the request that was made.
    """
    requester = requester or by
    if requester.pk != by.pk and not by.may(Capability.HANDLE):
        raise NotAllowed
    clean = _clean(asked, requester, at)
    with transaction.atomic():
        made = find_submitted(once)
        if made is not None:
            raise AlreadyDone(made)
        ticket = _create(asked, clean, requester=requester, by=by, channel=channel, at=at)
        if once is not None:
            SubmissionKey.objects.create(key=once, ticket=ticket, act="submit", at=at)
        texts.attach(ticket, asked.files, at=at, by=by, visibility=Visibility.PUBLIC)
        texts.index(ticket, _words(ticket, asked), Visibility.PUBLIC)
        event = record(
            ticket,
            EventKind.SUBMITTED,
            at=at,
            actor=by,
            data={
                "channel": str(channel),
                "service": ticket.service_id,
                "team": ticket.team_id,
                "type": ticket.type,
                "priority": ticket.priority,
                "complexity": ticket.complexity,
                "organisation": ticket.organisation_id,
                "tier": ticket.organisation.tier,
                "subject_sha256": digest(ticket.subject),
                "description_sha256": digest(ticket.description),
            },
        )
        ticket.save()
        outbox.tell_all(
            [
                telling.for_client(ticket, "request_received", event, at=at),
                telling.for_staff(ticket, "request_new", event, at=at),
            ]
        )
    return ticket


def _create(
    asked: Asked, clean: dict[str, Any], *, requester: User, by: User, channel: Channel, at: datetime
) -> Ticket:
    service, organisation = asked.service, requester.organisation
    assert organisation is not None  # noqa: S101 - `_clean` refused everybody without one
    impact = Impact(asked.impact or service.default_impact)
    urgency = Urgency(asked.urgency or service.default_urgency)
    return Ticket.objects.create(
        number=next_number(at),
        organisation=organisation,
        requester=requester,
        created_by=by,
        channel=channel,
        service=service,
        type=service.type,
        complexity=service.complexity,
        impact=impact,
        urgency=urgency,
        priority=priority_for(impact, urgency, organisation.tier),
        team=service.team,
        turn=Turn.STAFF,
        received_at=at,
        changed_at=at,
        last_line=texts.one_line(clean["description"]),
        last_line_public=texts.one_line(clean["description"]),
        began_at=asked.began_at,
        wanted_by=asked.wanted_by,
        **clean,
    )


def _words(ticket: Ticket, asked: Asked) -> list[str]:
    names = [file.name or "" for file in asked.files]
    answers = [str(answer) for answer in ticket.answers.values() if isinstance(answer, str)]
    return [
        ticket.number,
        ticket.subject,
        ticket.description,
        ticket.service_object,
        ticket.background,
        *answers,
        *names,
    ]


def next_number(at: datetime) -> str:
    """A number people can say on the phone: `SD-2026-000123`. The count goes on over the years; gaps are possible."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('tickets_number')")
        count = cursor.fetchone()[0]
    return f"SD-{localtime(at, ZoneInfo(settings.DEFAULT_TIME_ZONE)).year}-{count:06d}"


def priority_for(impact: int, urgency: int, tier: str) -> Priority:
    """The priority the matrix gives (R-003); the standard one where a manager removed a cell."""
    rule = PriorityRule.objects.filter(impact=impact, urgency=urgency, tier=tier).first()
    return Priority(rule.priority) if rule else PriorityRule.standard(impact, urgency, tier)


def _clean(asked: Asked, requester: User, at: datetime) -> dict[str, Any]:
    """Check everything at once, so that a form shows all problems together."""
    problems: dict[str, list[str]] = {}
    clean: dict[str, Any] = {}

    def keep(name: str, value: str, *, required: bool = False, limit: int = texts.MAX_TEXT) -> None:
        try:
            clean[name] = texts.clean_text(value, name, required=required, limit=limit)
        except Invalid as error:
            problems.update(error.message_dict)

    keep("subject", " ".join(asked.subject.split()), required=True, limit=200)
    keep("description", asked.description, required=True)
    keep("service_object", asked.service_object, limit=200)
    keep("affected", asked.affected, limit=200)
    keep("background", asked.background)
    if requester.organisation is None:
        problems["requester"] = [_("Requests are made for a client's contact.")]
    elif not Service.objects.on_offer_to(requester.organisation).filter(pk=asked.service.pk).exists():
        problems["service"] = [_("This service is not on offer.")]
    if asked.began_at is not None and asked.began_at > at:
        problems["began_at"] = [_("This lies in the future.")]
    if asked.wanted_by is not None and asked.wanted_by < at:
        problems["wanted_by"] = [_("This lies in the past.")]
    for name in ("began_at", "wanted_by"):
        if problem := texts.instant_problem(getattr(asked, name)):
            problems[name] = [problem]
    if asked.impact is not None and asked.impact not in Impact.values:
        problems["impact"] = [_("Please choose one of the answers.")]
    if asked.urgency is not None and asked.urgency not in Urgency.values:
        problems["urgency"] = [_("Please choose one of the answers.")]
    clean["answers"] = _clean_answers(asked, problems)
    try:
        texts.check_files(asked.files)
    except Invalid as error:
        problems.update(error.message_dict)
    if problems:
        raise Invalid(problems)
    return clean


def _clean_answers(asked: Asked, problems: dict[str, list[str]]) -> dict[str, Any]:
    """The answers to the service's own questions, as they are kept; problems are put at `answer_<key>`."""
    kept: dict[str, Any] = {}
    for question in asked.service.fields.prefetch_related("choices"):
        given = asked.answers.get(question.key)
        try:
            answer = _clean_answer(question, given)
        except Invalid as error:
            problems[f"answer_{question.key}"] = error.messages
        else:
            if answer not in (None, ""):
                kept[question.key] = answer
    return kept


def _clean_answer(question: ServiceField, given: Any) -> Any:
    if question.kind == FieldKind.CHECKBOX:
        if question.required and not given:
            raise Invalid(_("Please tick this."))
        return bool(given)
    text = given.isoformat() if isinstance(given, date) else str(given if given is not None else "").strip()
    if not text:
        if question.required:
            raise Invalid(_("Please answer this."))
        return None
    if len(text) > 2000:
        raise Invalid(_("This is too long."))
    return _by_kind(question, text)


def _by_kind(question: ServiceField, text: str) -> Any:
    if question.kind == FieldKind.NUMBER:
        try:
            number = float(text) if "." in text else int(text)
            is_number = isfinite(number)
        except (ValueError, OverflowError):
            is_number = False
        if not is_number:
            raise Invalid(_("Please write a number."))
        return number
    if question.kind == FieldKind.DATE:
        try:
            found = parse_date(text)
        except ValueError:
            found = None
        if found is None:
            raise Invalid(_("Please write a date."))
        return found.isoformat()
    if question.kind == FieldKind.CHOICE and text not in {choice.value for choice in question.choices.all()}:
        raise Invalid(_("Please choose one of the answers."))
    return text
