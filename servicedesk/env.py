"""Reading the environment: typed, with one clear sentence for each wrong value.

Every variable that the product knows is read here, once, and documented in `.env.example`.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit
from zoneinfo import ZoneInfo

from dotenv import load_dotenv
from environs import Env, EnvError, ValidationError, validate

from servicedesk.embedded import Postgres, Redis

BASE_DIR = Path(__file__).resolve().parent.parent
ONE_MACHINE_FILE = "one-machine.env"
SECRET_KEY_LENGTH = 50


class SettingsError(Exception):
    """The environment holds something the product can't start with; the text says what."""


@dataclass(frozen=True)
class Environment:
    """What the environment says, checked."""

    debug: bool
    demo: bool
    secret_key: str
    allowed_hosts: list[str]
    csrf_trusted_origins: list[str]
    site_url: str
    behind_proxy: bool
    database_url: str
    redis_url: str
    broker_url: str
    broker_sentinel_master: str
    var_dir: Path
    default_language: str
    default_time_zone: str
    email: dict[str, Any]
    email_from: str
    max_upload_mib: int
    sweep_seconds: float
    log_level: str


def load_env_files() -> Path:
    """Take from files what the environment leaves open, and return the data directory.

    `.env` is the operator's; `one-machine.env` in the data directory is what `script/server` chose for a trial, kept
    there so that `manage.py` sees the same installation.
    """
    if os.environ.get("SERVICEDESK_IGNORE_ENV_FILE"):
        return data_directory()
    load_dotenv(BASE_DIR / ".env", interpolate=False)
    var_dir = data_directory()
    load_dotenv(var_dir / ONE_MACHINE_FILE, interpolate=False)
    return var_dir


def data_directory() -> Path:
    """Where everything lives that isn't code."""
    return Path(os.environ.get("VAR_DIR") or BASE_DIR / "var").absolute()


def read_environment() -> Environment:
    """Read and check everything.

    Raises:
        SettingsError: with one line per wrong variable.
    """
    var_dir = load_env_files()
    env = Env(eager=False)
    said = _declared(env)
    try:
        env.seal()
    except EnvError as error:
        raise SettingsError(_lines(error)) from None
    redis_url = redis_client_url(said.pop("redis_url") or Redis(var_dir / "redis").url())
    found = Environment(
        **said,
        var_dir=var_dir,
        database_url=os.environ.get("DATABASE_URL") or Postgres(var_dir / "postgres").url("servicedesk"),
        redis_url=redis_url,
        broker_url=os.environ.get("BROKER_URL") or celery_url(redis_url),
        email=email_settings(os.environ.get("EMAIL_URL") or f"file://{var_dir / 'mail'}"),
    )
    _refuse_unsafe_production(found)
    return found


def _declared(env: Env) -> dict[str, Any]:
    """The variables that stand for themselves, by the names of `Environment`'s fields."""
    return {
        "debug": env.bool("DEBUG", False),
        "demo": env.bool("DEMO", False),
        "secret_key": env.str("SECRET_KEY", ""),
        "allowed_hosts": env.list("ALLOWED_HOSTS", []),
        "csrf_trusted_origins": env.list("CSRF_TRUSTED_ORIGINS", []),
        "site_url": env.str("SITE_URL", "http://localhost:8000", validate=_origin),
        "behind_proxy": env.bool("BEHIND_PROXY", False),
        "redis_url": env.str("REDIS_URL", ""),
        "broker_sentinel_master": env.str("BROKER_SENTINEL_MASTER", ""),
        "default_language": env.str("DEFAULT_LANGUAGE", "en", validate=validate.OneOf(["en", "zh-hans", "zh-hant"])),
        "default_time_zone": env.str("DEFAULT_TIME_ZONE", "Asia/Shanghai", validate=_time_zone),
        "email_from": env.str("EMAIL_FROM", "Service desk <desk@localhost>"),
        "max_upload_mib": env.int("MAX_UPLOAD_MIB", 20, validate=validate.Range(min=1, max=1024)),
        "sweep_seconds": env.float("SWEEP_SECONDS", 1.0, validate=validate.Range(min=0.2, max=60)),
        "log_level": env.str("LOG_LEVEL", "INFO", validate=validate.OneOf(["DEBUG", "INFO", "WARNING", "ERROR"])),
    }


