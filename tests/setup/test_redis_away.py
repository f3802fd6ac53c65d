"""While Redis is away, people go on working: sessions come from the database, mails wait in the outbox."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from notifications.models import Delivery, DeliveryState
from servicedesk.celery import app
from tests.cast import PASSWORD, Cast
from tests.portal.pages import form_of
from tickets.models import Ticket

PATIENCE_SECONDS = 10


@pytest.fixture
def _redis_is_away(cast: Cast, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = f"{tmp_path}/nobody.sock"
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": f"unix://{nowhere}?db=0"}}
    monkeypatch.setattr(app.conf, "broker_url", f"redis+socket://{nowhere}?virtual_host=0")
    monkeypatch.setattr(app.conf, "broker_write_url", None, raising=False)
    monkeypatch.setattr(app, "_pool", None)
    monkeypatch.setattr(app.amqp, "_producer_pool", None)


@pytest.mark.usefixtures("_redis_is_away")
def test_a_client_signs_in_and_submits(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    began = time.monotonic()
    browser = cast.browser()
    assert browser.post("/account/login/", {"login": "chen@desk.test", "password": PASSWORD}).status_code == 302
    form = form_of(browser.get("/portal/new/support/"), "/portal/new/support/")
    with django_capture_on_commit_callbacks(execute=True):
        answer = browser.post("/portal/new/support/", {**form, "subject": "白屏", "description": "登录后空白"})
    ticket = Ticket.objects.get()
    assert browser.get(answer.headers["Location"]).status_code == 200
    assert Delivery.objects.get(notice__recipient=cast.chen).state == DeliveryState.PENDING
    assert ticket.subject == "白屏"
    assert browser.post("/account/logout/").status_code == 302
    assert time.monotonic() - began < PATIENCE_SECONDS
