"""What the commands of one machine share: the data directory, its lock, and its PostgreSQL and Redis."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn, TextIO

import psutil
import psycopg2
import redis

from servicedesk.embedded import EmbeddedError, Postgres, Redis
from servicedesk.env import SettingsError, postgres_settings, redis_client_url

# Every process of an installation inherits this; so the next start finds those that outlived a killed one.
MARK = "SERVICEDESK_INSTALLATION"
CONNECT_SECONDS = 5
SIGN_SECONDS = 0.5  # what a process may take between taking a lock and signing it


class Refusal(Exception):
    """A command can't do what it is asked to; the text is one plain sentence."""


def fail(text: object) -> NoReturn:
    """End with a plain sentence."""
    sys.exit(str(text))


def end_on_signals() -> None:
    """Let SIGTERM and a closed terminal end us as Ctrl-C does, so that everything is put away."""

    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
    signal.signal(signal.SIGHUP, interrupt)


class Lock:
    """Held by the process that runs an installation; its file says who that is."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: TextIO | None = None

    def take(self) -> bool:
        """Try to take it."""
        file = self.path.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self._file = file
        self.sign()
        return True

    @property
    def is_taken(self) -> bool:
        """Whether we hold it."""
        return self._file is not None

    def release(self) -> None:
        """Give it back; a process that ends does so by itself."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def sign(self, **said: object) -> None:
        """Write down who holds it."""
        if self._file is not None:
            self._file.truncate(0)
            self._file.write(json.dumps({"pid": os.getpid(), **said}))
            self._file.flush()

    def holder(self) -> dict[str, object]:
        """What the living holder wrote; empty when that process is gone and only its children hold on."""
        try:
            said = json.loads(self.path.read_text())
            alive = psutil.Process(said["pid"]).status() != psutil.STATUS_ZOMBIE
        except (OSError, ValueError, KeyError, psutil.NoSuchProcess):
            return {}
        return said if alive else {}


def take_over(lock: Lock, var_dir: Path) -> None:
    """Take the lock; end what a killed predecessor left behind.

    Raises:
        Refusal: a living process holds it.
    """
    taken = _within(SIGN_SECONDS, lambda: lock.take() or bool(lock.holder()))
    if not lock.is_taken and (holder := lock.holder()):
        raise Refusal(f"It is running already, at {holder.get('url', 'an unknown address')} (process {holder['pid']}).")
    end_all(_left_over(var_dir, None if taken else lock.path))
    if not lock.is_taken and not lock.take():
        raise Refusal(f"Another process holds {lock.path}.")


def _within(seconds: float, condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not (met := condition()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return met


def end_all(processes: list[psutil.Process]) -> None:
    """End processes; soon by force, since their servers went with their starter and there is nothing left to save."""
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    _, stubborn = psutil.wait_procs(processes, timeout=1)
    for process in stubborn:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(stubborn, timeout=5)


def _left_over(var_dir: Path, held: Path | None) -> list[psutil.Process]:
    """Processes of this installation whose starter was killed: they bear its mark, or hold its lock by inheritance."""
    ours = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    others = [process for process in psutil.process_iter() if process.pid not in ours]
    return [process for process in others if _is_marked(process, var_dir) or (held and _holds(process, held))]


def _is_marked(process: psutil.Process, var_dir: Path) -> bool:
    try:
        return bool(process.environ().get(MARK) == str(var_dir))
    except (psutil.Error, OSError):
        return False


def _holds(process: psutil.Process, path: Path) -> bool:
    try:
        return any(file.path == str(path) for file in process.open_files())
    except (psutil.Error, OSError):
        return False


@contextlib.contextmanager
def servers_of(var_dir: Path) -> Iterator[None]:
    """The servers of an installation for the time of the block: the running ones, else started for it.

    Raises:
        Refusal: they can't be reached or started.
    """
    with contextlib.ExitStack() as stack:
        lock = Lock(var_dir / "server.lock")
        if lock.holder():
            os.environ.setdefault("DATABASE_URL", Postgres(var_dir / "postgres").url("servicedesk"))
            os.environ.setdefault("REDIS_URL", Redis(var_dir / "redis").url())
        else:
            take_over(lock, var_dir)
            stack.callback(lock.release)
        stack.enter_context(servers(var_dir))
        yield


@contextlib.contextmanager
def servers(folder: Path, *, throwaway: bool = False) -> Iterator[None]:
    """PostgreSQL and Redis for the time of the block, in the environment as DATABASE_URL and REDIS_URL.

    An address that the environment names already is used as it is.

    Raises:
        Refusal: one of them can't be reached or started.
    """
    before = {name: os.environ.get(name) for name in ("DATABASE_URL", "REDIS_URL")}
    with contextlib.ExitStack() as stack:
        try:
            _provide_postgres(stack, folder, throwaway=throwaway)
            _provide_redis(stack, folder, throwaway=throwaway)
        except (EmbeddedError, SettingsError) as error:
            raise Refusal(str(error)) from None
        except PermissionError as error:
            raise Refusal(f"{error.filename} can't be written: this user may not write there.") from None
        yield
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)


def _provide_postgres(stack: contextlib.ExitStack, folder: Path, *, throwaway: bool) -> None:
    if url := os.environ.get("DATABASE_URL"):
        require_postgres(url)
        return
    fast = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}
    server = Postgres(folder / "postgres", fast if throwaway else {})
    stack.callback(server.stop)
    server.start()
    server.ensure_database("servicedesk")
    os.environ["DATABASE_URL"] = server.url("servicedesk")


def _provide_redis(stack: contextlib.ExitStack, folder: Path, *, throwaway: bool) -> None:
    if url := os.environ.get("REDIS_URL"):
        require_redis(url)
        return
    server = Redis(folder / "redis", {"appendonly": "no", "save": ""} if throwaway else {})
    stack.callback(server.stop)
    server.start()
    os.environ["REDIS_URL"] = server.url()


def require_postgres(url: str) -> None:
    """Refuse when DATABASE_URL can't be used; the sentence names no password.

    Raises:
        Refusal: with the server's own words.
    """
    said = postgres_settings(url)
    try:
        psycopg2.connect(
            dbname=said["NAME"],
            user=said["USER"] or None,
            password=said["PASSWORD"] or None,
            host=said["HOST"] or None,
            port=said["PORT"] or None,
            connect_timeout=CONNECT_SECONDS,
            **said["OPTIONS"],
        ).close()
    except psycopg2.Error as error:
        raise Refusal(f"The database that DATABASE_URL names can't be used: {_one_line(error)}") from None


def require_redis(url: str) -> None:
    """Refuse when REDIS_URL can't be used.

    Raises:
        Refusal: with the server's own words.
    """
    try:
        with redis.Redis.from_url(redis_client_url(url), socket_connect_timeout=CONNECT_SECONDS) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        raise Refusal(f"The Redis that REDIS_URL names can't be used: {_one_line(error)}") from None


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())


def require_port(host: str, port: int) -> None:
    """Refuse when something listens there already.

    Raises:
        Refusal: naming the option that helps.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise Refusal(f"This user may not listen on port {port}: choose one above 1023 with --port.") from None
        except OSError:
            raise Refusal(f"Port {port} on {host} is taken: choose another with --port.") from None


def free_port() -> int:
    """A port on which nothing listens at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
