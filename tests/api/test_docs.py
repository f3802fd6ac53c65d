"""The description of the API: as a document, and as a page."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from playwright.sync_api import sync_playwright

from tickets.acts import RULES, Act

REQUESTS, LEVELS = 17, 61  # operations about requests and people besides acts; about service levels


@pytest.fixture
def document(db: None) -> dict[str, Any]:
    answer = Client().get("/api/v1/schema/?format=json")
    assert answer.status_code == 200
    found: dict[str, Any] = json.loads(answer.content)
    return found


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_it_is_valid_and_made_without_a_warning(language: str) -> None:
    GENERATOR_STATS.reset()
    call_command("spectacular", "--validate", "--fail-on-warn", "--lang", language, stdout=StringIO())


def test_every_act_is_an_operation_of_its_own(document: dict[str, Any]) -> None:
    for act in Act:
        operation = document["paths"][f"/api/v1/requests/{{number}}/acts/{act}/"]["post"]
        assert operation["operationId"] == f"act_{act}"
        assert operation["summary"] == str(RULES[act].label)
        assert operation["tags"] == ["acts"]


def test_every_operation_says_how_it_refuses(document: dict[str, Any]) -> None:
    for path in document["paths"].values():
        for operation in path.values():
            refusal = operation["responses"]["default"]["content"]["application/json"]["schema"]
            assert refusal == {"$ref": "#/components/schemas/Error"}


def test_operations_have_names_of_their_own(document: dict[str, Any]) -> None:
    names = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(names) == len(set(names)) == REQUESTS + len(Act) + LEVELS


def test_every_operation_is_summed_up(document: dict[str, Any]) -> None:
    assert all(operation.get("summary") for path in document["paths"].values() for operation in path.values())


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_browser_shows_the_page_without_a_complaint(live_server: Any) -> None:
    complaints: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page()
        page.on("console", lambda said: complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{live_server.url}/api/v1/docs/")
        page.locator("#operations-acts-act_wait .opblock-summary-control").click()
        page.get_by_text("What the request waits for").wait_for()
        browser.close()
    assert complaints == []


def test_the_page_needs_no_looser_policy(db: None) -> None:
    page = Client().get("/api/v1/docs/")
    assert page.status_code == 200
    assert "unsafe" not in page["Content-Security-Policy"]
    text = page.content.decode()
    assert "<style" not in text
    assert "<script>" not in text
    script = Client().get("/api/v1/docs/?script=")
    assert script["Content-Type"].startswith("application/javascript")
    assert "/api/v1/schema/" in script.content.decode()
