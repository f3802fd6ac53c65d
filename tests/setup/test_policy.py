"""The Content-Security-Policy of the product and of the back office."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def policy(client: Client, path: str) -> str:
    return client.get(path)["Content-Security-Policy"]


def test_the_products_pages_allow_nothing_inline(client: Client) -> None:
    assert "unsafe" not in policy(client, "/account/login/")


def test_the_back_office_alone_is_looser(client: Client) -> None:
    loose = policy(client, "/admin/login/")
    assert "script-src 'self' 'unsafe-eval'" in loose
    assert "default-src 'self'" in loose
