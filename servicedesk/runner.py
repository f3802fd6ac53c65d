"""`script/server`: the whole service desk on one machine, started, watched and ended together."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from secrets import token_urlsafe

import psutil
from honcho.environ import parse_procfile
from honcho.manager import SYSTEM_PRINTER_NAME, Manager
from honcho.printer import Message, Printer

from servicedesk.env import BASE_DIR, ONE_MACHINE_FILE, data_directory, load_env_files
from servicedesk.one_machine import MARK, Lock, Refusal, end_on_signals, fail, require_port, servers, take_over

DATA = ("postgres*", "redis*", "files", "mail", "static", "beat-schedule*", ONE_MACHINE_FILE)
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ANSWER_SECONDS = 120
FIRST_PAGE = "/account/login/"


def main() -> None:
    """Run until Ctrl-C; end with one plain sentence when that isn't possible."""
    options = _options()
    end_on_signals()
    try:
        sys.exit(run(options))
    except Refusal as refusal:
        fail(refusal)
    except PermissionError as error:
        fail(f"{error.filename} can't be written: this user may not write there.")
    except OSError as error:
        fail(f"{error.filename or 'The data directory'} can't be used: {error.strerror or error}.")
    except KeyboardInterrupt:
        sys.exit(130)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/server", description="Run the whole service desk on this machine.")
    parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"), help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=os.environ.get("PORT", "8000"), help="port to listen on (8000)")
    parser.add_argument("--no-demo", action="store_true", help="start empty, without demonstration data")
    parser.add_argument("--reset", action="store_true", help="delete all data first")
    parser.add_argument("--yes", action="store_true", help="don't ask before deleting")
    return parser.parse_args()


def run(options: argparse.Namespace) -> int:
    """Everything from the lock to the last process's end; the exit code is what comes back.

    Raises:
        Refusal: it can't start here and now.
    """
    began = time.monotonic()
    load_env_files()
    var_dir = data_directory()
    var_dir.mkdir(parents=True, exist_ok=True)
    lock = Lock(var_dir / "server.lock")
    take_over(lock, var_dir)
    url = f"http://{_shown_host(options.host)}:{options.port}"
    lock.sign(url=url)
    require_port(options.host, options.port)
    if options.reset:
        reset(var_dir, ask=not options.yes)
    choose_settings(options, var_dir, url)
    with servers(var_dir):
        prepare(demo=not options.no_demo)
        return serve(options, url, began)


def _shown_host(host: str) -> str:
    if host in {"127.0.0.1", "0.0.0.0", "::", "::1"}:  # noqa: S104 - compared, not bound
        return "localhost"
    return f"[{host}]" if ":" in host else host


def reset(var_dir: Path, *, ask: bool) -> None:
    """Delete what this installation keeps under its data directory.

    Raises:
        Refusal: the data are elsewhere, or the person said no.
    """
    if os.environ.get("DATABASE_URL"):
        raise Refusal("--reset deletes the embedded database only, and DATABASE_URL names another one.")
    if ask and input(f"Delete all data in {var_dir}? Type yes: ").strip().lower() != "yes":
        raise Refusal("Nothing was deleted.")
    for path in [found for pattern in DATA for found in var_dir.glob(pattern)]:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    for name in ("SECRET_KEY", "DEMO"):  # those read from the file just deleted
        os.environ.pop(name, None)
    load_env_files()


def choose_settings(options: argparse.Namespace, var_dir: Path, url: str) -> None:
    """Fill in what the environment leaves open; what must stay the same from start to start goes into a file."""
    kept = var_dir / ONE_MACHINE_FILE
    if not kept.exists():
        hosts = ",".join([*LOCAL_HOSTS, socket.gethostname()])
        demo = str(not options.no_demo).lower()
        kept.touch(mode=0o600)
        kept.write_text(f"SECRET_KEY={token_urlsafe(64)}\nALLOWED_HOSTS={hosts}\nDEMO={demo}\n")
    load_env_files()
    if not _is_local(options.host) and os.environ["ALLOWED_HOSTS"].startswith(LOCAL_HOSTS[0]):
        os.environ["ALLOWED_HOSTS"] += "," + ",".join(_own_addresses())
    os.environ.setdefault("SITE_URL", url)
    os.environ.update(HOST=options.host, PORT=str(options.port), VAR_DIR=str(var_dir))
    os.environ[MARK] = str(var_dir)


