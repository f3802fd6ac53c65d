"""Pages through the real web server, beside a floor: a view that does nothing.

The floor passes the server and every middleware, so a page's ratio to it says what the page itself costs, whatever the
machine.
"""

from __future__ import annotations

import http.client
import statistics
import time
from contextlib import closing
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from servicedesk.bench.figures import Result
from servicedesk.bench.ground import Ground
from servicedesk.bench.processes import load_average, running, wait_for
from servicedesk.generate.words import RARE_WORD
from servicedesk.one_machine import Refusal
from tickets.models import Ticket

FLOOR = "/bench/empty"
WARM = 3  # requests that don't count
# (path, role of the person who asks); a role's first person by id is taken.
PAGES = (
    (FLOOR, "agent"),
    ("/account/login/", ""),
    ("/portal/", "client_contact"),
    ("/portal/new/", "client_contact"),
    ("/desk/", "agent"),
    (f"/desk/?q={RARE_WORD}", "agent"),
    ("/desk/?view=closed", "agent"),
    ("/desk/clients/", "agent"),
    ("/desk/dashboard/", "manager"),
    ("/desk/quality/", "manager"),
    ("/api/v1/requests/", "agent"),
    ("/api/v1/services/", "client_contact"),
)


def measure(ground: Ground, *, times: int) -> Result:
    """All pages: median milliseconds, ratio to the floor, queries."""
    cookies = {role: cookie_of(role) for role in {role for _, role in PAGES}}
    with running("web"):
        wait_for(lambda: is_up(ground.port), 60, "The web server does not start.")
        timed = [(path, role, *ask(ground.port, path, cookies[role], times)) for path, role in PAGES]
    floor = statistics.median(timed[0][3])
    return {
        "requests": Ticket.objects.count(),
        "pages": [
            {
                "page": path,
                "as": role or "nobody",
                "status": status,
                "ms": round(statistics.median(taken), 2),
                "times_floor": round(statistics.median(taken) / floor, 2),
                "queries": _queries(path, role),
            }
            for path, role, status, taken in timed
        ],
        "load_average": load_average(),
    }


def cookie_of(role: str) -> str:
    """The session of somebody in that role, as a Cookie header; empty for nobody."""
    return "; ".join(f"{name}={morsel.value}" for name, morsel in _client(role).cookies.items())


def _client(role: str) -> Any:
    client = Client(headers={"host": "localhost"})
    if role:
        person = get_user_model()._default_manager.filter(role=role, is_active=True).order_by("pk").first()
        if person is None:
            raise Refusal(f"There is nobody with the role {role} in the database.")
        client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    return client


def _queries(path: str, role: str) -> int:
    """How many queries a page makes once caches are warm."""
    client = _client(role)
    client.raise_request_exception = False
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        client.get(path)
    return len(queries)


def is_up(port: int) -> bool:
    """Whether the web server answers."""
    try:
        return ask(port, "/healthz", "", 1, warm=0)[0] == 200
    except OSError:
        return False


def ask(port: int, path: str, cookie: str, times: int, *, warm: int = WARM) -> tuple[int, list[float]]:
    """(status, milliseconds of each time) of a page over one connection, after some requests that don't count."""
    headers = {"Host": "localhost", **({"Cookie": cookie} if cookie else {})}
    taken: list[float] = []
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as line:
        for _ in range(warm + times):
            began = time.perf_counter()
            line.request("GET", path, headers=headers)
            response = line.getresponse()
            response.read()
            taken.append((time.perf_counter() - began) * 1000)
    return response.status, taken[warm:]
