"""Submitting a request (R-001…R-004)."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import translation

from accounts.models import Tier
from notifications.models import Notice
from tests.cast import MONDAY, Cast, a_file
from tickets import services
from tickets.errors import AlreadyDone, Invalid
from tickets.models import FieldKind, PriorityRule, ServiceField, ServiceFieldChoice, ServiceStatus, Ticket
from tickets.states import Channel, EventKind, Impact, Priority, State, Turn, Urgency


def test_a_request_begins_in_intake_with_a_number_to_say_on_the_phone(cast: Cast) -> None:
    """R-001, R-002."""
    ticket = cast.submit()
    assert ticket.number.startswith("SD-2026-")
    assert len(ticket.number) == len("SD-2026-000123")
    assert (ticket.state, ticket.turn, ticket.channel) == (State.INTAKE, Turn.STAFF, Channel.PORTAL)
    assert ticket.team == cast.apps
    assert [event.kind for event in ticket.events.all()] == [EventKind.SUBMITTED]


def test_the_year_in_the_number_is_the_year_where_the_desk_stands(cast: Cast) -> None:
    """New Year comes to Shanghai eight hours before it comes to UTC."""
    new_year = MONDAY.replace(month=12, day=31, hour=16, minute=30)
    assert cast.submit(at=new_year).number.startswith("SD-2027-")


@pytest.mark.parametrize(
    ("impact", "urgency", "tier", "expected"),
    [
        (Impact.LOW, Urgency.LOW, Tier.STANDARD, Priority.LOW),
        (Impact.LOW, Urgency.MEDIUM, Tier.STANDARD, Priority.LOW),
        (Impact.MEDIUM, Urgency.MEDIUM, Tier.STANDARD, Priority.NORMAL),
        (Impact.HIGH, Urgency.HIGH, Tier.STANDARD, Priority.CRITICAL),
        (Impact.HIGH, Urgency.HIGH, Tier.STRATEGIC, Priority.CRITICAL),
        (Impact.MEDIUM, Urgency.MEDIUM, Tier.STRATEGIC, Priority.HIGH),
    ],
)
def test_the_priority_follows_from_the_matrix(
    cast: Cast, impact: Impact, urgency: Urgency, tier: Tier, expected: Priority
) -> None:
    """R-003."""
    cast.huaxin.tier = tier
    cast.huaxin.save()
    cast.chen.refresh_from_db()
    assert cast.submit(impact=impact, urgency=urgency).priority == expected


def test_a_manager_edits_the_matrix(cast: Cast) -> None:
    """R-003: an edited cell holds for the next request."""
    PriorityRule.objects.filter(impact=1, urgency=1, tier=Tier.IMPORTANT).update(priority=Priority.CRITICAL)
    assert cast.submit(impact=1, urgency=1).priority == Priority.CRITICAL


def test_the_client_is_told_the_number_and_by_when(cast: Cast) -> None:
    """R-004."""
    ticket = cast.submit()
    notice = Notice.objects.get(recipient=cast.chen, kind="request_received")
    assert notice.data["number"] == ticket.number
    assert notice.data["due_at"] == (MONDAY + timedelta(minutes=30)).isoformat()


def test_all_problems_of_a_form_come_together(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        cast.submit(subject="", description="  ", began_at=MONDAY + timedelta(hours=1), impact=9)
    assert set(refused.value.message_dict) == {"subject", "description", "began_at", "impact"}
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    ("language", "expected"),
    [("en", "at most 200"), ("zh-hans", "200"), ("zh-hant", "200")],
)
def test_a_subject_that_is_too_long_is_refused_in_the_persons_language(
    cast: Cast, language: str, expected: str
) -> None:
    with translation.override(language), pytest.raises(Invalid) as refused:
        cast.submit(subject="长" * 201)
    assert expected in refused.value.message_dict["subject"][0]


@pytest.mark.parametrize(
    "file",
    [
        a_file("virus.EXE", b"MZ"),
        a_file("script.js ", b"x"),
        a_file("nothing.txt", b""),
    ],
)
def test_dangerous_and_empty_files_are_refused(cast: Cast, file: object) -> None:
    with pytest.raises(Invalid) as refused:
        cast.submit(files=[file])
    assert "files" in refused.value.message_dict


def test_a_file_that_is_too_large_is_refused(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused:
        cast.submit(files=[a_file("film.mp4", b"x" * (30 * 1024 * 1024))])
    assert "film.mp4" in refused.value.message_dict["files"][0]


def test_files_are_kept_with_their_digest(cast: Cast) -> None:
    ticket = cast.submit(files=[a_file("屏幕截图.png")])
    (kept,) = ticket.attachments.all()
    assert kept.name == "屏幕截图.png"
    assert "屏幕" not in kept.file.name
    assert len(kept.sha256) == 64
    assert kept.file.read() == b"\x89PNG\r\n\x1a\n..."


def test_services_not_on_offer_are_refused(cast: Cast) -> None:
    cast.support.status = ServiceStatus.RETIRED
    cast.support.save()
    with pytest.raises(Invalid) as refused:
        cast.submit()
    assert "service" in refused.value.message_dict


def test_a_service_reserved_for_another_client_is_refused(cast: Cast) -> None:
    cast.support.only_for.add(cast.yuanhang)
    with pytest.raises(Invalid):
        cast.submit()
    assert cast.submit(by=cast.stranger).organisation == cast.yuanhang


def test_staff_submit_on_behalf_of_a_contact_only(cast: Cast) -> None:
    """R-001: the phone."""
    ticket = cast.submit(by=cast.zhou, requester=cast.chen, channel=Channel.PHONE)
    assert (ticket.requester, ticket.created_by, ticket.organisation) == (cast.chen, cast.zhou, cast.huaxin)
    with pytest.raises(Invalid) as refused:
        cast.submit(by=cast.zhou)
    assert "requester" in refused.value.message_dict


def test_a_form_sent_twice_makes_one_request(cast: Cast) -> None:
    once = uuid4()
    first = cast.submit(once=once)
    with pytest.raises(AlreadyDone) as known:
        cast.submit(once=once)
    assert known.value.ticket == first
    assert Ticket.objects.count() == 1


class TestQuestionsOfAService:
    """R-002: a service's own questions."""

    @pytest.fixture
    def asking(self, cast: Cast) -> Cast:
        kinds = {
            "users": FieldKind.NUMBER,
            "from": FieldKind.DATE,
            "site": FieldKind.CHOICE,
            "agreed": FieldKind.CHECKBOX,
        }
        for key, kind in kinds.items():
            question = ServiceField.objects.create(
                service=cast.support, key=key, kind=kind, label=key, required=key != "from"
            )
            if kind == FieldKind.CHOICE:
                ServiceFieldChoice.objects.create(field=question, value="berlin", label="Berlin")
        return cast

    def test_answers_are_kept_by_key(self, asking: Cast) -> None:
        ticket = asking.submit(answers={"users": "40", "from": "2026-11-01", "site": "berlin", "agreed": "on"})
        assert ticket.answers == {"users": 40, "from": "2026-11-01", "site": "berlin", "agreed": True}

    def test_wrong_answers_are_refused_at_their_question(self, asking: Cast) -> None:
        with pytest.raises(Invalid) as refused:
            asking.submit(answers={"users": "many", "from": "2026-02-30", "site": "paris"})
        assert set(refused.value.message_dict) == {"answer_users", "answer_from", "answer_site", "answer_agreed"}


def test_the_short_way_takes_two_acts(cast: Cast) -> None:
    """A password reset goes from intake to acceptance in two clicks."""
    ticket = cast.submit(service=cast.reset)
    services.take_up(ticket, by=cast.zhou, at=MONDAY)
    services.deliver(ticket, by=cast.zhou, at=MONDAY, summary="New password sent.", self_checked=True)
    assert cast.fresh(ticket).state == State.ACCEPTANCE