def _is_local(host: str) -> bool:
    return host in {"localhost", "127.0.0.1", "::1"}


def _own_addresses() -> list[str]:
    """The addresses under which others in the network reach this machine."""
    cards = psutil.net_if_addrs().values()
    return [address.address for card in cards for address in card if address.family == socket.AF_INET]


def prepare(*, demo: bool) -> None:
    """Bring database, translations and static files up to date, in a process of its own.

    Raises:
        Refusal: that failed; the process has said why.
    """
    command = [sys.executable, "manage.py", "prepare", *(["--demo"] if demo else [])]
    done = subprocess.run(command, check=False, cwd=BASE_DIR, stdout=sys.stderr)  # noqa: S603 - ourselves
    if done.returncode:
        raise Refusal("The installation could not be brought up to date; the lines above say why.")


class Output(Printer):  # type: ignore[misc] # honcho has no types
    """The processes' lines, each with its process's name; without honcho's own remarks."""

    def write(self, message: Message) -> None:
        if message.name != SYSTEM_PRINTER_NAME and message.data.strip():
            super().write(message)


def serve(options: argparse.Namespace, url: str, began: float) -> int:
    """Run the processes of the Procfile until one ends or we are told to; the exit code of the first to end."""
    manager = Manager(Output(sys.stdout, time_format=""))
    programs = str(Path(sys.executable).parent)
    environment = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}", "PYTHONUNBUFFERED": "1"}
    for name, command in parse_procfile((BASE_DIR / "Procfile").read_text()).processes.items():
        manager.add_process(name, command, env=environment, cwd=str(BASE_DIR))
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    threading.Thread(target=announce, args=(options, url, began), daemon=True).start()
    manager.loop()
    stopped_by_us = manager.returncode in {130, 143}
    if not stopped_by_us:
        print("A process has ended by itself, so the others were ended too; its lines above say why.")  # noqa: T201
    return 0 if stopped_by_us else manager.returncode or 1


def announce(options: argparse.Namespace, url: str, began: float) -> None:
    """Wait until the first page really comes, then say where it is and who can sign in."""
    host = "127.0.0.1" if options.host == "0.0.0.0" else _bracketed(options.host)  # noqa: S104 - compared, not bound
    status = _first_answer(f"http://{host}:{options.port}{FIRST_PAGE}")
    if status is None:
        return
    if status >= 500:
        print(f"The service desk runs at {url}, but its first page fails; the lines above say why.", flush=True)  # noqa: T201
        return
    lines = ["", f"The service desk is ready at {url} ({time.monotonic() - began:.1f} s). Ctrl-C ends it.", ""]
    if os.environ.get("DEMO") == "true":
        command = [sys.executable, "manage.py", "demo", "--accounts"]
        accounts = subprocess.run(command, check=False, capture_output=True, text=True, cwd=BASE_DIR)  # noqa: S603
        lines += [accounts.stdout] if accounts.returncode == 0 else []
    print("\n".join(lines), flush=True)  # noqa: T201


def _first_answer(address: str) -> int | None:
    """The status of the first answer; `None` when none comes in time."""
    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline:
        if (status := _status(address)) is not None:
            return status
        time.sleep(0.1)
    return None


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _status(address: str) -> int | None:
    """The status of a page, `None` while nobody listens."""
    request = urllib.request.Request(address, headers={"Host": "localhost"})  # noqa: S310 - our own address
    try:
        with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


if __name__ == "__main__":
    main()
