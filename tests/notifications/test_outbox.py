"""The outbox: once per key, after the commit, again after a failure (R-097, SLA-51)."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

import psycopg2
import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction

from notifications import services
from notifications.models import Channel, Delivery, DeliveryState, Notice
from notifications.tasks import deliver_due
from tests.cast import MONDAY, Cast


def tell(cast: Cast, key: str = "k", *, people: list[object] | None = None) -> None:
    services.tell(
        people or [cast.zhou],  # type: ignore[arg-type]
        "request_assigned",
        key=key,
        data={"number": "SD-2026-000123", "subject": "白屏", "organisation": "华信制造"},
        path="/desk/requests/SD-2026-000123/",
        at=MONDAY,
    )


def test_the_same_key_tells_once_per_person(cast: Cast) -> None:
    for _ in range(2):
        tell(cast, people=[cast.zhou, cast.zhao])
    assert Notice.objects.count() == Delivery.objects.count() == 2


def test_what_is_rolled_back_was_never_told(cast: Cast) -> None:
    with transaction.atomic():
        tell(cast)
        transaction.set_rollback(True)
    assert not Notice.objects.exists()


def test_delivery_sends_one_mail_in_the_persons_language(cast: Cast) -> None:
    cast.zhou.language = "zh-hans"
    cast.zhou.save()
    tell(cast)
    assert services.deliver_one(MONDAY)
    assert not services.deliver_one(MONDAY)
    (sent,) = mail.outbox
    assert sent.to == ["zhou@desk.test"]
    assert "SD-2026-000123" in sent.subject + sent.body
    assert Delivery.objects.get().state == DeliveryState.SENT


class Failing(EmailBackend):
    """A mail server that is down."""

    def send_messages(self, messages: object) -> int:
        raise ConnectionRefusedError("no mail today")


@pytest.fixture
def mail_down(settings: object) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Failing"  # type: ignore[attr-defined]


def test_a_failure_is_tried_again_later_and_given_up_in_the_end(cast: Cast, mail_down: None) -> None:
    tell(cast)
    at, waits = MONDAY, []
    while services.deliver_one(at):
        delivery = Delivery.objects.get()
        assert "no mail today" in delivery.error
        if delivery.state == DeliveryState.GIVEN_UP:
            break
        waits.append(delivery.next_try_at - at)
        assert not services.deliver_one(at)
        at = delivery.next_try_at
    assert waits == services.BACK_OFF
    assert Delivery.objects.get().state == DeliveryState.GIVEN_UP


def test_an_operator_tries_again(cast: Cast, mail_down: None, settings: object) -> None:
    tell(cast)
    Delivery.objects.update(state=DeliveryState.GIVEN_UP, attempts=9)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"  # type: ignore[attr-defined]
    services.retry(Delivery.objects.get(), MONDAY)
    assert services.deliver_one(MONDAY + timedelta(seconds=1))
    assert Delivery.objects.get().state == DeliveryState.SENT


def test_a_preference_holds_per_kind_and_channel(cast: Cast) -> None:
    services.prefer(cast.zhou, "request_assigned", Channel.EMAIL, wanted=False)
    tell(cast)
    assert Notice.objects.get().in_page
    assert not Delivery.objects.exists()
    services.prefer(cast.zhou, "request_assigned", Channel.PAGE, wanted=False)
    tell(cast, "other")
    assert Notice.objects.count() == 1


def test_people_who_left_are_not_told(cast: Cast) -> None:
    cast.zhou.is_active = False
    tell(cast)
    assert not Notice.objects.exists()


def test_reading_counts_down(cast: Cast) -> None:
    for key in "abc":
        tell(cast, key)
    assert services.unread_count(cast.zhou) == 3
    services.mark_read(cast.zhou, MONDAY, notices=[services.newest(cast.zhou)[0].pk])
    assert services.unread_count(cast.zhou) == 2
    assert services.mark_read(cast.zhao, MONDAY) == 0
    services.mark_read(cast.zhou, MONDAY)
    assert services.unread_count(cast.zhou) == 0


def test_mail_is_delivered_by_one_worker_at_a_time(cast: Cast) -> None:
    """A mail server that hangs must not hold up every worker, and with them the timers."""
    tell(cast)
    other = psycopg2.connect(**connection.get_connection_params())
    with closing(other), other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [services.DELIVERY_LOCK])
        assert deliver_due() == 0
        cursor.execute("SELECT pg_advisory_unlock(%s)", [services.DELIVERY_LOCK])
    assert deliver_due() == 1
    assert len(mail.outbox) == 1
