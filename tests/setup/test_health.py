"""The two addresses that load balancers and monitoring ask."""

from __future__ import annotations

import time
from typing import Any

import psycopg2
import pytest
from django.conf import settings
from django.test import Client

from servicedesk import health
from servicedesk.schedule import SWEEP


@pytest.fixture
def lively() -> None:
    """Worker and sweep have just been seen."""
    health.note("worker")
    health.note(SWEEP)


def checks(client: Client) -> dict[str, dict[str, Any]]:
    return client.get("/readyz").json()["checks"]


def test_the_process_answers_whatever_name_it_is_called_by(client: Client) -> None:
    answer = client.get("/healthz", headers={"host": "10.0.0.7:8000"})
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.usefixtures("lively", "db")
def test_it_is_ready_when_everything_answers(client: Client) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert all(check["ok"] for check in answer.json()["checks"].values())


@pytest.mark.usefixtures("db")
def test_it_is_not_ready_while_no_worker_has_been_seen(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["worker"] == {"ok": False, "age_seconds": None}


@pytest.mark.usefixtures("lively", "db")
def test_a_sweep_that_stopped_is_seen(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    monkeypatch.setattr(health.time, "time", lambda: now + 31)
    assert not checks(client)["sweep"]["ok"]


@pytest.mark.usefixtures("lively")
def test_a_database_that_is_away_is_said_without_secrets(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(**parameters: Any) -> None:
        raise psycopg2.OperationalError("password=secret")

    monkeypatch.setattr(health.psycopg2, "connect", away)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == {"ok": False}
    assert b"secret" not in answer.content


@pytest.mark.usefixtures("db")
def test_a_redis_that_is_away_is_said_in_time(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "REDIS_URL", "unix:///nowhere.sock")
    began = time.monotonic()
    assert not checks(client)["redis"]["ok"]
    assert time.monotonic() - began < 2
    health.note("worker")  # doesn't raise
