"""The people of the demonstration: three client organisations and the desk that serves them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.hashers import make_password
from i18nfield.strings import LazyI18nString

from accounts.models import Accent, Organisation, Team, Tier, User
from accounts.roles import Role
from web.demo import DEMO_DOMAIN, DEMO_PASSWORD

SHANGHAI, TAIPEI, BERLIN = "Asia/Shanghai", "Asia/Taipei", "Europe/Berlin"
HANS, HANT, EN = "zh-hans", "zh-hant", "en"


@dataclass(frozen=True)
class Person:
    """One person as written down here: `polite` is how others address them, `weight` how much they ask or do."""

    key: str
    name: str
    polite: str
    role: Role
    title: str
    language: str = HANS
    time_zone: str = SHANGHAI
    weight: float = 1.0
    phone: str = ""


@dataclass(frozen=True)
class Client:
    """One client organisation; the first contact is the one the sign-in page offers."""

    key: str
    name: str
    tier: Tier
    accent: Accent
    phone: str
    people: tuple[Person, ...]


CONTACT, CLIENT_MANAGER = Role.CLIENT_CONTACT, Role.CLIENT_MANAGER

CLIENTS = (
    Client(
        "huaxin",
        "华信制造",
        Tier.IMPORTANT,
        Accent.BLUE,
        "+86 512 5550 1800",
        (
            Person("chen.jing", "陈静", "陈女士", CONTACT, "生产信息化主管", weight=3.2, phone="+86 512 5550 1826"),
            Person("wang.lei", "王磊", "王工", CONTACT, "设备工程师", weight=2.4),
            Person("zhang.ting", "张婷", "张女士", CONTACT, "财务会计", weight=2.0),
            Person("huang.jianguo", "黄建国", "黄经理", CONTACT, "仓储部经理", weight=1.8),
            Person("hua.weiming", "华伟明", "华总", CLIENT_MANAGER, "信息中心主任", weight=0.7),
        ),
    ),
    Client(
        "yuanhang",
        "远航物流",
        Tier.STANDARD,
        Accent.TEAL,
        "+86 21 5550 6600",
        (
            Person("xie.yating", "謝雅婷", "謝小姐", CONTACT, "台北營運處專員", HANT, TAIPEI, weight=2.2),
            Person("luo.jun", "罗军", "罗先生", CONTACT, "调度中心主管", weight=2.3),
            Person("fang.min", "方敏", "方女士", CONTACT, "客服部经理", weight=1.5),
            Person("tsai.chihhao", "蔡志豪", "蔡先生", CONTACT, "倉儲課長", HANT, TAIPEI, weight=1.3),
            Person("song.haibo", "宋海波", "宋总", CLIENT_MANAGER, "运营总监", weight=0.5),
        ),
    ),
    Client(
        "nordwind",
        "Nordwind GmbH",
        Tier.STRATEGIC,
        Accent.VIOLET,
        "+49 40 5550 230",
        (
            Person("l.schmidt", "Lena Schmidt", "Lena", CONTACT, "ERP key user", EN, BERLIN, weight=2.4),
            Person("j.weber", "Jonas Weber", "Jonas", CONTACT, "Plant IT", EN, BERLIN, weight=2.0),
            Person("p.novak", "Petra Novak", "Petra", CONTACT, "Controlling", EN, BERLIN, weight=1.5),
            Person("m.hansen", "Markus Hansen", "Markus", CLIENT_MANAGER, "Head of IT", EN, BERLIN, weight=0.6),
        ),
    ),
)

AGENT, SPECIALIST, LEAD = Role.AGENT, Role.SPECIALIST, Role.TEAM_LEAD
STAFF = (
    Person("zhou.min", "周敏", "周敏", AGENT, "服务专员", weight=2.4, phone="+86 21 5550 9001"),
    Person("liu.yang", "刘洋", "刘洋", AGENT, "服务专员", weight=5.2),
    Person("he.jing", "何静", "何静", AGENT, "服务专员", weight=2.2),
    Person("julia.brandt", "Julia Brandt", "Julia", AGENT, "Service agent", EN, weight=1.2),
    Person("sun.yue", "孙悦", "孙悦", AGENT, "数据服务专员", weight=3.0),
    Person("zhao.lei", "赵磊", "赵磊", SPECIALIST, "应用技术专家", weight=3.0),
    Person("gao.feng", "高峰", "高峰", SPECIALIST, "系统与设备专家", weight=2.2),
    Person("xu.bo", "许博", "许博", SPECIALIST, "数据架构师", weight=2.6),
    Person("lin.chiajung", "林佳蓉", "林佳蓉", SPECIALIST, "業務顧問", HANT, TAIPEI, weight=2.2),
    Person("li.ming", "李明", "李明", LEAD, "应用支持组组长", weight=0.9),
    Person("chen.xi", "陈曦", "陈曦", LEAD, "数据与咨询组组长", weight=1.0),
    Person("qin.lan", "秦岚", "秦岚", Role.QUALITY_OFFICER, "质量专员"),
    Person("ma.jun", "马骏", "马骏", Role.MANAGER, "服务经理"),
    Person("admin", "吴昊", "吴昊", Role.ADMINISTRATOR, "系统管理员"),
)
OVERLOADED = "liu.yang"
MAIN_AGENT = "zhou.min"
MAIN_CLIENT = "chen.jing"

TEAMS: dict[str, tuple[dict[str, str], str, tuple[str, ...]]] = {
    "apps": (
        {HANS: "应用支持组", HANT: "應用支援組", EN: "Application support"},
        "li.ming",
        ("li.ming", "zhou.min", "liu.yang", "he.jing", "julia.brandt", "zhao.lei", "gao.feng"),
    ),
    "data": (
        {HANS: "数据与咨询组", HANT: "資料與諮詢組", EN: "Data and consulting"},
        "chen.xi",
        ("chen.xi", "sun.yue", "julia.brandt", "xu.bo", "lin.chiajung"),
    ),
}


@dataclass
class Cast:
    """Everybody who was made, by key."""

    users: dict[str, User] = field(default_factory=dict)
    said: dict[str, Person] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)

    def contacts(self) -> list[Person]:
        """Everybody who asks for something."""
        return [person for person in self.said.values() if person.role.is_client]

    def handlers(self, team: str) -> list[Person]:
        """The people of a team who carry requests."""
        return [self.said[key] for key in TEAMS[team][2]]

    def colleagues(self, person: Person) -> list[Person]:
        """Contacts of the same client."""
        organisation = self.users[person.key].organisation_id
        return [each for each in self.contacts() if self.users[each.key].organisation_id == organisation]


def make(since: datetime) -> Cast:
    """Make the organisations, people and teams; they have been there since an instant."""
    cast = Cast()
    password = make_password(DEMO_PASSWORD)  # hashed once for all: a good hash is slow
    for person in STAFF:
        _add(cast, person, f"{person.key}@desk{DEMO_DOMAIN}", None, password, since)
    for client in CLIENTS:
        organisation = Organisation.objects.create(
            name=client.name, tier=client.tier, accent=client.accent, phone=client.phone, created_at=since
        )
        for person in client.people:
            _add(cast, person, f"{person.key}@{client.key}{DEMO_DOMAIN}", organisation, password, since)
    for key, (names, lead, members) in TEAMS.items():
        team = Team.objects.create(name=LazyI18nString(names), lead=cast.users[lead])
        team.members.set(cast.users[member] for member in members)
        cast.teams[key] = team
    return cast


def _add(
    cast: Cast, person: Person, email: str, organisation: Organisation | None, password: str, since: datetime
) -> None:
    user = User(
        email=email,
        name=person.name,
        role=person.role,
        organisation=organisation,
        job_title=person.title,
        phone=person.phone,
        language=person.language,
        time_zone=person.time_zone,
        password=password,
        created_at=since,
    )
    user.full_clean()
    user.save()
    cast.users[person.key], cast.said[person.key] = user, person
