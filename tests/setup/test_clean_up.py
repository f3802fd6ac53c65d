"""Tests that commit can clean up after themselves although some tables only ever grow."""

from __future__ import annotations

import pytest
from django.db import connection, utils
from django.test import TransactionTestCase

from accounts.models import User
from tickets.models import TicketEvent


class CommittingTests(TransactionTestCase):
    """Each of the two finds an empty database, so the one before it has been cleaned up."""

    def leave_something(self) -> None:
        assert not User.objects.exists()
        User.objects.create(email="left@over.example.org", name="Left over", role="agent")

    def test_first(self) -> None:
        self.leave_something()

    def test_second(self) -> None:
        self.leave_something()

    def test_within_a_test_the_trigger_holds(self) -> None:
        with pytest.raises(utils.DatabaseError), connection.cursor() as cursor:
            cursor.execute(f'TRUNCATE "{TicketEvent._meta.db_table}" CASCADE')
