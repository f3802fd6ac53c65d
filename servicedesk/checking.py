"""`script/check`: style, types, templates, migrations, translations and settings, all in one."""

from __future__ import annotations

import os
import subprocess
import sys

from servicedesk.env import BASE_DIR

PYTHON = sys.executable
CHECKS: dict[str, list[str]] = {
    "style": [PYTHON, "-m", "ruff", "check", "."],
    "format": [PYTHON, "-m", "ruff", "format", "--check", "."],
    "types": [PYTHON, "-m", "mypy", "."],
    "templates": [PYTHON, "-m", "djlint", "--lint", "--quiet", "templates"],
    "migrations": [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
    "translations": [PYTHON, "-m", "servicedesk.messages", "--check"],
    "settings for production": [PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
}
# A well-made production, so that what `check --deploy` finds lies in the code.
ENVIRONMENT = {
    "SERVICEDESK_IGNORE_ENV_FILE": "1",
    "PYTHONWARNINGS": "ignore",  # makemigrations asks for a database that needn't run here
    "DEBUG": "false",
    "DEMO": "false",
    "SECRET_KEY": "A-key-as-long-and-mixed-as-check---deploy-wants-it-0123456789",
    "ALLOWED_HOSTS": "desk.example.org",
    "SITE_URL": "https://desk.example.org",
    "BEHIND_PROXY": "true",
}


def main() -> None:
    """Run all checks, or those named, even after one has failed; fail when one did."""
    chosen = {name: CHECKS[name] for name in sys.argv[1:]} or CHECKS
    failed = [name for name, command in chosen.items() if not passes(name, command)]
    sys.exit(f"Not in order: {', '.join(failed)}." if failed else 0)


def passes(name: str, command: list[str]) -> bool:
    """Run one check, showing its output when it fails only."""
    environment = {**os.environ, **ENVIRONMENT}
    done = subprocess.run(  # noqa: S603 - the table above
        command, check=False, cwd=BASE_DIR, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    print(f"{name}: {'ok' if done.returncode == 0 else 'NOT in order'}", flush=True)  # noqa: T201
    if done.returncode:
        print(done.stdout, flush=True)  # noqa: T201
    return done.returncode == 0


if __name__ == "__main__":
    main()
