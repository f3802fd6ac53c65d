"""Telling people: write to the outbox, deliver from it, keep preferences."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.prepared import prepared
from notifications import kinds
from notifications.models import Channel, Delivery, DeliveryState, Notice, Preference
from notifications.wording import words

log = logging.getLogger(__name__)

DELIVERY_LOCK = 7301  # any number that nothing else uses for pg_advisory_lock
DELIVER_TASK = "notifications.tasks.deliver_due"  # by name: tasks call services, not the other way round

_held: ContextVar[bool] = ContextVar("delivery_held", default=False)

BACK_OFF = [timedelta(seconds=s) for s in (10, 60, 300, 1800, 7200, 21600, 43200)]


@dataclass(frozen=True)
class Telling:
    """One thing to tell some people.

    Attributes:
        key: what makes this telling unique; the recipient is added to it. Telling twice under one key tells once.
        data: JSON values for the wording (ISO strings for instants).
        path: the page it is about, from the site's root.
    """

    recipients: Sequence[User]
    kind: str
    key: str
    data: dict[str, object]
    path: str
    at: datetime


def tell(recipients: Iterable[User], kind: str, **what: Any) -> None:
    """Put a notice for each recipient into the outbox, inside the caller's transaction (SLA-51); see `Telling`."""
    tell_all([Telling([*recipients], kind, **what)])


def tell_all(tellings: Sequence[Telling]) -> None:
    """The same for several things, in a fixed number of statements."""
    said = _said({(user.pk, telling.kind) for telling in tellings for user in telling.recipients})
    told: dict[str, tuple[Notice, frozenset[Channel]]] = {}
    for telling in tellings:
        for user in telling.recipients:
            channels = _channels(kinds.get(telling.kind), said.get((user.pk, telling.kind), ()))
            if channels and user.is_active:
                notice = _notice(telling, user, in_page=Channel.PAGE in channels)
                told.setdefault(notice.dedupe_key, (notice, channels))
    if not told:
        return
    # A key that is known keeps its row; writing the key over itself only brings its id back.
    Notice.objects.bulk_create(
        [notice for notice, _ in told.values()],
        update_conflicts=True,
        unique_fields=["dedupe_key"],
        update_fields=["dedupe_key"],
    )
    mails = [_mail(notice, notice.created_at) for notice, channels in told.values() if Channel.EMAIL in channels]
    if mails:
        Delivery.objects.bulk_create(mails, ignore_conflicts=True)
        if not _held.get():
            _deliver_after_commit()


def _notice(telling: Telling, user: User, *, in_page: bool) -> Notice:
    return Notice(
        recipient=user,
        kind=telling.kind,
        dedupe_key=f"{telling.key}:{user.pk}",
        data=telling.data,
        path=telling.path,
        created_at=telling.at,
        in_page=in_page,
    )


@contextmanager
def delivery_held() -> Iterator[None]:
    """Send nothing of what is told inside: it counts as sent at its own time.

    For loading a past that happened elsewhere or never: demonstration data, records taken over from another desk.
    """
    token = _held.set(True)
    try:
        yield
    finally:
        _held.reset(token)


def _mail(notice: Notice, at: datetime) -> Delivery:
    if _held.get():
        return Delivery(
            notice=notice, channel=Channel.EMAIL, next_try_at=at, state=DeliveryState.SENT, attempts=1, sent_at=at
        )
    return Delivery(notice=notice, channel=Channel.EMAIL, next_try_at=at)


def _deliver_after_commit() -> None:
    transaction.on_commit(lambda: current_app.send_task(DELIVER_TASK), robust=True)


def _said(wanted: set[tuple[int, str]]) -> dict[tuple[int, str], list[Preference]]:
    """What people have chosen, by person and kind of notice."""
    people, names = {person for person, _ in wanted}, {kind for _, kind in wanted}
    found: dict[tuple[int, str], list[Preference]] = {}
    for choice in Preference.objects.filter(user__in=people, kind__in=names) if people else ():
        found.setdefault((choice.user_id, choice.kind), []).append(choice)
    return found


def _channels(kind: kinds.Kind, said: Iterable[Preference]) -> frozenset[Channel]:
    """The kind's own channels, changed by what somebody said, and those nobody can turn off."""
    on = set(kind.default)
    for choice in said:
        (on.add if choice.wanted else on.discard)(Channel(choice.channel))
    return frozenset(on | kind.required)


