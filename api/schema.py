"""How the API describes itself (OpenAPI), beyond what the framework can tell by itself."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema

from api.acts import WAYS
from api.errors import ErrorSerializer
from tickets.acts import RULES, Act


class Schema(AutoSchema):
    """Every operation refuses in the same shape, and is summed up by the first sentence about it."""

    def get_summary(self) -> str | None:
        """The first paragraph of what the view says."""
        return " ".join(super().get_description().partition("\n\n")[0].split()) or None

    def get_description(self) -> str:  # type: ignore[override] # the framework's own schemas do it otherwise
        """The rest."""
        return str(super().get_description()).partition("\n\n")[2]

    def _get_response_bodies(self, direction: Any = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        refusal = self._map_serializer_field(ErrorSerializer(), direction)  # type: ignore[no-untyped-call]
        return {
            **bodies,
            "default": {
                "description": "Refused: 400, 401, 403, 404, 405, 409, 413, 415 or 429.",
                "content": {"application/json": {"schema": refusal}},
            },
        }


class ActSchema(Schema):
    """One operation per act."""

    def get_tags(self) -> list[str]:
        """All acts stand together."""
        return ["acts"]

    def get_operation_id(self) -> str:
        """The act's name."""
        return f"act_{self._act}"

    def get_summary(self) -> str:
        """What the button says."""
        return str(RULES[self._act].label)

    def get_description(self) -> str:  # type: ignore[override] # the framework's own schemas do it otherwise
        """What has to be sent."""
        return WAYS[self._act].takes.__doc__ or ""

    @property
    def _act(self) -> Act:
        view: Any = self.view
        act: Act = view.act
        return act


class LabelledExtension(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call] # registers itself
    """`api.fields.Labelled`."""

    target_class = "api.fields.Labelled"

    def get_name(self) -> str:
        """One component per set of choices."""
        return f"Labelled{self.target.choices.__name__}"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        """Value and label."""
        values = [value for value in self.target.choices.values if value != ""]
        kind = "integer" if all(isinstance(value, int) for value in values) else "string"
        return {
            "type": "object",
            "properties": {"value": {"type": kind, "enum": values}, "label": {"type": "string"}},
            "required": ["value", "label"],
        }


class InEveryLanguageExtension(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call] # registers itself
    """`api.fields.InEveryLanguage`."""

    target_class = "api.fields.InEveryLanguage"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        """Texts by language code."""
        return {"type": "object", "additionalProperties": {"type": "string"}}


class SecondsExtension(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call] # registers itself
    """`api.fields.Seconds`."""

    target_class = "api.fields.Seconds"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        """A number."""
        return {"type": "number"}


class AnswersExtension(OpenApiSerializerFieldExtension):  # type: ignore[no-untyped-call] # registers itself
    """`api.fields.Answers`."""

    target_class = "api.fields.Answers"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        """Plain values by question."""
        plain = [{"type": kind} for kind in ("string", "number", "boolean")]
        return {"type": "object", "additionalProperties": {"oneOf": plain, "nullable": True}}
