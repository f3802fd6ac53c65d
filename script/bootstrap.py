"""Make `.venv` hold exactly what a requirements file says, then run a module in it. Standard library only.

usage: bootstrap.py REQUIREMENTS MODULE [ARGUMENT...]
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / ".installed.json"


def main(arguments: list[str]) -> None:
    """Prepare, then become the module."""
    requirements, module, *rest = arguments
    try:
        prepare(requirements)
    except OSError as error:
        sys.exit(in_words(error))
    os.chdir(ROOT)
    os.execv(python(), [str(python()), "-m", module, *rest])  # noqa: S606 - the program we have just made


def python() -> Path:
    """The Python inside the virtual environment."""
    return VENV / "bin" / "python"


def prepare(requirements: str) -> None:
    """Make the virtual environment and install, each only when needed."""
    wanted = digests(requirements)
    if wanted.items() <= installed().items() and runs("-c", ""):
        return
    if not runs("-m", "pip", "--version"):
        say("Making the virtual environment .venv …")
        venv.create(VENV, with_pip=True, clear=True)
    say(f"Installing what {requirements} names; this takes a minute or two the first time …")
    install(requirements)
    STAMP.write_text(json.dumps({**installed(), **wanted}))


def runs(*arguments: str) -> bool:
    """Whether the virtual environment's Python can do this (it may be missing, half made, or its base gone)."""
    try:
        done = subprocess.run([python(), *arguments], check=False, capture_output=True)
    except OSError:
        return False
    return done.returncode == 0


def digests(requirements: str) -> dict[str, str]:
    """The digest of a requirements file and of those it includes, by name."""
    text = (ROOT / requirements).read_text(encoding="utf-8")
    found = {requirements: hashlib.sha256(text.encode()).hexdigest()}
    for line in text.splitlines():
        if line.startswith("-r "):
            found.update(digests(line[3:].strip()))
    return found


def installed() -> dict[str, str]:
    """The digests that were installed last; empty when that is unknown."""
    try:
        found = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def install(requirements: str) -> None:
    """Run pip; explain its failure in one sentence."""
    os.umask(0o022)  # PostgreSQL's programs must be readable for the user that they run as under root
    STAMP.unlink(missing_ok=True)  # a half-done installation must not pass for the former one
    command: list[str | Path] = [
        python(),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--retries",
        "1",
    ]
    done = subprocess.run([*command, "-r", ROOT / requirements], check=False, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(why(done.stderr))


def why(said: str) -> str:
    """pip's failure in one sentence, with its own last line."""
    last = next((line for line in reversed(said.splitlines()) if line.startswith("ERROR")), said.strip()[-300:])
    network = ("NewConnectionError", "Failed to establish", "ConnectTimeout", "Name or service", "name resolution")
    if any(word in said for word in (*network, "ProxyError", "Connection refused", "Max retries")):
        return f"The packages can't be installed: the package index can't be reached from here. ({last})"
    if "No space left" in said:
        return f"The packages can't be installed: the disk is full. ({last})"
    return f"The packages can't be installed. ({last})"


def in_words(error: OSError) -> str:
    """A failure of the file system in one sentence."""
    reasons = {
        errno.EROFS: "the disk is read-only",
        errno.EACCES: "this user may not write there",
        errno.ENOSPC: "the disk is full",
    }
    reason = reasons.get(error.errno or 0, error.strerror or str(error))
    return f"{error.filename or ROOT} can't be written: {reason}."


def say(text: str) -> None:
    """Tell what takes time."""
    print(text, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
