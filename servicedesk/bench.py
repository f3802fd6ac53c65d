"""`script/bench`: how long pages take through a real web server, and how many queries each makes.

The floor is a view that does nothing: it passes the server and every middleware, so a page's ratio to it says what the
page itself costs, whatever the machine.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import django

from servicedesk.env import data_directory, load_env_files
from servicedesk.one_machine import Refusal, end_on_signals, fail, free_port, servers_of
from servicedesk.runner import choose_settings, prepare

FLOOR = "/bench/empty"
# (path, role of the person who asks); a role's first person by id is taken.
PAGES = (
    (FLOOR, "agent"),
    ("/account/login/", ""),
    ("/portal/", "client_contact"),
    ("/portal/new/", "client_contact"),
    ("/desk/", "agent"),
    ("/desk/?q=502", "agent"),
    ("/desk/?view=closed", "agent"),
    ("/desk/clients/", "agent"),
    ("/desk/dashboard/", "manager"),
    ("/desk/quality/", "manager"),
    ("/api/v1/requests/", "agent"),
    ("/api/v1/services/", "client_contact"),
)


@dataclass(frozen=True)
class Measured:
    """One page: milliseconds are the median; `ratio` is to the floor."""

    path: str
    role: str
    status: int
    milliseconds: float
    ratio: float
    queries: int


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="script/bench", description="Measure pages through a real web server.")
    parser.add_argument("--times", type=int, default=50, help="how often each page is asked for (50)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    end_on_signals()
    load_env_files()
    var_dir = data_directory()
    var_dir.mkdir(parents=True, exist_ok=True)
    port = free_port()
    started = argparse.Namespace(host="127.0.0.1", port=port, no_demo=False)
    try:
        choose_settings(started, var_dir, f"http://localhost:{port}")
        with servers_of(var_dir):
            prepare(demo=True)
            found = measure(port, options.times)
    except Refusal as refusal:
        fail(refusal)
    except KeyboardInterrupt:
        sys.exit(130)
    print(json.dumps([asdict(page) for page in found], indent=2) if options.json else _table(found))  # noqa: T201


def measure(port: int, times: int) -> list[Measured]:
    """All pages, against a web server started for it."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "servicedesk.bench_settings"
    django.setup()
    cookies = {role: _cookie(role) for role in {role for _, role in PAGES}}
    with _web(port):
        timed = [(path, role, *_ask(port, path, cookies[role], times)) for path, role in PAGES]
    floor = timed[0][3]
    return [
        Measured(path, role, status, round(ms, 2), round(ms / floor, 2), _queries(path, role))
        for path, role, status, ms in timed
    ]


def _cookie(role: str) -> str:
    """The session of somebody in that role, as a Cookie header; empty for nobody."""
    client = _client(role)
    return "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())


def _client(role: str) -> Any:
    from django.contrib.auth import get_user_model
    from django.test import Client

    client = Client(headers={"host": "localhost"})
    if role:
        person = get_user_model()._default_manager.filter(role=role, is_active=True).order_by("pk").first()
        if person is None:
            raise Refusal(f"There is nobody with the role {role} in the database.")
        client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    return client


def _queries(path: str, role: str) -> int:
    """How many queries a page makes once caches are warm."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = _client(role)
    client.raise_request_exception = False
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return len(queries)


@contextmanager
def _web(port: int) -> Iterator[None]:
    gunicorn = str(Path(sys.executable).parent / "gunicorn")
    command = [gunicorn, "servicedesk.wsgi", "--bind", f"127.0.0.1:{port}", "--worker-class", "gthread"]
    web = subprocess.Popen([*command, "--workers", "1", "--threads", "2", "--log-level", "critical"])  # noqa: S603
    try:
        deadline = time.monotonic() + 60
        while not _is_up(port):
            if web.poll() is not None or time.monotonic() > deadline:
                raise Refusal("The web server does not start.")
            time.sleep(0.1)
        yield
    finally:
        web.terminate()
        web.wait()


def _is_up(port: int) -> bool:
    try:
        return _ask(port, "/healthz", "", 1)[0] == 200
    except OSError:
        return False


def _ask(port: int, path: str, cookie: str, times: int) -> tuple[int, float]:
    """(status, median milliseconds) of a page over one connection, after three requests that don't count."""
    headers = {"Host": "localhost", **({"Cookie": cookie} if cookie else {})}
    taken: list[float] = []
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        for _ in range(times + 3):
            began = time.perf_counter()
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            response.read()
            taken.append((time.perf_counter() - began) * 1000)
    return response.status, statistics.median(taken[3:])


def _table(pages: list[Measured]) -> str:
    rows = [("page", "as", "status", "ms", "× floor", "queries")]
    rows += [
        (
            page.path,
            page.role or "nobody",
            str(page.status),
            f"{page.milliseconds:.2f}",
            f"{page.ratio:.2f}",
            str(page.queries),
        )
        for page in pages
    ]
    return "\n".join(f"{a:<28}{b:<16}{c:>7}{d:>9}{e:>9}{f:>9}" for a, b, c, d, e, f in rows)


if __name__ == "__main__":
    main()