def _lines(error: EnvError) -> str:
    """The reader's findings, one line per variable."""
    found = getattr(error, "error_messages", None) or {}
    return "\n".join(f"{name}: {' '.join(map(str, texts))}" for name, texts in found.items()) or str(error)


def _origin(value: str) -> None:
    if not re.fullmatch(r"https?://[^/?#\s]+", value):
        raise ValidationError("It must be an address like https://desk.example.org, without a path.")


def _time_zone(value: str) -> None:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ValidationError(f"There is no time zone {value!r}; one is called Asia/Shanghai.") from None


def _refuse_unsafe_production(env: Environment) -> None:
    """Outside of DEBUG nothing secret is guessed.

    Raises:
        SettingsError: with one line per reason.
    """
    if env.debug:
        return
    reasons = []
    if len(env.secret_key) < SECRET_KEY_LENGTH:
        state = "is too short" if env.secret_key else "is not set"
        reasons.append(
            f"SECRET_KEY {state}: production needs {SECRET_KEY_LENGTH} characters or more "
            "(DEBUG=true needs none, script/server makes one)."
        )
    if not env.allowed_hosts:
        reasons.append("ALLOWED_HOSTS is not set: production needs the host names that the pages are served under.")
    if reasons:
        raise SettingsError("\n".join(reasons))


def postgres_settings(url: str) -> dict[str, Any]:
    """Django's database settings for a `postgresql://` address.

    Raises:
        SettingsError: for another engine, a nameless database or an unreadable port.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise SettingsError("DATABASE_URL must begin with postgresql:// (PostgreSQL is the one supported engine).")
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise SettingsError("DATABASE_URL names no database: postgresql://user:password@host:5432/NAME")
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or unquote(parts.hostname or ""),
        "PORT": options.pop("port", "") or _port(url, "DATABASE_URL"),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def _port(url: str, variable: str) -> str:
    try:
        return str(urlsplit(url).port or "")
    except ValueError:
        raise SettingsError(f"{variable} has a port that is no number from 1 to 65535.") from None


def redis_client_url(url: str) -> str:
    """A Redis address as redis-py writes it; a socket may come in Celery's spelling.

    Raises:
        SettingsError: for another scheme.
    """
    parts = urlsplit(url)
    if parts.scheme == "redis+socket":
        number = dict(parse_qsl(parts.query)).get("virtual_host", "0")
        return f"unix://{parts.path}?db={number}"
    if parts.scheme not in {"redis", "rediss", "unix"}:
        raise SettingsError("REDIS_URL must begin with redis://, rediss:// or unix://.")
    return url


def celery_url(redis_url: str) -> str:
    """The same Redis as Celery's broker address: sockets are spelt differently there."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    number = dict(parse_qsl(parts.query)).get("db", "0")
    return f"redis+socket://{parts.path}?virtual_host={number}"


def email_settings(url: str) -> dict[str, Any]:
    """Django's mail settings for an address.

    `smtp://` (plain), `smtp+tls://` (STARTTLS) and `smtp+ssl://` reach a server, `file:///folder` writes one file per
    mail, `console:` prints.

    Raises:
        SettingsError: for another scheme or a missing host.
    """
    parts = urlsplit(url)
    if parts.scheme == "file":
        return {
            "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "EMAIL_FILE_PATH": parts.path,
        }
    if parts.scheme == "console":
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    ports = {"smtp": 25, "smtp+tls": 587, "smtp+ssl": 465}
    if parts.scheme not in ports:
        raise SettingsError("EMAIL_URL must begin with smtp://, smtp+tls://, smtp+ssl://, file:// or console:.")
    if not parts.hostname:
        raise SettingsError("EMAIL_URL names no server: smtp+tls://user:password@mail.example.org:587")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": int(_port(url, "EMAIL_URL") or ports[parts.scheme]),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_TLS": parts.scheme == "smtp+tls",
        "EMAIL_USE_SSL": parts.scheme == "smtp+ssl",
        "EMAIL_TIMEOUT": 20,
    }
