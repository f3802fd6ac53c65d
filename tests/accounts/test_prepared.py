"""Statements that are put together once find what they would find put together anew."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from accounts.prepared import OneOf, array_of, prepared
from tests.cast import MONDAY, Cast
from tickets.models import Message, Plan, Ticket, TicketEvent

pytestmark = pytest.mark.django_db
asked = 0


@prepared
def events_of(ticket: int, since: datetime, *, public: bool) -> QuerySet[TicketEvent]:
    global asked
    asked += 1
    found = TicketEvent.objects.of(ticket, public=public).select_related("message__author")
    return found.filter(at__gte=since).order_by("seq")


@prepared
def numbers_of(email: str) -> QuerySet[Ticket, tuple[str, str]]:
    return Ticket.objects.filter(requester__email=email).order_by("pk").values_list("number", "requester__name")


@prepared
def plans_of(ticket: int) -> QuerySet[Plan]:
    return Plan.objects.filter(ticket=ticket).prefetch_related("options")


@prepared
def people(keys: str) -> QuerySet[User]:
    return User.objects.filter(OneOf("pk", keys)).only("name").order_by("pk")


def test_each_question_gets_its_own_answer(cast: Cast) -> None:
    tickets = [cast.closed(), cast.submit(by=cast.wang)]
    for _again in range(2):
        for ticket in tickets:
            for since in (MONDAY, MONDAY + timedelta(minutes=1)):
                for public in (True, False):
                    found = TicketEvent.objects.of(ticket.pk, public=public).filter(at__gte=since).order_by("seq")
                    assert events_of(ticket.pk, since, public=public) == list(found)
        for person in (cast.chen, cast.wang, cast.zhou):
            named = [(ticket.number, person.name) for ticket in tickets if ticket.requester_id == person.pk]
            assert numbers_of(person.email) == named


def test_a_statement_is_put_together_once_for_each_way(cast: Cast) -> None:
    global asked
    ticket = cast.submit()
    events_of(ticket.pk, MONDAY, public=True)
    events_of(ticket.pk, MONDAY, public=False)
    before = asked
    with CaptureQueriesContext(
        connection,
    ) as made:
        for _again in range(3):
            events_of(ticket.pk, MONDAY, public=True)
            events_of(ticket.pk, MONDAY, public=False)
    assert (asked, len(made)) == (before, 6)


def test_rows_come_with_what_belongs_to_them(cast: Cast) -> None:
    ticket = cast.with_plan()
    for _again in range(2):
        (plan,) = plans_of(ticket.pk)
        (submitted, *_others) = events_of(ticket.pk, MONDAY, public=False)
        with CaptureQueriesContext(connection) as made:
            assert [option.title for option in plan.options.all()]
            assert submitted.message is None or submitted.message.author
        assert not made.captured_queries
    assert plans_of(cast.submit().pk) == []


def test_any_number_of_keys_is_one_parameter(cast: Cast) -> None:
    assert people(array_of([])) == []
    assert people(array_of([cast.chen.pk, cast.zhou.pk])) == sorted([cast.chen, cast.zhou], key=lambda one: one.pk)
    assert people(array_of([cast.ma.pk]))[0].name == cast.ma.name
    assert set(Message.objects.filter(OneOf("pk", array_of([0])))) == set()


def test_no_statement_may_depend_on_a_value() -> None:
    @prepared
    def odd(number: int) -> QuerySet[Ticket]:
        found = Ticket.objects.filter(pk=number)
        return found if number.value else found.none()  # type: ignore[attr-defined]

    with pytest.raises(TypeError, match="by keyword"):
        odd(1)


def test_nothing_is_not_looked_for() -> None:
    with pytest.raises(TypeError, match="None"):
        numbers_of(None)  # type: ignore[arg-type]


def test_values_are_never_taken_for_sql(cast: Cast) -> None:
    assert numbers_of("' OR true --") == []
    assert numbers_of("%s") == []
