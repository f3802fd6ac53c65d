"""A generated desk, looked at: what COPY wrote is what the services would have written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from accounts.models import User
from quality.models import Survey, SurveyAnswer
from servicedesk.generate import words
from sla.models import Clock, ClockShare, ClockStep, Pin
from sla.services import rebuild
from tests.setup.retelling import Retold, retold
from tests.setup.test_generate import NOW, fill
from tickets import events
from tickets.models import Ticket, TicketEvent
from tickets.search import tokens
from tickets.services.door import locked
from tickets.states import EventKind, State, Visibility
from web.demo import demo_accounts


@pytest.fixture(scope="module")
def filled(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """One load for all tests here."""
    with django_db_blocker.unblock(), transaction.atomic():
        fill()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def there(filled: None, db: None) -> None:
    """What a test changes is forgotten after it."""


def test_every_chain_is_whole(there: None) -> None:
    """R-026, R-093: canonical JSON and hashes are byte for byte those of `tickets.events`."""
    assert TicketEvent.objects.count() > 500
    assert list(events.verify(Ticket.objects.all())) == []


def test_a_sample_can_be_checked(there: None) -> None:
    """With a million requests one does not always want to look at all of them."""
    out = StringIO()
    call_command("verify_events", sample=7, stdout=out)
    call_command("rebuild_clocks", sample=7, stdout=out)
    assert "7 requests checked, 0 flaws found." in out.getvalue()
    assert "Looked at 7 requests: 0 differences" in out.getvalue()


def test_every_clock_row_is_the_fold(there: None) -> None:
    """SLA-40."""
    assert Clock.objects.count() > 90
    assert list(rebuild.verify(Ticket.objects.all())) == []


def test_there_is_something_of_everything(there: None) -> None:
    kinds = set(TicketEvent.objects.values_list("kind", flat=True))
    never = {EventKind.TASK_REOPENED, EventKind.PLAN_REVIEWED, EventKind.RECALCULATED}
    assert {str(kind) for kind in EventKind} - kinds - {EventKind.MERGED} == never
    states = Counter(Ticket.objects.values_list("state", flat=True))
    assert states[State.CLOSED] > 25
    assert Ticket.objects.open().count() > 15
    assert set(Clock.objects.unfinished().values_list("state", flat=True)) == {"running", "paused", "breached"}
    assert ClockStep.objects.exists()
    assert ClockShare.objects.exists()
    assert Pin.objects.filter(target=None).exists()
    assert Survey.objects.filter(answered_at__isnull=False).exists()
    assert SurveyAnswer.objects.exists()


def test_the_search_index_holds_the_words_that_the_services_would_put_there(there: None) -> None:
    for ticket in Ticket.objects.all():
        answers = [answer for answer in ticket.answers.values() if isinstance(answer, str)]
        asked = [ticket.number, ticket.subject, ticket.description, ticket.service_object, ticket.background, *answers]
        said = {name: [" ".join(asked)] for name in ("public", "internal")}
        for message in ticket.messages.all():
            said["internal"].append(message.body)
            if message.visibility == Visibility.PUBLIC:
                said["public"].append(message.body)
        for name, texts in said.items():
            assert lexemes(ticket, name) == {word for text in texts for word in tokens(text)}


def lexemes(ticket: Ticket, column: str) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT tsvector_to_array({column}) FROM tickets_searchentry WHERE ticket_id = {ticket.pk}")  # noqa: S608
        return set(cursor.fetchone()[0])


def test_words_of_known_frequency_are_there(there: None) -> None:
    """R-082: what a search is measured with."""
    common = Ticket.objects.matching(words.COMMON_WORD, internal=False).count()
    assert 5 <= common <= 20
    assert Ticket.objects.matching(words.RARE_WORD, internal=False).get().pk == words.RARE_FIRST


def test_one_person_of_each_role_can_sign_in_and_nobody_else(there: None) -> None:
    accounts = demo_accounts()
    assert len(accounts) == 8
    able = {person.email for person in User.objects.all() if person.has_usable_password()}
    assert able == {account.email for account in accounts}


def test_numbers_and_ids_go_on_where_the_generated_ones_end(there: None) -> None:
    last = Ticket.objects.order_by("-pk")[:1].get()
    assert last.number.endswith(f"{last.pk:06d}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('tickets_number')")
        assert cursor.fetchone() == (last.pk + 1,)
    with locked(last.pk, at=NOW) as ticket:
        events.record(ticket, EventKind.NOTE, at=NOW)
    assert list(events.verify(Ticket.objects.filter(pk=last.pk))) == []


def test_requests_come_in_order_up_to_now(there: None) -> None:
    received = list(Ticket.objects.order_by("pk").values_list("received_at", flat=True))
    assert received == sorted(received)
    assert NOW - timedelta(days=3653) <= received[0]
    assert received[-1] < NOW


def retellable() -> list[Ticket]:
    """Enough requests that every act occurs; merged ones need another one that is open."""
    left = {str(kind) for kind in EventKind}
    found = []
    for ticket in Ticket.objects.filter(merged_into=None).order_by("pk"):
        new = left & set(ticket.events.values_list("kind", flat=True))
        if new:
            found.append(ticket)
            left -= new
    return found


def test_a_story_told_through_the_services_leaves_the_same_rows(there: None) -> None:
    """Events, texts, plans, tasks, deliveries, surveys, clocks, pins, steps and shares; every column of the request."""
    chosen = retellable()
    assert len(chosen) > 5
    for ticket in chosen:
        made, told = Retold(ticket).rows(), retold(ticket, NOW).rows()
        for what, rows in told.items():
            assert made[what] == rows, f"{ticket.number}: {what}"
