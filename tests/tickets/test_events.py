"""The record: append-only by the database, chained by hash (R-026, R-093)."""

from __future__ import annotations

import io

import pgtrigger
import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from tests.cast import MONDAY, Cast
from tickets import services
from tickets.events import verify
from tickets.models import Message, Ticket, TicketEvent


@pytest.fixture
def ticket(cast: Cast) -> Ticket:
    ticket = cast.closed()
    services.reply(ticket, by=cast.zhou, at=MONDAY, body="Thank you.")
    return ticket


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tickets_ticketevent SET kind = 'accepted' WHERE seq = 1",
        "UPDATE tickets_ticketevent SET at = at - interval '1 hour'",
        "DELETE FROM tickets_ticketevent",
        "TRUNCATE tickets_ticketevent CASCADE",
    ],
)
def test_the_database_refuses_to_change_events(ticket: Ticket, statement: str) -> None:
    before = TicketEvent.objects.count()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert TicketEvent.objects.count() == before


def flaws() -> list[tuple[int, str]]:
    return [(flaw.seq, flaw.what) for flaw in verify(Ticket.objects.all())]


def test_an_untouched_record_has_no_flaws(ticket: Ticket) -> None:
    assert flaws() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE tickets_ticketevent SET at = at - interval '1 second' WHERE seq = 1",
        "UPDATE tickets_ticketevent SET data = data || '{\"x\": 1}' WHERE seq = 1",
        "UPDATE tickets_ticketevent SET actor_id = NULL WHERE seq = 1",
        "UPDATE tickets_ticketevent SET visibility = 'internal' WHERE seq = 1",
        "UPDATE tickets_ticketevent SET kind = 'note' WHERE seq = 1",
    ],
)
def test_a_row_altered_behind_its_back_is_found(ticket: Ticket, statement: str) -> None:
    with pgtrigger.ignore("tickets.TicketEvent:append_only"), connection.cursor() as cursor:
        cursor.execute(statement)
    assert (1, "altered") in flaws()


def test_a_row_taken_out_is_found(ticket: Ticket) -> None:
    with pgtrigger.ignore("tickets.TicketEvent:append_only"):
        TicketEvent.objects.filter(seq=3).delete()
    assert (3, "missing") in flaws()


def test_the_end_cannot_be_cut_off(ticket: Ticket) -> None:
    last = TicketEvent.objects.order_by("-seq").first()
    assert last is not None
    with pgtrigger.ignore("tickets.TicketEvent:append_only"):
        last.delete()
    assert any(what == "end of chain differs" for _, what in flaws())


def test_words_changed_later_are_found(ticket: Ticket) -> None:
    Message.objects.filter(body="Thank you.").update(body="You are welcome.")
    assert any(what == "text altered" for _, what in flaws())


def test_the_command_says_what_it_found(ticket: Ticket) -> None:
    out = io.StringIO()
    call_command("verify_events", stdout=out)
    assert "1 requests checked, 0 flaws" in out.getvalue()
    Message.objects.update(body="…")
    with pytest.raises(SystemExit) as ended:
        call_command("verify_events", ticket.number, stdout=out)
    assert ended.value.code == 1
    assert ticket.number in out.getvalue()


def test_no_free_text_enters_the_chain(cast: Cast) -> None:
    """Erasing a person's words must stay possible: events hold digests of texts, never texts."""
    ticket = cast.submit(subject="Zebra subject", description="Zebra text")
    services.reply(ticket, by=cast.zhou, at=MONDAY, body="Zebra reply")
    services.take_up(ticket, by=cast.zhou, at=MONDAY)
    services.add_task(ticket, by=cast.zhou, at=MONDAY, title="Zebra task")
    services.set_priority(ticket, by=cast.zhou, at=MONDAY, priority=4, reason="Zebra reason")
    assert not any("Zebra" in str(event.data) for event in ticket.events.all())
