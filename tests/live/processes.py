"""Real worker and beat processes on the test database, for tests of what happens by itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]


def environment() -> dict[str, str]:
    """What the product's processes read: this test's database and Redis, nothing of pytest's."""
    database = connection.settings_dict
    host = database["HOST"]
    where = f"?host={host}" if str(host).startswith("/") else ""
    place = "" if where else f"{host}:{database['PORT'] or 5432}"
    login = database["USER"] + (f":{database['PASSWORD']}" if database["PASSWORD"] else "")
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("PYTEST")},
        "DJANGO_SETTINGS_MODULE": "servicedesk.settings",
        "DATABASE_URL": f"postgresql://{login}@{place}/{database['NAME']}{where}",
        "REDIS_URL": settings.REDIS_URL,
        "SWEEP_SECONDS": "1",
    }


@contextmanager
def running(*command: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process in a group of its own, ended with all its children when the block is left."""
    process = subprocess.Popen(
        [sys.executable, "-m", *command], cwd=ROOT, env=environment(), start_new_session=True, stdout=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """`kill -9` of a process and its children."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def worker() -> object:
    """A Celery worker."""
    return running("celery", "--quiet", "-A", "servicedesk", "worker", "-c", "1", "--without-mingle", "-l", "ERROR")


def beat(schedule: Path) -> object:
    """Celery's beat."""
    return running("celery", "--quiet", "-A", "servicedesk", "beat", "-s", str(schedule), "--pidfile=", "-l", "ERROR")


def wait_for(condition: Callable[[], object], seconds: float, what: str) -> None:
    """Wait for a condition; fail with what was waited for."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)
