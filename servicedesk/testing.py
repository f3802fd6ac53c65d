"""`script/test`: the test suite with a PostgreSQL and a Redis of its own.

Plain `pytest` gets the same: `tests/settings.py` calls `settle` before Django reads its settings.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import re
import subprocess
import sys
from itertools import count
from pathlib import Path

from servicedesk import messages
from servicedesk.env import BASE_DIR
from servicedesk.one_machine import Lock, Refusal, end_on_signals, fail, servers

FOLDER = "SERVICEDESK_TEST_FOLDER"
REDIS_NUMBERS = 15  # what a Redis has by default, without 0, which a running installation may use


def main() -> None:
    """Run pytest with the arguments given; its exit code is ours."""
    end_on_signals()
    messages.compile_all()
    arguments = sys.argv[1:]
    parallel = [] if _says_how_many(arguments) else ["-n", "2", "--dist", "loadgroup"]
    with contextlib.ExitStack() as stack:
        try:
            provide(stack)
        except Refusal as refusal:
            fail(refusal)
        command = [sys.executable, "-m", "pytest", *parallel, *arguments]
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        tests = subprocess.Popen(command, cwd=BASE_DIR, env=environment)  # noqa: S603 - ourselves
        sys.exit(_wait(tests))


def _says_how_many(arguments: list[str]) -> bool:
    return any(re.match(r"-n|--numprocesses|--pdb|--collect-only|--co$", argument) for argument in arguments)


def _wait(tests: subprocess.Popen[bytes]) -> int:
    """Wait for pytest; when we are told to end, it ends first."""
    try:
        return tests.wait()
    except KeyboardInterrupt:
        tests.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            return tests.wait(20)
        tests.kill()
        return 130


def provide(stack: contextlib.ExitStack) -> None:
    """Start what the environment doesn't name, in the first folder under var/test that no other run uses.

    Raises:
        Refusal: a server can't be had.
    """
    folder = _free_folder(stack)
    os.environ[FOLDER] = str(folder)
    stack.enter_context(servers(folder, throwaway=True))


def _free_folder(stack: contextlib.ExitStack) -> Path:
    for number in count(1):
        folder = BASE_DIR / "var" / "test" / str(number)
        folder.mkdir(parents=True, exist_ok=True)
        lock = Lock(folder / "lock")
        if lock.take():
            stack.callback(lock.release)
            return folder
    raise AssertionError("count() has no end")


def settle() -> None:
    """Make the environment that tests run in: servers of their own, and nothing of the developer's settings."""
    if FOLDER not in os.environ:
        stack = contextlib.ExitStack()
        atexit.register(stack.close)
        try:
            provide(stack)
        except Refusal as refusal:
            fail(refusal)
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    for name in _known_variables() - {"DATABASE_URL", "REDIS_URL"}:
        os.environ.pop(name, None)
    os.environ.update(
        SERVICEDESK_IGNORE_ENV_FILE="1",
        SECRET_KEY="only-for-tests-" * 4,
        ALLOWED_HOSTS="testserver,localhost,127.0.0.1",
        SITE_URL="http://testserver",
        VAR_DIR=str(Path(os.environ[FOLDER]) / "data" / (worker or "main")),
    )
    (Path(os.environ["VAR_DIR"]) / "static").mkdir(parents=True, exist_ok=True)  # WhiteNoise warns without it
    if worker:
        os.environ["REDIS_URL"] = redis_of_worker(os.environ["REDIS_URL"], int(worker.removeprefix("gw")))


def _known_variables() -> set[str]:
    example = (BASE_DIR / ".env.example").read_text(encoding="utf-8")
    return set(re.findall(r"^#?([A-Z][A-Z_]+)=", example, re.MULTILINE))


def redis_of_worker(url: str, worker: int) -> str:
    """The same Redis, another database for each process of the suite."""
    number = 1 + worker % REDIS_NUMBERS
    if url.startswith("unix:"):
        return f"{url.partition('?')[0]}?db={number}"
    return re.sub(r"(://[^/]+)(/\d*)?", rf"\g<1>/{number}", url, count=1)


if __name__ == "__main__":
    main()
