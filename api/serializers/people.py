"""People, organisations and teams."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.models import Organisation, Team, Tier, User
from accounts.roles import Capability, Role
from api.fields import Labelled


class PersonSerializer(serializers.ModelSerializer[User]):
    """A person, as everybody on a request sees them."""

    class Meta:
        model = User
        fields = ["id", "name"]


class ContactSerializer(serializers.ModelSerializer[User]):
    """A client's contact, as staff see them."""

    class Meta:
        model = User
        fields = ["id", "name", "email", "phone", "job_title"]


class OrganisationSerializer(serializers.ModelSerializer[Organisation]):
    """A client organisation."""

    class Meta:
        model = Organisation
        fields = ["id", "name"]


class ClientSerializer(serializers.ModelSerializer[Organisation]):
    """A client organisation, as staff see it."""

    tier = Labelled(Tier)

    class Meta:
        model = Organisation
        fields = ["id", "name", "tier", "phone"]


class TeamSerializer(serializers.ModelSerializer[Team]):
    """A team, in the reader's language."""

    name = serializers.CharField(read_only=True)

    class Meta:
        model = Team
        fields = ["id", "name"]


class MeSerializer(serializers.ModelSerializer[User]):
    """The person who asks."""

    role = Labelled(Role)
    organisation = OrganisationSerializer(read_only=True, allow_null=True)
    teams = TeamSerializer(many=True, read_only=True)
    capabilities = serializers.SerializerMethodField(help_text="What the role allows in general.")
    unread_notices = serializers.SerializerMethodField(help_text="Counted up to 100.")

    class Meta:
        model = User
        fields = [
            "id",
            "name",
            "email",
            "role",
            "organisation",
            "teams",
            "capabilities",
            "language",
            "time_zone",
            "unread_notices",
        ]
        read_only_fields = fields

    def get_capabilities(self, user: User) -> list[str]:
        """In alphabetical order."""
        return sorted(capability for capability in Capability if user.may(capability))

    def get_unread_notices(self, user: User) -> int:
        """Given by the view."""
        unread: int = self.context["unread"]
        return unread


class TokenRequestSerializer(serializers.Serializer[Any]):
    """E-mail and password."""

    email = serializers.CharField(max_length=254)
    password = serializers.CharField(trim_whitespace=False, max_length=4096, style={"input_type": "password"})


class TokenSerializer(serializers.Serializer[Any]):
    """The token to send as `Authorization: Token …`."""

    token = serializers.CharField()
