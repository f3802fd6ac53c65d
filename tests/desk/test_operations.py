"""The outbox, parked clocks and the mails in the folder (R-046, SLA-50, SLA-51)."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from desk import mailbox
from notifications.models import Delivery, DeliveryState
from sla.models import Clock
from sla.services import sweep as sweeping

MINUTE = timedelta(minutes=1)
PAGES = ("desk:outbox", "desk:mail")


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    """A folder that mails are written to."""
    settings.EMAIL_BACKEND = mailbox.FILE_BACKEND
    settings.EMAIL_FILE_PATH = str(tmp_path)
    settings.MAIL_DIR = tmp_path
    return tmp_path


def send(subject: str, body: str = "Hello") -> None:
    EmailMessage(subject=subject, body=body, to=["chen@desk.test"]).send()


@pytest.mark.parametrize("name", PAGES)
def test_only_administrators_open_it(cast: Any, folder: Path, name: str) -> None:
    """R-070."""
    assert cast.browser(cast.root).get(reverse(name)).status_code == 200
    for person in (cast.zhou, cast.li, cast.qin, cast.ma):
        assert cast.browser(person).get(reverse(name)).status_code == 403
    assert cast.browser(cast.chen).get(reverse(name)).status_code == 302


def test_deliveries_by_state_with_their_words_and_error(cast: Any) -> None:
    """An operator sees what was given up, why, and what it says."""
    cast.submit()
    Delivery.objects.update(state=DeliveryState.GIVEN_UP, error="SMTPServerDisconnected: gone", attempts=8)
    shown = cast.browser(cast.root).get(reverse("desk:outbox"))
    assert shown.context["shown_state"] == DeliveryState.GIVEN_UP
    assert len(shown.context["entries"]) == Delivery.objects.count() > 0
    assert "SMTPServerDisconnected" in shown.content.decode()
    assert cast.browser(cast.root).get(reverse("desk:outbox"), {"state": "sent"}).context["entries"] == []


def test_trying_a_delivery_again_puts_it_back_into_the_queue(cast: Any) -> None:
    """By POST alone, and only by an administrator."""
    cast.submit()
    delivery = Delivery.objects.all()[0]
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.GIVEN_UP, attempts=8, error="gone")
    address = reverse("desk:outbox-retry", args=[delivery.pk])
    assert cast.browser(cast.root).get(address).status_code == 405
    assert cast.browser(cast.ma).post(address).status_code in (403, 404)
    assert cast.browser(cast.root).post(address).status_code == 302
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts, delivery.error) == (DeliveryState.PENDING, 0, "")


def test_the_outbox_asks_as_often_for_ten_times_as_many(cast: Any) -> None:
    """No query per row."""
    browser = cast.browser(cast.root)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(reverse("desk:outbox")).status_code == 200
        return len(queries)

    cast.submit()
    browser.get(reverse("desk:outbox"))
    few = count()
    for _ in range(10):
        cast.submit()
    assert count() == few <= 20


def test_parked_clocks_are_shown_and_run_again(cast: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """SLA-50: one clock's failure parks it with its problem; an operator tries again, and it fails or works."""
    ticket = cast.submit(service=cast.reset)
    due = Clock.objects.get(ticket=ticket).due_at + MINUTE

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("calendar on fire")

    address = reverse("desk:unpark", args=[ticket.pk])
    browser = cast.browser(cast.root)
    with monkeypatch.context() as patch:
        patch.setattr(sweeping, "refresh", broken)
        sweeping.sweep(due)
        assert "calendar on fire" in browser.get(reverse("desk:outbox")).content.decode()
        browser.post(address)
        assert Clock.objects.filter(ticket=ticket, parked_at__isnull=False).exists()
    assert browser.get(address).status_code == 405
    assert browser.post(address).status_code == 302
    clock = Clock.objects.get(ticket=ticket)
    assert (clock.parked_at, clock.problem) == (None, "")
    assert browser.post(address).status_code == 404


def test_overdue_work_is_noticed(cast: Any) -> None:
    """Whoever looks sees that nobody delivers and nobody sweeps."""
    cast.submit(service=cast.reset, at=timezone.now() - timedelta(days=10))
    shown = cast.browser(cast.root).get(reverse("desk:outbox")).context
    assert shown["health"].overdue == Delivery.objects.count() > 0
    assert shown["timers"].overdue > 0


def test_mails_are_shown_newest_first_with_their_text(cast: Any, folder: Path) -> None:
    """Subject, to and text, Chinese too, as text."""
    send("较早的", "第一封")
    send("<b>newer</b>", "Second\nline")
    shown = cast.browser(cast.root).get(reverse("desk:mail"))
    assert [(mail.subject, mail.text) for mail in shown.context["mails"]] in (
        [("<b>newer</b>", "Second\nline"), ("较早的", "第一封")],
        [("较早的", "第一封"), ("<b>newer</b>", "Second\nline")],  # written within one tick of the file system
    )
    assert "<b>newer" not in shown.content.decode()
    assert all(mail.to == "chen@desk.test" and mail.at for mail in shown.context["mails"])


def test_mails_come_a_page_at_a_time(cast: Any, folder: Path) -> None:
    """Twenty to a page; nonsense in the address is the first page."""
    for number in range(25):
        send(f"Mail {number}")
    browser = cast.browser(cast.root)
    first = browser.get(reverse("desk:mail")).context
    second = browser.get(first["older"]).context
    assert (len(first["mails"]), len(second["mails"]), second["older"]) == (20, 5, "")
    for nonsense in ("../../etc/passwd", "-1", "9" * 30):
        assert len(browser.get(reverse("desk:mail"), {"from": nonsense}).context["mails"]) == 20


def test_only_mails_of_the_folder_itself_are_read(cast: Any, folder: Path, tmp_path_factory: Any) -> None:
    """No links out of it, nothing but the back end's own files."""
    outside = tmp_path_factory.mktemp("outside") / "secret.log"
    outside.write_text("Subject: secret\n\nsecret", encoding="utf-8")
    (folder / "link.log").symlink_to(outside)
    (folder / "notes.txt").write_text("Subject: notes\n\nnotes", encoding="utf-8")
    assert mailbox.newest_mails(start=0, size=10) == ([], False)


def test_a_damaged_mail_breaks_nothing(cast: Any, folder: Path) -> None:
    """Bad dates, unknown character sets, no headers at all."""
    (folder / "bad.log").write_bytes(
        b"Subject: bad\nDate: yesterday\nContent-Type: text/plain; charset=klingon\n\n\xff\xfe"
        + mailbox.BETWEEN
        + b"\xff"
    )
    shown = cast.browser(cast.root).get(reverse("desk:mail"))
    assert shown.status_code == 200
    assert {mail.subject for mail in shown.context["mails"]} == {"bad", ""}


def test_there_is_no_mail_page_where_mails_are_really_sent(cast: Any, settings: Any) -> None:
    """404, and no button that leads to it."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    browser = cast.browser(cast.root)
    assert browser.get(reverse("desk:mail")).status_code == 404
    assert reverse("desk:mail") not in browser.get(reverse("desk:outbox")).content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_empty_pages_in_two_languages(cast: Any, folder: Path, language: str) -> None:
    """Nothing to show is said in words."""
    for name in PAGES:
        assert 'class="empty"' in cast.browser(cast.root, language).get(reverse(name)).content.decode()
