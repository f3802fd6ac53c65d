"""What can be asked of a version of an agreement: which target would a request get, what is left open (SLA-33)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.serializers import selection as forms
from api.views.agreements import OurEndpoint
from sla.models import AgreementVersion, ClockKind, Target
from sla.services.coverage import DIMENSIONS, Gap, coverage
from sla.services.selection import Matter, consider, technical_services
from tickets.models import Service


class AgreementSelectionView(OurEndpoint):
    """Which target would a request get, and why?"""

    queryset = AgreementVersion.objects.none()
    serializer_class = forms.SelectionSerializer

    @extend_schema(
        operation_id="agreements_selection",
        parameters=[forms.AskSelectionSerializer],
        responses=forms.SelectionSerializer(many=True),
    )
    def get(self, request: Request, pk: int, number: int) -> Response:
        """Which target would a request get of this version, and why; for each kind that it promises."""
        version = self.version()
        asked = forms.AskSelectionSerializer(data=request.query_params.dict(), context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        targets = list(version.targets.order_by("position", "pk"))
        found = list(_selections(targets, _matter(asked.validated_data)))
        return Response(self.get_serializer(found, many=True).data)


def _matter(asked: Mapping[str, Any]) -> Matter:
    if "request" in asked:
        return Matter.of(asked["request"])
    service: Service = asked["service"]
    return Matter(
        organisation=0,  # no target names a client
        type=asked["type"],
        service=service.pk,
        is_technical=service.is_technical,
        priority=asked["priority"],
        tier=asked["tier"],
        complexity=asked["complexity"],
    )


def _selections(targets: Sequence[Target], matter: Matter) -> Iterator[dict[str, Any]]:
    numbers = {target.pk: number for number, target in enumerate(targets, start=1)}
    for kind in ClockKind:
        found = consider(targets, matter, kind)
        if found:
            chosen = next((numbers[row.target.pk] for row in found if row.is_chosen), None)
            rows = [{"number": numbers[row.target.pk], "row": row} for row in found]
            yield {"kind": kind, "chosen": chosen, "considered": rows}


class AgreementCoverageView(OurEndpoint):
    """What do the targets of a version leave open?"""

    queryset = AgreementVersion.objects.none()
    serializer_class = forms.CoverageSerializer

    @extend_schema(operation_id="agreements_coverage")
    def get(self, request: Request, pk: int, number: int) -> Response:
        """Requests that would get no target, targets that tie, and targets that never decide."""
        targets = list(self.version().targets.order_by("position", "pk"))
        found = coverage(targets, technical_services())
        named = {target.service_id for target in targets if target.service_id is not None}
        keys = dict(Service.objects.filter(pk__in=named).values_list("pk", "slug"))
        shown = {
            "gaps": [{"kind": gap.kind, "region": _region(gap, keys)} for gap in found.gaps],
            "overlaps": [{"first": one.first + 1, "second": one.second + 1} for one in found.overlaps],
            "shadowed": [{"target": one.target + 1, "by": [place + 1 for place in one.by]} for one in found.shadowed],
        }
        return Response(self.get_serializer(shown).data)


def _region(gap: Gap, keys: Mapping[int, str]) -> dict[str, list[Any]]:
    """The values by dimension; services by their keys, those that no target names apart."""
    values = {name: list(gap.region.get(name, ())) for name in DIMENSIONS}
    services = values.pop("service")
    return {
        **values,
        "service": [keys[value] for value in services if isinstance(value, int)],
        "other_services": [value for value in services if not isinstance(value, int)],
    }
