"""What the endpoints have in common: who asks, when, and about which request."""

from __future__ import annotations

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework import generics
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from accounts.models import User
from accounts.roles import Capability
from api.errors import KeyUsed
from api.paging import BY_ID, Order
from api.signing_in import use_utc
from tickets.errors import AlreadyDone, NotAllowed
from tickets.finding import find
from tickets.models import SubmissionKey, Ticket

KEY_HEADER = "Idempotency-Key"
KEY = OpenApiParameter(
    KEY_HEADER,
    UUID,
    OpenApiParameter.HEADER,
    description="Makes a repetition harmless: the second call with the same key does nothing and answers 200.",
)


class Endpoint(generics.GenericAPIView[Any]):
    """A view for signed-in people.

    Attributes:
        at: the instant of the call, read once.
    """

    at: datetime

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Read the time before anything is looked at."""
        use_utc()
        self.at = timezone.now()
        super().initial(request, *args, **kwargs)

    @property
    def person(self) -> User:
        """Who asks."""
        return cast(User, self.request.user)

    def order(self) -> Order:
        """The order of a list."""
        return BY_ID

    def ticket(self) -> Ticket:
        """The request of the address.

        Raises:
            Ticket.DoesNotExist: there is none, or the person may not see it.
        """
        ticket = find(self.kwargs["number"], self.person)
        if ticket is None:
            raise Ticket.DoesNotExist
        return ticket

    def once(self) -> UUID | None:
        """The call's `Idempotency-Key`.

        Raises:
            ValidationError: it is no UUID.
        """
        given = self.request.headers.get(KEY_HEADER)
        try:
            return UUID(given) if given else None
        except ValueError:
            raise ValidationError({KEY_HEADER: [_("Please use a UUID.")]}) from None

    def made_before(self, known: AlreadyDone, act: str) -> SubmissionKey:
        """What the call's key was used for.

        Raises:
            KeyUsed: for another act, another request, or one the person may not see.
        """
        used = SubmissionKey.objects.get(key=cast(UUID, self.once()))
        number = self.kwargs.get("number", known.ticket.number)
        visible = Ticket.objects.visible_to(self.person).filter(pk=used.ticket_id, number=number)
        if used.act != act or not visible.exists():
            raise KeyUsed
        return used


class StaffEndpoint(Endpoint):
    """A view for our own people; for clients there is none at its address.

    Attributes:
        reads, writes: what a person must be able to do to look, and to change something: one of them, or nothing.
    """

    reads: tuple[Capability, ...] = ()
    writes: tuple[Capability, ...] = (Capability.CONFIGURE,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Say who may not before anything is looked at.

        Raises:
            Http404: a client asks.
            NotAllowed: the person's role does not reach.
        """
        super().initial(request, *args, **kwargs)
        if self.person.is_client:
            raise Http404
        self.check_may(self.reads if request.method in SAFE_METHODS else self.writes)

    def check_may(self, wanted: tuple[Capability, ...]) -> None:
        """Refuse whoever can do none of these.

        Raises:
            NotAllowed: see there.
        """
        if wanted and not any(self.person.may(capability) for capability in wanted):
            raise NotAllowed
