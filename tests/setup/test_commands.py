"""The commands of one machine, run as somebody at a terminal runs them."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import redis

from servicedesk.embedded import Redis
from servicedesk.one_machine import MARK, free_port
from servicedesk.testing import _known_variables

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.live
one_installation = pytest.mark.xdist_group("installation")  # started once, for the tests that share it


def environment(**said: str) -> dict[str, str]:
    """What a terminal has: nothing of the product's own, unless a test says it."""
    ours = _known_variables() | {"DJANGO_SETTINGS_MODULE", "SERVICEDESK_TEST_FOLDER"}
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return {**kept, "SERVICEDESK_IGNORE_ENV_FILE": "", **said}


def run(*command: str, **said: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, env=environment(**said), cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    """What a refusal says: one line, and no traceback."""
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr.strip()


def test_an_old_python_is_named(tmp_path: Path) -> None:
    old = tmp_path / "python"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo Python 3.9.2 && exit\nexit 1\n')
    old.chmod(0o755)
    said = sentence(run("script/server", PYTHON=str(old)))
    assert "Python 3.11 or newer is needed" in said
    assert "Python 3.9.2" in said


def test_a_python_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "Python 3.11 or newer is needed" in sentence(run("script/server", PYTHON=str(tmp_path / "none")))


def test_a_python_without_venv_is_named(tmp_path: Path) -> None:
    bare = tmp_path / "python"
    bare.write_text(f'#!/bin/sh\ncase "$2" in *ensurepip*) exit 1 ;; esac\nexec {sys.executable} "$@"\n')
    bare.chmod(0o755)
    assert "python3-venv" in sentence(run("script/server", PYTHON=str(bare)))


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = str(listener.getsockname()[1])
        said = sentence(run("script/server", "--port", port, VAR_DIR=str(tmp_path)))
    assert said == f"Port {port} on 127.0.0.1 is taken: choose another with --port."


def test_a_database_that_cannot_be_reached_is_named(tmp_path: Path) -> None:
    url = "postgresql://me:secret@127.0.0.1:1/desk"
    said = sentence(run("script/server", "--port", str(free_port()), VAR_DIR=str(tmp_path), DATABASE_URL=url))
    assert said.startswith("The database that DATABASE_URL names can't be used:")
    assert "secret" not in said


def test_another_engine_is_refused(tmp_path: Path) -> None:
    port = str(free_port())
    said = sentence(run("script/server", "--port", port, VAR_DIR=str(tmp_path), DATABASE_URL="sqlite:///x"))
    assert "PostgreSQL is the one supported engine" in said


def test_production_without_a_secret_does_not_start(tmp_path: Path) -> None:
    said = sentence(run(sys.executable, "manage.py", "check", VAR_DIR=str(tmp_path), ALLOWED_HOSTS="desk.example.org"))
    assert said.startswith("The settings can't be used.\nSECRET_KEY is not set")


def test_a_data_directory_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    said = sentence(run("script/server", VAR_DIR=str(tmp_path / "file" / "var")))
    assert "can't be used: Not a directory" in said


def wait_for(condition: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


class Server:
    """`script/server` over a data directory of its own."""

    def __init__(self, var_dir: Path) -> None:
        self.var_dir = var_dir
        self.port = free_port()
        self.log = var_dir / "output"
        self.start()

    def start(self) -> None:
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                self.command, env=self.environment, cwd=ROOT, stdout=output, stderr=output, start_new_session=True
            )

    @property
    def command(self) -> list[str]:
        return ["script/server", "--no-demo", "--port", str(self.port)]

    @property
    def environment(self) -> dict[str, str]:
        folders = {
            "VAR_DIR": str(self.var_dir),
            "TMPDIR": str(self.var_dir),
        }  # so that what is killed leaves nothing in /tmp
        return environment(**folders, WEB_CONCURRENCY="1", WORKER_CONCURRENCY="1", LONG_CONCURRENCY="1")

    def readiness(self) -> dict[str, Any]:
        """What /readyz says; empty while nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return dict(json.load(answer)["checks"])
        except urllib.error.HTTPError as error:
            return dict(json.load(error)["checks"])
        except OSError:
            return {}

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        return bool(checks := self.readiness()) and all(check["ok"] for check in checks.values())

    def left_over(self) -> list[psutil.Process]:
        """Processes that belong to this data directory."""
        return [process for process in psutil.process_iter() if self._is_ours(process)]

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            ours = process.environ().get(MARK) == str(self.var_dir) or str(self.var_dir) in " ".join(process.cmdline())
        except psutil.Error:
            return False
        return ours and process.status() != psutil.STATUS_ZOMBIE

    def end(self, with_signal: signal.Signals) -> int:
        self.process.send_signal(with_signal)
        return self.process.wait(30)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("installation"))
    try:
        wait_for(running.is_ready)
        yield running
    finally:
        running.end(signal.SIGTERM)
        assert not running.left_over()


@one_installation
@pytest.mark.timeout(240)
def test_one_command_brings_up_everything(server: Server) -> None:
    wait_for(lambda: f"http://localhost:{server.port}" in server.log.read_text())


@one_installation
@pytest.mark.timeout(240)
def test_a_second_start_says_that_it_runs_already(server: Server) -> None:
    done = subprocess.run(server.command, env=server.environment, cwd=ROOT, capture_output=True, text=True, check=False)
    assert sentence(done).startswith(f"It is running already, at http://localhost:{server.port} ")


@one_installation
@pytest.mark.timeout(240)
def test_background_work_survives_an_emptied_redis(server: Server) -> None:
    with redis.Redis.from_url(Redis(server.var_dir / "redis").url()) as client:
        client.flushall()
    wait_for(lambda: server.readiness()["sweep"]["ok"], 30)


@one_installation
@pytest.mark.timeout(240)
def test_after_a_kill_the_next_start_recovers(server: Server) -> None:
    server.end(signal.SIGKILL)
    server.start()
    wait_for(server.is_ready)
