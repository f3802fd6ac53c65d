"""The demonstration data: they load, hold together, repeat, and never mix with anybody's own."""

from __future__ import annotations

import io
import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import transaction

from accounts.models import User
from accounts.roles import Role
from jobs.services import call_workers
from notifications.models import Delivery, DeliveryState, Notice
from quality.models import Survey
from servicedesk.demo.loading import NotEmpty, load
from servicedesk.demo.people import MAIN_AGENT, MAIN_CLIENT
from servicedesk.demo.scenarios import TEXTS, Scenario, scenarios
from sla.engine.clock import read
from sla.models import Clock
from sla.services.clocks import row_of
from sla.services.facts import facts_of
from sla.services.pins import Pins
from tickets.events import verify
from tickets.models import Ticket, TicketEvent
from tickets.states import EventKind, State, Turn, Wait
from web.demo import DEMO_DOMAIN, DEMO_PASSWORD, demo_accounts

FRIDAY = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)  # 10:30 in Shanghai
SATURDAY = datetime(2026, 11, 21, 0, 40, tzinfo=UTC)
PATIENCE = 30  # seconds of our own processor time: how busy the machine is doesn't count
KEPT = (
    "state",
    "started_at",
    "due_at",
    "stopped_at",
    "breached_at",
    "counted",
    "paused",
    "next_check_at",
    "target_seconds",
)

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(autouse=True)
def _files(settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


def fingerprint() -> str:
    """Everything that happened, without what the wall clock or chance adds (writing times, hashes, keys)."""
    events = TicketEvent.objects.order_by("ticket__received_at", "ticket__subject", "seq")
    return json.dumps(
        [
            list(User.objects.order_by("id").values_list("email", "name", "role")),
            list(events.values_list("ticket__subject", "seq", "kind", "at", "actor__email", "message__body")),
            list(Survey.objects.order_by("id").values_list("sent_at", "answered_at", "comment")),
            list(Notice.objects.order_by("id").values_list("kind", "recipient__email", "created_at", "read_at")),
        ],
        default=str,
    )


@pytest.mark.django_db
def test_a_small_load_is_quick_and_holds_together() -> None:
    """R-026: the chains are whole, the clock rows equal the fold, and what was missed was noticed at its instant."""
    began = time.process_time()
    made = load(seed=7, requests=40, now=FRIDAY)
    assert time.process_time() - began < PATIENCE
    assert made.requests == Ticket.objects.count() == 40
    assert list(verify(Ticket.objects.all())) == []
    assert not Clock.objects.filter(parked_at__isnull=False).exists()
    assert not Clock.objects.filter(next_check_at__lte=FRIDAY).exists()
    assert not TicketEvent.objects.filter(at__gt=FRIDAY).exists()
    for ticket in Ticket.objects.with_people():
        rows = {(row.kind, row.cycle, row.part): row for row in ticket.clocks.all()}
        for now in {row.read_at for row in rows.values()}:
            pins = Pins.of([ticket], frozen=True)
            readings = read(facts_of([ticket])[ticket.pk], pins.chooser(ticket), now)
            for reading in readings:
                row = rows[reading.kind, reading.cycle, reading.part]
                if row.read_at != now:  # it stopped before, or was written again since
                    continue
                again = row_of(ticket, reading, row.pin, now)
                assert [getattr(row, name) for name in KEPT] == [getattr(again, name) for name in KEPT]

    missed = TicketEvent.objects.filter(kind=EventKind.CLOCK_BREACHED)
    assert missed.exists()
    for event in missed:
        clock = Clock.objects.get(
            ticket=event.ticket_id, kind=event.data["kind"], cycle=event.data["cycle"], part=event.data["part"]
        )
        assert event.at == clock.breached_at


@pytest.mark.django_db
def test_the_same_seed_makes_the_same_data_and_another_seed_others() -> None:
    prints = []
    for seed in (7, 7, 8):
        with transaction.atomic():
            load(seed=seed, requests=12, now=FRIDAY)
            prints.append(fingerprint())
            transaction.set_rollback(True)
    assert prints[0] == prints[1] != prints[2]


@pytest.mark.django_db
def test_nothing_is_sent_and_only_the_latest_is_unread(django_capture_on_commit_callbacks: object) -> None:
    with django_capture_on_commit_callbacks() as callbacks:  # type: ignore[operator]
        load(seed=7, requests=16, now=FRIDAY)
    assert callbacks == [call_workers], "they will find that the what-if is answered"
    assert mail.outbox == []
    assert set(Delivery.objects.values_list("state", flat=True)) == {DeliveryState.SENT}
    assert not Delivery.objects.filter(sent_at__gt=FRIDAY).exists()
    unread = Notice.objects.filter(read_at__isnull=True)
    assert unread.exists()
    assert min(unread.values_list("created_at", flat=True)) > datetime(2026, 11, 17, tzinfo=UTC)


@pytest.mark.django_db
@pytest.mark.parametrize("now", [FRIDAY, SATURDAY], ids=["in office hours", "on a Saturday"])
def test_the_main_client_has_something_to_decide_on_accept_and_answer(now: datetime) -> None:
    load(seed=7, requests=46, now=now)
    mine = Ticket.objects.filter(requester__email__startswith=f"{MAIN_CLIENT}@")
    client = mine.open().filter(turn=Turn.CLIENT)
    assert client.filter(state=State.ASSESSMENT, plans__state="proposed").exists()
    assert client.filter(state=State.ACCEPTANCE).exists()
    assert client.filter(wait=Wait.CLIENT, state=State.EXECUTION).exists()
    assert mine.open().filter(turn=Turn.STAFF).count() >= 2
    assert Survey.objects.waiting().filter(ticket__in=mine, expires_at__gt=now).exists()
    agent = Ticket.objects.open().filter(assignee__email__startswith=f"{MAIN_AGENT}@")
    assert 8 <= agent.count() <= 14
    assert Ticket.objects.open().filter(assignee__isnull=True).exists()


@pytest.mark.django_db
def test_it_refuses_to_mix_with_existing_people() -> None:
    User.objects.create_user("somebody@company.test", name="Somebody", role=Role.AGENT)
    said = io.StringIO()
    call_command("demo", stdout=said)
    assert "empty one only" in said.getvalue()
    assert User.objects.count() == 1
    with pytest.raises(NotEmpty):
        load(seed=7, requests=10, now=FRIDAY)


@pytest.mark.django_db
def test_the_command_says_what_it_made_and_lists_the_accounts() -> None:
    said = io.StringIO()
    call_command("demo", requests=4, at=FRIDAY, stdout=said)
    assert said.getvalue().startswith("4 requests (")
    accounts = demo_accounts()
    assert {User.objects.get(email=each.email).role for each in accounts} == set(Role)
    listed = io.StringIO()
    call_command("demo", accounts=True, stdout=listed)
    for account in accounts:
        assert account.email.endswith(DEMO_DOMAIN)
        assert account.email in listed.getvalue()
        assert User.objects.get(email=account.email).check_password(DEMO_PASSWORD)


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda each: f"{each.service} {each.language} {each.place}")
def test_every_scenario_can_be_told(scenario: Scenario) -> None:
    """Each text's slots are filled, and what a story can't do without is there."""
    assert scenario.texts.keys() <= TEXTS
    assert {"subject", "text", "done"} <= scenario.texts.keys()
    assert ("ask" in scenario.texts) == ("answer" in scenario.texts)
    slots = {name: values[0] for name, values in scenario.slots.items()} | {"you": "you", "we": "we"}
    for texts in scenario.texts.values():
        for text in texts:
            assert text.format_map(slots)
    for option in scenario.texts.get("option", []) + scenario.texts.get("revise", []):
        assert len(option.split(" / ")) == 7
    assert ("option" in scenario.texts) == (scenario.service in {"consulting", "change"})