@contextmanager
def delivering_alone() -> Iterator[bool]:
    """Whether nobody else is delivering now; if so, nobody else begins until the block is left."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [DELIVERY_LOCK])
        alone: bool = cursor.fetchone()[0]
    try:
        yield alone
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [DELIVERY_LOCK])


def deliver_one(at: datetime) -> bool:
    """Deliver the delivery that has waited longest, if one is due; return whether there was one.

    The row stays locked while it is sent, so two workers never send the same. The Message-ID is fixed per delivery:
    should a worker die between sending and noting it, the mail program sees the second copy as the same message.
    """
    with transaction.atomic():
        delivery = (
            Delivery.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("notice__recipient")
            .filter(state=DeliveryState.PENDING, next_try_at__lte=at)
            .order_by("next_try_at")
            .first()
        )
        if delivery is None:
            return False
        _attempt(delivery, at)
        return True


def _attempt(delivery: Delivery, at: datetime) -> None:
    delivery.attempts += 1
    try:
        _send_mail(delivery)
    except Exception as error:  # noqa: BLE001 - whatever a mail server or a template raises, the row must say so
        log.warning("Delivery %s failed: %s", delivery.pk, error)
        delivery.error = f"{type(error).__name__}: {error}"
        if delivery.attempts > len(BACK_OFF):
            delivery.state = DeliveryState.GIVEN_UP
        else:
            delivery.next_try_at = at + BACK_OFF[delivery.attempts - 1]
    else:
        delivery.state, delivery.sent_at, delivery.error = DeliveryState.SENT, timezone.now(), ""
    delivery.save()


def _send_mail(delivery: Delivery) -> None:
    said = words(delivery.notice)
    EmailMessage(
        subject=said.subject,
        body=said.text,
        to=[delivery.notice.recipient.email],
        headers={"Message-ID": f"<delivery-{delivery.pk}@servicedesk>", "Auto-Submitted": "auto-generated"},
    ).send()


def retry(delivery: Delivery, at: datetime) -> None:
    """Put a delivery that was given up back into the queue (an operator's act)."""
    Delivery.objects.filter(pk=delivery.pk).exclude(state=DeliveryState.SENT).update(
        state=DeliveryState.PENDING, attempts=0, next_try_at=at, error=""
    )
    _deliver_after_commit()


def unread_count(user: User, *, cap: int = 100) -> int:
    """Unread notices in the page, counted up to `cap`."""
    return len(_unread(user.pk, cap=cap))


@prepared
def _unread(user: int, *, cap: int) -> QuerySet[Notice, int]:
    unread = Notice.objects.filter(recipient=user, read_at__isnull=True, in_page=True)
    return unread.order_by().values_list("pk", flat=True)[:cap]


def newest(user: User, *, limit: int = 20, before: int | None = None) -> list[Notice]:
    """A person's notices, newest first; `before` is the id the next page begins under."""
    found = Notice.objects.filter(recipient=user, in_page=True).select_related("recipient")
    if before is not None:
        found = found.filter(pk__lt=before)
    return list(found.order_by("-id")[:limit])


def mark_read(user: User, at: datetime, *, notices: Iterable[int] | None = None, path: str | None = None) -> int:
    """Mark a person's notices read: all, some by id, or those about one page; return how many were unread."""
    unread = Notice.objects.filter(recipient=user, read_at__isnull=True)
    if notices is not None:
        unread = unread.filter(pk__in=list(notices))
    if path is not None:
        unread = unread.filter(path=path)
    return unread.update(read_at=at)


def preferences(user: User) -> list[tuple[kinds.Kind, frozenset[Channel]]]:
    """For each kind a person can receive: the channels it comes through."""
    said = list(Preference.objects.filter(user=user))
    return [
        (kind, _channels(kind, [choice for choice in said if choice.kind == kind.name]))
        for kind in kinds.kinds_for(client=user.is_client)
    ]


def prefer(user: User, kind: str, channel: Channel, *, wanted: bool) -> None:
    """Keep a person's choice for one kind and channel."""
    Preference.objects.update_or_create(user=user, kind=kind, channel=channel, defaults={"wanted": wanted})
