"""Calling the API as somebody, by token."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from rest_framework.authtoken.models import Token

from accounts.models import User
from tests.cast import Cast
from tickets.acts import Act

ROOT = "/api/v1/"
MISSING = UUID("00000000-0000-4000-8000-000000000000")


class Caller:
    """Django's test client with a person's token; addresses are given below the API's root."""

    def __init__(self, person: User | None = None, language: str | None = "en") -> None:
        headers = {} if language is None else {"accept-language": language}
        if person is not None:
            headers["authorization"] = f"Token {Token.objects.get_or_create(user=person)[0].key}"
        self.client = Client(headers=headers)

    def get(self, address: str, **parameters: Any) -> Any:
        """A GET."""
        return self.client.get(_whole(address), parameters)

    def post(self, address: str, sent: Any = None, *, key: Any = None, **more: Any) -> Any:
        """A POST of JSON."""
        headers = {} if key is None else {"idempotency-key": str(key)}
        body = {} if sent is None else sent
        return self.client.post(_whole(address), body, content_type="application/json", headers=headers, **more)

    def upload(self, address: str, sent: dict[str, Any], *, key: Any = None) -> Any:
        """A POST of a form with files."""
        headers = {} if key is None else {"idempotency-key": str(key)}
        return self.client.post(_whole(address), sent, headers=headers)

    def act(self, number: str, act: Act, **sent: Any) -> Any:
        """An act on a request."""
        return self.post(f"requests/{number}/acts/{act}/", sent)


def _whole(address: str) -> str:
    return address if address.startswith(("/", "http")) else ROOT + address


def error_of(answer: Any) -> dict[str, Any]:
    """The content of a refusal, whose shape is looked at on the way."""
    body = answer.json()
    assert set(body) == {"error"}
    error: dict[str, Any] = body["error"]
    assert set(error) == {"code", "message", "fields", "blockers"}
    assert isinstance(error["code"], str)
    assert error["code"]
    assert isinstance(error["message"], str)
    assert error["message"]
    assert all(isinstance(problems, list) for problems in error["fields"].values())
    return error


def offers_of(answer: Any) -> dict[str, bool]:
    """Act → whether it is possible."""
    return {offer["act"]: offer["possible"] for offer in answer.json()["offers"]}


@pytest.fixture
def chen(cast: Cast) -> Caller:
    """A client's contact."""
    return Caller(cast.chen)


@pytest.fixture
def zhou(cast: Cast) -> Caller:
    """An agent."""
    return Caller(cast.zhou)


@pytest.fixture
def stranger(cast: Cast) -> Caller:
    """Another client's contact."""
    return Caller(cast.stranger)
