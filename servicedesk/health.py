"""Whether this installation works, for load balancers and monitoring.

`/healthz`: this process answers. `/readyz`: it can do its work, and background work goes on; 503 when something fails.
Both are answered before everything else, so that a probe needs no allowed host name, no https and no session.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import psycopg2
import redis
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from servicedesk.schedule import SWEEP

TIMEOUT_SECONDS = 2
KEEP_SECONDS = 24 * 3600
WORKER_MAY_BE_SILENT_SECONDS = 30


class HealthMiddleware:
    """Answers the two addresses, passes everything else on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return JsonResponse({"status": "ok"})
        if request.path == "/readyz":
            return readyz()
        return self.get_response(request)


def readyz() -> JsonResponse:
    """The checks by name: `ok`, and for background work the seconds since it was last seen (`None`: unknown)."""
    checks: dict[str, dict[str, object]] = {"database": {"ok": _database_answers()}, **_redis_checks()}
    ok = all(check["ok"] for check in checks.values())
    return JsonResponse(
        {"status": "ok" if ok else "failing", "checks": checks},
        status=200 if ok else 503,
        headers={"Cache-Control": "no-store"},
    )


def note(mark: str) -> None:
    """Remember that something has just been seen. Never fails: a mark isn't worth a task."""
    try:
        with _client() as client:
            client.set(_key(mark), time.time(), ex=KEEP_SECONDS)
    except redis.RedisError:
        return


def _redis_checks() -> dict[str, dict[str, object]]:
    sweep_may_be_silent = max(30.0, 10 * settings.SWEEP_SECONDS)
    try:
        with _client() as client:
            worker, sweep = client.mget(_key("worker"), _key(SWEEP))
    except redis.RedisError:
        return {"redis": {"ok": False}, "worker": _age(None, 0), "sweep": _age(None, 0)}
    return {
        "redis": {"ok": True},
        "worker": _age(worker, WORKER_MAY_BE_SILENT_SECONDS),
        "sweep": _age(sweep, sweep_may_be_silent),
    }


def _age(seen: bytes | None, allowed: float) -> dict[str, object]:
    if seen is None:
        return {"ok": False, "age_seconds": None}
    age = max(0.0, time.time() - float(seen))
    return {"ok": age <= allowed, "age_seconds": round(age, 1)}


def _database_answers() -> bool:
    """Asked over a connection of its own: the pool's could hang longer than a probe waits."""
    parameters = {**connection.get_connection_params(), "connect_timeout": TIMEOUT_SECONDS}
    known = {name: value for name, value in parameters.items() if name not in {"cursor_factory", "context"}}
    known["options"] = f"{known.get('options', '')} -c statement_timeout={TIMEOUT_SECONDS * 1000}".strip()
    try:
        probe = psycopg2.connect(**known)
    except psycopg2.Error:
        return False
    probe.close()
    return True


def _client() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=TIMEOUT_SECONDS / 2, socket_connect_timeout=TIMEOUT_SECONDS / 2
    )


def _key(mark: str) -> str:
    return f"servicedesk:seen:{mark}"
