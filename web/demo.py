"""The demonstration accounts that the sign-in page offers when `DEMO` is on."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User
from accounts.roles import Role

DEMO_PASSWORD = "servicedesk-demo"  # noqa: S105 - meant to be known; only people made by the demonstration data have it
DEMO_DOMAIN = ".example"  # a reserved ending, so nobody real is ever listed


@dataclass(frozen=True)
class DemoAccount:
    """Somebody to sign in as; `key` is the role's name in code."""

    email: str
    name: str
    key: str
    role: str
    password: str


def demo_accounts() -> list[DemoAccount]:
    """One demonstration person per role, staff first."""
    people = User.objects.active().filter(email__endswith=DEMO_DOMAIN).order_by("role", "id").distinct("role")
    order = list(Role)
    ranked = sorted(people, key=lambda person: (person.is_client, order.index(Role(person.role))))
    return [
        DemoAccount(person.email, person.name, person.role, str(Role(person.role).label), DEMO_PASSWORD)
        for person in ranked
    ]
