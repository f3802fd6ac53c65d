"""The people and the names that many rows of a page need."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.translation import override

from accounts.labels import label_of
from accounts.people import People
from tests.cast import MONDAY, Cast
from tickets import services
from tickets.models import Ticket, TicketEvent
from tickets.states import State


def test_the_people_of_many_rows_come_in_one_query(cast: Cast, django_assert_num_queries: Any) -> None:
    ticket = cast.submit()
    services.reply(ticket, by=cast.zhou, at=MONDAY, body="Thank you.")
    services.assign(ticket, by=cast.li, at=MONDAY, assignee=cast.sun)
    fresh, events = Ticket.objects.get(pk=ticket.pk), list(TicketEvent.objects.filter(ticket=ticket))
    people = People()
    people.expect([fresh], "requester", "assignee")
    people.expect(events, "actor")
    with django_assert_num_queries(1):
        people.arrive()
    with django_assert_num_queries(0):
        assert (fresh.requester, fresh.assignee) == (cast.chen, cast.sun)
        assert {event.actor for event in events} >= {cast.chen, cast.zhou, cast.li}


def test_nobody_is_looked_up_twice(cast: Cast, django_assert_num_queries: Any) -> None:
    ticket = Ticket.objects.get(pk=cast.submit().pk)
    people = People(cast.chen, None)
    people.expect([ticket], "requester", "assignee")
    with django_assert_num_queries(0):
        people.arrive()
        assert ticket.requester is cast.chen


def test_a_choice_is_named_in_the_language_in_use() -> None:
    for code, name in (("en", "Intake"), ("zh-hans", "受理"), ("zh-hant", "受理"), ("en", "Intake")):
        with override(code):
            assert label_of(State, "intake") == name
    with pytest.raises(ValueError, match="nowhere"):
        label_of(State, "nowhere")
