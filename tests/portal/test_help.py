"""The help page."""

from __future__ import annotations

import pytest

from tests.cast import Cast
from tests.portal.pages import text_of


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_it_is_there_for_clients(cast: Cast, language: str) -> None:
    page = cast.browser(cast.chen, language).get("/portal/help/")
    assert page.status_code == 200
    assert 'href="/portal/new/"' in page.content.decode()


def test_it_explains_the_four_steps(cast: Cast) -> None:
    words = text_of(cast.browser(cast.chen).get("/portal/help/"))
    for step in ("Intake", "Assessment", "Execution", "Acceptance"):
        assert step in words


def test_it_explains_agreements_to_those_who_may_sign_them(cast: Cast) -> None:
    """R-045."""
    assert 'href="/portal/agreements/"' in cast.browser(cast.hua).get("/portal/help/").content.decode()
    assert "Your agreements" not in text_of(cast.browser(cast.chen).get("/portal/help/"))
