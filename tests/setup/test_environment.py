"""What the settings take from the environment, and what they refuse."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from servicedesk import env
from servicedesk.env import (
    SettingsError,
    celery_url,
    email_settings,
    postgres_settings,
    read_environment,
    redis_client_url,
)

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """An environment that is good enough for production; a test changes what it is about."""
    for name in documented() - {"DATABASE_URL", "REDIS_URL"}:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SECRET_KEY", "x" * 50)
    monkeypatch.setenv("ALLOWED_HOSTS", "desk.example.org")
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    return monkeypatch


def documented() -> set[str]:
    return set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("DEBUG", "perhaps", "boolean"),
        ("DEMO", "2", "boolean"),
        ("BEHIND_PROXY", "x", "boolean"),
        ("MAX_UPLOAD_MIB", "many", "integer"),
        ("MAX_UPLOAD_MIB", "0", "greater than or equal to 1"),
        ("SWEEP_SECONDS", "0.01", "0.2"),
        ("DEFAULT_LANGUAGE", "fr", "zh-hans"),
        ("DEFAULT_TIME_ZONE", "Mars/Olympus", "Mars/Olympus"),
        ("DEFAULT_TIME_ZONE", "../etc/passwd", "time zone"),
        ("LOG_LEVEL", "LOUD", "WARNING"),
        ("SITE_URL", "desk.example.org", "https://desk.example.org"),
        ("SITE_URL", "https://desk.example.org/path", "without a path"),
    ],
)
def test_nonsense_is_refused_by_the_variables_name(
    variables: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    variables.setenv(name, value)
    with pytest.raises(SettingsError) as refusal:
        read_environment()
    assert str(refusal.value).startswith(f"{name}: ")
    assert says in str(refusal.value)


def test_every_wrong_variable_is_named_at_once(variables: pytest.MonkeyPatch) -> None:
    variables.setenv("DEBUG", "perhaps")
    variables.setenv("MAX_UPLOAD_MIB", "many")
    with pytest.raises(SettingsError) as refusal:
        read_environment()
    assert len(str(refusal.value).splitlines()) == 2


@pytest.mark.parametrize(("key", "says"), [("", "is not set"), ("x" * 49, "is too short")])
def test_production_needs_a_long_secret(variables: pytest.MonkeyPatch, key: str, says: str) -> None:
    variables.setenv("SECRET_KEY", key)
    with pytest.raises(SettingsError, match=f"SECRET_KEY {says}"):
        read_environment()


def test_production_needs_the_names_it_is_served_under(variables: pytest.MonkeyPatch) -> None:
    variables.delenv("ALLOWED_HOSTS")
    with pytest.raises(SettingsError, match="ALLOWED_HOSTS is not set"):
        read_environment()


def test_debug_needs_neither(variables: pytest.MonkeyPatch) -> None:
    variables.delenv("SECRET_KEY")
    variables.delenv("ALLOWED_HOSTS")
    variables.setenv("DEBUG", "true")
    assert read_environment().debug


def test_without_addresses_the_embedded_servers_are_meant(variables: pytest.MonkeyPatch, tmp_path: Path) -> None:
    variables.delenv("DATABASE_URL")
    variables.delenv("REDIS_URL")
    found = read_environment()
    assert postgres_settings(found.database_url)["NAME"] == "servicedesk"
    assert found.redis_url.startswith("unix:///")
    assert found.broker_url.startswith("redis+socket:///")
    assert found.email["EMAIL_FILE_PATH"] == str(tmp_path / "mail")


def test_the_file_of_one_machine_gives_way_to_the_environment(variables: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / env.ONE_MACHINE_FILE).write_text("SECRET_KEY=" + "y" * 60 + "\nDEMO=true\n")
    variables.setenv("DEMO", "false")
    variables.setenv("SECRET_KEY", "z" * 50)  # also restores what reading the file sets
    variables.delenv("SERVICEDESK_IGNORE_ENV_FILE")
    variables.setattr(env, "BASE_DIR", tmp_path)
    found = read_environment()
    assert (found.demo, found.secret_key[0]) == (False, "z")


def test_each_variable_is_documented_and_each_documented_one_is_read() -> None:
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "servicedesk/env.py").read_text()))
    read |= set(re.findall(r'os\.environ\.get\("([A-Z_]+)"\)', (ROOT / "servicedesk/env.py").read_text()))
    read |= set(re.findall(r"\$\{([A-Z_]+):-", (ROOT / "Procfile").read_text()))
    assert read - {"SERVICEDESK_IGNORE_ENV_FILE"} == documented()


def test_a_database_address_is_taken_apart() -> None:
    found = postgres_settings("postgresql://me:p%40ss@db.example.org:6432/desk?sslmode=require")
    wanted = {"NAME": "desk", "USER": "me", "PASSWORD": "p@ss", "HOST": "db.example.org", "PORT": "6432"}
    assert wanted.items() <= found.items()
    assert found["OPTIONS"] == {"sslmode": "require"}


def test_a_database_may_be_behind_a_socket() -> None:
    found = postgres_settings("postgresql://postgres@/desk?host=/var/run/a%20b")
    assert (found["HOST"], found["PORT"], found["OPTIONS"]) == ("/var/run/a b", "", {})


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("mysql://host/desk", "postgresql://"),
        ("postgresql://host/", "names no database"),
        ("postgresql://host:port/desk", "no number"),
        ("postgresql://host:99999/desk", "no number"),
    ],
)
def test_other_database_addresses_are_refused(url: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        postgres_settings(url)


@pytest.mark.parametrize(
    ("given", "client", "broker"),
    [
        ("redis://host:6379/2", "redis://host:6379/2", "redis://host:6379/2"),
        ("rediss://:pw@host/0", "rediss://:pw@host/0", "rediss://:pw@host/0"),
        ("unix:///run/r.sock?db=3", "unix:///run/r.sock?db=3", "redis+socket:///run/r.sock?virtual_host=3"),
        ("unix:///run/r.sock", "unix:///run/r.sock", "redis+socket:///run/r.sock?virtual_host=0"),
        ("redis+socket:///run/r.sock", "unix:///run/r.sock?db=0", "redis+socket:///run/r.sock?virtual_host=0"),
    ],
)
def test_one_redis_address_serves_client_and_broker(given: str, client: str, broker: str) -> None:
    assert redis_client_url(given) == client
    assert celery_url(client) == broker


def test_another_redis_scheme_is_refused() -> None:
    with pytest.raises(SettingsError, match="REDIS_URL must begin"):
        redis_client_url("http://host")


@pytest.mark.parametrize(
    ("url", "port", "tls", "ssl"),
    [
        ("smtp://mail.example.org", 25, False, False),
        ("smtp+tls://a%40b:p%3Aw@mail.example.org", 587, True, False),
        ("smtp+ssl://a%40b:p%3Aw@mail.example.org:4650", 4650, False, True),
    ],
)
def test_a_mail_server_is_named_by_one_address(url: str, port: int, tls: bool, ssl: bool) -> None:
    found = email_settings(url)
    assert (found["EMAIL_PORT"], found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (port, tls, ssl)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) in {("", ""), ("a@b", "p:w")}


@pytest.mark.parametrize(("url", "says"), [("imap://host", "must begin"), ("smtp://", "names no server")])
def test_other_mail_addresses_are_refused(url: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        email_settings(url)
