"""The embedded servers: starting, ending, and what a killed start leaves behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from servicedesk.embedded import Postgres, Redis, socket_dir
from servicedesk.one_machine import Lock, Refusal, require_port, require_postgres, require_redis, take_over

pytestmark = pytest.mark.live
START = """
import time
from pathlib import Path
from servicedesk.embedded import *
{server}(Path({data!r})).start()
print("up", flush=True)
time.sleep(600)
"""


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("make", [Postgres, Redis])
def test_a_server_starts_keeps_its_data_and_ends(make: type[Postgres | Redis], tmp_path: Path) -> None:
    server = make(tmp_path / "data")
    for _ in range(2):
        server.start()
        assert server.answers()
        server.stop()
        assert not server.answers()


@pytest.mark.parametrize("make", [Postgres, Redis])
def test_a_path_too_long_for_a_socket_is_no_hindrance(make: type[Postgres | Redis], tmp_path: Path) -> None:
    server = make(tmp_path / ("long" * 20) / ("path" * 10) / "data")
    server.data.parent.mkdir(parents=True)
    server.start()
    assert server.answers()
    server.stop()
    assert not socket_dir(server.data, ".s.PGSQL.5432").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel tells children on Linux only")
@pytest.mark.parametrize("make", [Postgres, Redis])
def test_a_server_ends_with_a_starter_that_is_killed(make: type[Postgres | Redis], tmp_path: Path) -> None:
    code = START.format(server=make.__name__, data=str(tmp_path / "data"))
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        assert starter.stdout.readline() == "up\n"
        assert make(tmp_path / "data").answers()
        starter.kill()
    wait_for(lambda: not make(tmp_path / "data").answers())


@pytest.mark.parametrize("make", [Postgres, Redis])
def test_a_server_left_over_is_replaced(make: type[Postgres | Redis], tmp_path: Path) -> None:
    left_over, successor = make(tmp_path / "data"), make(tmp_path / "data")
    left_over.start()
    assert left_over._process is not None
    successor.start()
    assert left_over._process.wait(10) is not None
    assert successor.answers()
    successor.stop()


def test_two_cannot_run_the_same_installation(tmp_path: Path) -> None:
    lock = Lock(tmp_path / "lock")
    assert lock.take()
    lock.sign(url="http://localhost:8000")
    with pytest.raises(Refusal, match=f"running already, at http://localhost:8000 .process {os.getpid()}"):
        take_over(Lock(tmp_path / "lock"), tmp_path)


def test_what_a_killed_start_left_behind_is_ended(tmp_path: Path) -> None:
    left_over = subprocess.Popen(["sleep", "600"], env={**os.environ, "SERVICEDESK_INSTALLATION": str(tmp_path)})
    stranger = subprocess.Popen(
        ["sleep", "600"], env={**os.environ, "SERVICEDESK_INSTALLATION": str(tmp_path / "other")}
    )
    wait_for(lambda: psutil.Process(left_over.pid).name() == psutil.Process(stranger.pid).name() == "sleep")
    try:
        take_over(Lock(tmp_path / "lock"), tmp_path)
        assert not psutil.pid_exists(left_over.pid)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_servers_that_cannot_be_reached_are_named_without_their_password() -> None:
    with pytest.raises(Refusal, match="DATABASE_URL") as refusal:
        require_postgres("postgresql://me:secret@127.0.0.1:1/desk")
    assert "secret" not in str(refusal.value)
    with pytest.raises(Refusal, match="REDIS_URL") as refusal:
        require_redis("redis://:secret@127.0.0.1:1/0")
    assert "secret" not in str(refusal.value)


def test_a_taken_port_is_said(live_port: int) -> None:
    with pytest.raises(Refusal, match=f"Port {live_port} .* is taken"):
        require_port("127.0.0.1", live_port)


@pytest.fixture
def live_port() -> Iterator[int]:
    """A port on which something listens."""
    import socket

    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]
