"""Names of people, clients and teams."""

from __future__ import annotations

from functools import cache
from random import Random

from servicedesk.generate.words import FOLDER, parted


@cache
def _said() -> dict[str, list[str]]:
    return parted((FOLDER / "names.txt").read_text("utf-8"), "|")


def person(rng: Random, code: str) -> str:
    """A person's name; several people may bear it."""
    said = _said()
    if code == "zh":
        return rng.choice(said["family"]) + "".join(rng.choice(said["given"]) for _ in range(rng.choice((1, 2, 2))))
    return f"{rng.choice(said['first'])} {rng.choice(said['last'])}"


def client(code: str, number: int) -> str:
    """A client's name; no two numbers below 3,000 give the same."""
    said = _said()
    if code == "zh":
        return _nth(number, said["cities"], said["marks"], said["trades"])
    count, rest = divmod(number, len(said["abroad"]) * len(said["forms"]))
    return _nth(rest, said["abroad"], [" "], said["forms"]) + (f" {count + 1}" if count else "")


def _nth(number: int, *parts: list[str]) -> str:
    """The number-th combination, the first parts changing fastest."""
    said = []
    for values in parts:
        number, place = divmod(number, len(values))
        said.append(values[place])
    return "".join(said)


TEAMS = (  # simplified Chinese, traditional Chinese, English
    ("应用支持组", "應用支援組", "Application support"),
    ("数据组", "資料組", "Data"),
    ("现场服务组", "現場服務組", "Field service"),
    ("网络组", "網路組", "Networks"),
    ("服务台", "服務台", "Service desk"),
    ("数据库组", "資料庫組", "Databases"),
    ("安全组", "資安組", "Security"),
    ("终端组", "終端組", "Workplace"),
    ("接口组", "介接組", "Interfaces"),
    ("财务系统组", "財務系統組", "Finance systems"),
    ("生产系统组", "生產系統組", "Production systems"),
    ("仓储系统组", "倉儲系統組", "Warehouse systems"),
    ("报表组", "報表組", "Reporting"),
    ("培训组", "訓練組", "Training"),
    ("咨询组", "諮詢組", "Consulting"),
    ("客户关系组", "客戶關係組", "Client relations"),
    ("门户组", "入口網站組", "Portals"),
    ("邮件组", "郵件組", "Mail"),
    ("打印组", "列印組", "Printing"),
    ("云平台组", "雲端平台組", "Cloud"),
    ("夜班组", "夜班組", "Night shift"),
    ("华南组", "華南組", "South China"),
    ("欧洲组", "歐洲組", "Europe"),
    ("美洲组", "美洲組", "Americas"),
    ("测试组", "測試組", "Testing"),
    ("变更组", "變更組", "Changes"),
)
