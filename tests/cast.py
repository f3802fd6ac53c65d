"""The people of every test: two client organisations, two teams, one of each role. `cast` makes them once per test."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from i18nfield.strings import LazyI18nString

from accounts.models import Organisation, Team, Tier, User
from accounts.roles import Role
from quality.services.surveys import ensure_questions
from sla.services.defaults import ensure_defaults
from tickets import services
from tickets.models import Service, ServiceStatus, Ticket
from tickets.services.catalogue import ensure_priority_matrix
from tickets.states import Complexity, Risk, TicketType

PASSWORD = "desk-pass-2026"

# A Monday, 10:00 in Shanghai: inside office hours, no holiday near.
MONDAY = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)


@dataclass
class Cast:
    """Everybody by name; see `_people` for who they are."""

    huaxin: Organisation
    yuanhang: Organisation
    people: dict[str, User] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        for drawer in ("people", "teams", "services"):
            found = self.__dict__.get(drawer, {})
            if name in found:
                return found[name]
        raise AttributeError(name)

    def submit(
        self, *, by: User | None = None, service: Service | None = None, at: datetime = MONDAY, **asked: Any
    ) -> Ticket:
        """A request by `by` (the contact of Huaxin), through the door."""
        through = {name: asked.pop(name) for name in ("requester", "channel", "once") if name in asked}
        asked.setdefault("subject", "报表系统登录后白屏")
        asked.setdefault("description", "登录成功后页面一直空白。The console says: error 502.")
        return services.submit(
            services.Asked(service=service or self.support, **asked), by=by or self.chen, at=at, **through
        )

    def in_assessment(self, **how: Any) -> Ticket:
        """A consulting request that Zhou has taken up; it needs a plan."""
        ticket = self.submit(service=self.consulting, **how)
        return services.take_up(ticket, by=self.zhou, at=ticket.received_at)

    def with_plan(self, *, options: int = 2, risk: int = Risk.LOW, **how: Any) -> Ticket:
        """A consulting request whose plan is with the client."""
        ticket = self.in_assessment(**how)
        wanted = [
            services.Option(title=f"方案 {n}", steps="第一步\n第二步", duration="40 min", risk=risk, risk_note="可回退")
            for n in range(1, options + 1)
        ]
        services.propose_plan(ticket, by=self.zhou, at=ticket.received_at, options=wanted, message="请选择一个方案。")
        return self.fresh(ticket)

    def in_execution(self, **how: Any) -> Ticket:
        """A technical request that Zhou works on."""
        ticket = self.submit(**how)
        return services.take_up(ticket, by=self.zhou, at=ticket.received_at)

    def delivered(self, **how: Any) -> Ticket:
        """A technical request that waits for the client's acceptance."""
        ticket = self.in_execution(**how)
        services.deliver(ticket, by=self.zhou, at=ticket.received_at, summary="已修复，请验收。", self_checked=True)
        return self.fresh(ticket)

    def closed(self, **how: Any) -> Ticket:
        """A technical request the client accepted; a survey waits."""
        ticket = self.delivered(**how)
        services.accept(ticket, by=ticket.requester, at=ticket.received_at, delivery=1)
        return self.fresh(ticket)

    @staticmethod
    def fresh(ticket: Ticket) -> Ticket:
        """The request as the database has it now."""
        return Ticket.objects.with_people().get(pk=ticket.pk)

    @staticmethod
    def browser(person: User | None = None, language: str = "en") -> Client:
        """Django's test client, signed in as a person, asking for a language."""
        client = Client(headers={"accept-language": language})
        if person is not None:
            client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        return client


@pytest.fixture
def cast(db: None) -> Cast:
    """See `Cast`."""
    ensure_priority_matrix()
    ensure_defaults(MONDAY)
    ensure_questions()
    made = Cast(
        huaxin=Organisation.objects.create(name="华信制造", tier=Tier.IMPORTANT),
        yuanhang=Organisation.objects.create(name="远航物流", tier=Tier.STANDARD),
    )
    _people(made)
    _teams(made)
    _services(made)
    return made


def _people(cast: Cast) -> None:
    password = make_password(PASSWORD)
    for key, name, role, organisation in (
        ("chen", "陈立", Role.CLIENT_CONTACT, cast.huaxin),
        ("wang", "王倩", Role.CLIENT_CONTACT, cast.huaxin),
        ("hua", "华总", Role.CLIENT_MANAGER, cast.huaxin),
        ("stranger", "Strange R.", Role.CLIENT_CONTACT, cast.yuanhang),
        ("zhou", "周敏", Role.AGENT, None),
        ("zhao", "赵凯", Role.SPECIALIST, None),
        ("li", "李想", Role.TEAM_LEAD, None),
        ("sun", "孙宁", Role.AGENT, None),
        ("qin", "秦朗", Role.QUALITY_OFFICER, None),
        ("ma", "马超", Role.MANAGER, None),
        ("root", "Root", Role.ADMINISTRATOR, None),
    ):
        cast.people[key] = User.objects.create(
            email=f"{key}@desk.test", name=name, role=role, organisation=organisation, password=password
        )


def _teams(cast: Cast) -> None:
    apps = Team.objects.create(name=_texts("Application support", "应用支持组", "應用支援組"), lead=cast.li)
    apps.members.add(cast.zhou, cast.zhao, cast.li)
    data = Team.objects.create(name=_texts("Data", "数据组", "數據組"))
    data.members.add(cast.sun)
    cast.teams.update(apps=apps, data=data)


def _services(cast: Cast) -> None:
    for position, (slug, texts, values) in enumerate(
        (
            (
                "support",
                ("Application fault", "应用故障", "應用故障"),
                {
                    "team": cast.apps,
                    "type": TicketType.INCIDENT,
                    "is_technical": True,
                    "asks_object": True,
                    "asks_began": True,
                    "icon": "bug_report",
                },
            ),
            (
                "consulting",
                ("Consulting", "咨询服务", "諮詢服務"),
                {
                    "team": cast.apps,
                    "type": TicketType.CONSULTATION,
                    "complexity": Complexity.COMPLEX,
                    "needs_plan": True,
                    "asks_background": True,
                    "asks_wanted_by": True,
                },
            ),
            ("reset", ("Password reset", "密码重置", "密碼重設"), {"team": cast.apps, "asks_impact": False}),
            ("complaint", ("Complaint", "投诉", "投訴"), {"team": cast.data, "type": TicketType.COMPLAINT}),
        )
    ):
        cast.services[slug] = Service.objects.create(
            slug=slug, name=_texts(*texts), status=ServiceStatus.PUBLISHED, position=position, **values
        )


def _texts(en: str, hans: str, hant: str) -> LazyI18nString:
    return LazyI18nString({"en": en, "zh-hans": hans, "zh-hant": hant})


def a_file(name: str = "screenshot.png", content: bytes = b"\x89PNG\r\n\x1a\n...", kind: str = "image/png") -> Any:
    """An uploaded file."""
    return SimpleUploadedFile(name, content, content_type=kind)
