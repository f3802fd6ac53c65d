"""The product's own processes, as its Procfile starts them, on the ground that the environment leads to."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
from django.core.management import call_command
from honcho.environ import parse_procfile

from servicedesk.env import BASE_DIR
from servicedesk.one_machine import Refusal

STARTS_WITHIN = 90  # seconds


class Process:
    """One line of the Procfile, or another command in its place, running."""

    def __init__(self, name: str, command: str = "") -> None:
        command = command or parse_procfile((BASE_DIR / "Procfile").read_text()).processes[name]
        programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
        self._popen = subprocess.Popen(  # noqa: S602 - the Procfile's lines are written for a shell
            command,
            shell=True,
            cwd=BASE_DIR,
            env={**os.environ, "PATH": programs},
            start_new_session=True,
            stdout=subprocess.DEVNULL,
        )
        self.name = name

    def tree(self) -> list[psutil.Process]:
        """It and everything it started."""
        with contextlib.suppress(psutil.NoSuchProcess):
            top = psutil.Process(self._popen.pid)
            return [top, *top.children(recursive=True)]
        return []

    def cpu(self) -> float:
        """Seconds of processor time that its living processes have used."""
        return sum(_cpu_of(process) for process in self.tree())

    def kill_workers(self) -> int:
        """`kill -9` of all that its keeper started, which then starts it again; return how many there were."""
        victims = self.tree()[1:]
        for victim in victims:
            with contextlib.suppress(psutil.NoSuchProcess):
                victim.kill()
        return len(victims)

    def stop(self) -> None:
        """End it; it ends its children."""
        self._popen.terminate()
        try:
            self._popen.wait(20)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._popen.pid, signal.SIGKILL)
            self._popen.wait()


def _cpu_of(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system)


@contextlib.contextmanager
def running(*names: str, web: str = "") -> Iterator[dict[str, Process]]:
    """Processes for the time of the block, by their names in the Procfile; workers are ready when it begins.

    Args:
        web: a command for the shell in place of the Procfile's web server.

    Raises:
        Refusal: one of them does not come up.
    """
    if "web" in names:
        call_command("prepare", verbosity=0)  # static files and translations
    with contextlib.ExitStack() as stack:
        started: dict[str, Process] = {}
        for name in names:
            process = started[name] = Process(name, web if name == "web" else "")
            stack.callback(process.stop)
        workers = len({"worker", "long"} & set(names))
        if workers:
            wait_for(lambda: answering() >= workers, STARTS_WITHIN, "The workers do not start.")
        yield started


def answering() -> int:
    """How many workers (not their children) answer."""
    from servicedesk.celery import app

    return len(app.control.ping(timeout=0.5) or ())


def database_cpu() -> float:
    """Processor time of the server's processes for this database so far; zero when it runs elsewhere."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        pids = [pid for (pid,) in cursor.fetchall()]
    found = 0.0
    for pid in pids:
        with contextlib.suppress(psutil.NoSuchProcess):
            found += _cpu_of(psutil.Process(pid))
    return found


def wait_for(condition: Callable[[], object], seconds: float, otherwise: str, *, every: float = 0.1) -> None:
    """Wait for a condition.

    Raises:
        Refusal: with `otherwise`, when it doesn't come true in time.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise Refusal(otherwise)
        time.sleep(every)


def load_average() -> float:
    """How many processes wanted a processor in the last minute: others on the machine slow everything down."""
    return round(os.getloadavg()[0], 1)
