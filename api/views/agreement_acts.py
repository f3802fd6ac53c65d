"""`agreements/<pk>/versions/<number>/acts/<act>/`: the life of a version, act by act (R-045). One table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from accounts.models import User
from accounts.roles import Capability
from api.errors import counted_from_one
from api.schema import Schema
from api.serializers import agreements as takes
from api.serializers.acts import NothingSerializer
from api.views.agreements import AgreementEndpoint
from sla.models import AgreementVersion
from sla.services import agreements as services
from sla.services import periods
from tickets.errors import NotAllowed

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Way:
    """How an act is done.

    Attributes:
        who: what a person must be able to do.
        takes: what has to be sent; its cleaned values are the function's arguments.
        run: called with the version, `by`, `at`, and these.
    """

    label: StrOrPromise
    who: Capability
    takes: type[Serializer[Any]]
    run: Callable[..., object]


def _end(version: AgreementVersion, *, by: User, at: datetime, when: datetime | None = None) -> None:
    periods.end(version, by=by, at=at, when=when)


WAYS: dict[str, Way] = {
    "offer": Way(_("Offer to the client"), Capability.CONFIGURE, NothingSerializer, services.offer),
    "take_back": Way(_("Take back for changes"), Capability.CONFIGURE, NothingSerializer, services.take_back),
    "sign": Way(_("Sign, as the client"), Capability.AGREE, takes.SignatureSerializer, services.sign),
    "record_signature": Way(
        _("Record a signature on paper"), Capability.CONFIGURE, takes.SignatureSerializer, services.record_signature
    ),
    "put_in_force": Way(
        _("Put the default agreement in force"), Capability.CONFIGURE, takes.InForceSerializer, services.put_in_force
    ),
    "end": Way(_("End it"), Capability.CONFIGURE, takes.EndSerializer, _end),
}


class WaySchema(Schema):
    """One operation per act."""

    def get_tags(self) -> list[str]:
        """With the other operations on agreements."""
        return ["agreements"]

    def get_operation_id(self) -> str:
        """The act's name."""
        return f"agreements_{self._act}"

    def get_summary(self) -> str:
        """What is done."""
        return str(WAYS[self._act].label)

    def get_description(self) -> str:  # type: ignore[override] # the framework's own schemas do it otherwise
        """What has to be sent."""
        return WAYS[self._act].takes.__doc__ or ""

    @property
    def _act(self) -> str:
        view: Any = self.view
        act: str = view.act
        return act


class AgreementActView(AgreementEndpoint):
    """One act; each has an address of its own.

    Attributes:
        act: which one; given by the route.
    """

    act = "offer"
    queryset = AgreementVersion.objects.none()
    schema = WaySchema()

    def get_serializer_class(self) -> type[Serializer[Any]]:
        """What the act takes."""
        return WAYS[self.act].takes

    @extend_schema(responses={200: takes.AgreementVersionSerializer})
    def post(self, request: Request, pk: int, number: int) -> Response:
        """Who may not do it is told so before what was sent is looked at; the answer is the version as it is now."""
        version, way = self.version(), WAYS[self.act]
        if not self.person.may(way.who):
            raise NotAllowed
        given = self.given()
        with counted_from_one():
            way.run(version, by=self.person, at=self.at, **given)
        return self.shown()
