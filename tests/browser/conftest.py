"""A real Chromium, on pages served from the test's own database."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from accounts.models import User
from servicedesk.screenshots import browser as started_browser
from tests.cast import PASSWORD

# Playwright runs an event loop in this thread; the ORM calls beside it are synchronous all the same.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

LOCALES = {"en": "en-GB", "zh-hans": "zh-CN", "zh-hant": "zh-TW"}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's browser, started once."""
    with started_browser() as found:
        yield found


@pytest.fixture
def open_as(chromium: Browser, live_server: Any) -> Iterator[Callable[..., Page]]:
    """`open_as(person, language)` → a page of somebody who has signed in through the sign-in page.

    After the test no page may have logged an error: neither a script's nor one of the Content-Security-Policy.
    """
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def opened(person: User | None, language: str = "en", **options: Any) -> Page:
        context = chromium.new_context(locale=LOCALES[language], base_url=live_server.url, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda said: problems.append(said.text) if "Content Security Policy" in said.text else None)
        if person is not None:
            page.goto("/account/login/")
            page.fill("input[name=login]", person.email)
            page.fill("input[name=password]", PASSWORD)
            page.press("input[name=password]", "Enter")
            page.wait_for_url(lambda url: "/account/login/" not in url)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert not problems
