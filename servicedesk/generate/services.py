"""What can be asked for: thirty services with their own questions."""

from __future__ import annotations

from typing import Any, NamedTuple

from i18nfield.strings import LazyI18nString

from accounts.models import Team
from tickets.models import FieldKind, Service, ServiceField, ServiceFieldChoice, ServiceStatus
from tickets.states import Complexity, Impact, TicketType, Urgency

FAULT: dict[str, Any] = {"type": TicketType.INCIDENT, "is_technical": True, "asks_object": True, "asks_began": True}
SIMPLE: dict[str, Any] = {"asks_impact": False}
ADVICE: dict[str, Any] = {
    "type": TicketType.CONSULTATION,
    "complexity": Complexity.COMPLEX,
    "needs_plan": True,
    "asks_background": True,
    "asks_wanted_by": True,
}
CHANGE: dict[str, Any] = {
    "type": TicketType.CHANGE,
    "needs_plan": True,
    "needs_verification": True,
    "asks_background": True,
    "asks_wanted_by": True,
}
COMPLAINT: dict[str, Any] = {
    "type": TicketType.COMPLAINT,
    "asks_impact": False,
    "default_urgency": Urgency.HIGH,
}
PROBLEM: dict[str, Any] = {"type": TicketType.PROBLEM, "is_technical": True, "complexity": Complexity.COMPLEX}
SITE: dict[str, Any] = {"is_technical": True, "asks_object": True, "default_impact": Impact.MEDIUM}


class Entry(NamedTuple):
    """One service: its names (simplified, traditional, English), how often it is asked for, what it is like."""

    slug: str
    hans: str
    hant: str
    en: str
    weight: int
    settings: dict[str, Any]


ENTRIES = (
    Entry("erp-fault", "ERP 故障", "ERP 故障", "ERP fault", 60, FAULT),
    Entry("access", "账号与权限", "帳號與權限", "Accounts and access", 80, SIMPLE),
    Entry("mes-fault", "MES 故障", "MES 故障", "MES fault", 45, FAULT),
    Entry("password", "密码重置", "密碼重設", "Password reset", 70, SIMPLE),
    Entry("report", "报表制作", "報表製作", "Reports", 30, {"asks_wanted_by": True, "asks_impact": False}),
    Entry("network", "网络故障", "網路故障", "Network fault", 35, FAULT),
    Entry("printer", "打印与标签", "列印與標籤", "Printers and labels", 40, SITE),
    Entry("question", "使用咨询", "使用諮詢", "How-to question", 50, {"type": TicketType.CONSULTATION, **SIMPLE}),
    Entry("mail", "邮箱问题", "信箱問題", "Mail", 30, FAULT),
    Entry("complaint", "投诉与建议", "投訴與建議", "Complaints and suggestions", 8, COMPLAINT),
    Entry("advice", "业务咨询", "業務諮詢", "Business consulting", 12, ADVICE),
    Entry("change", "变更申请", "變更申請", "Change request", 18, CHANGE),
    Entry("device", "设备维修", "設備維修", "Device repair", 28, SITE),
    Entry("wms-fault", "WMS 故障", "WMS 故障", "WMS fault", 25, FAULT),
    Entry("data-fix", "数据更正", "資料更正", "Data correction", 25, {"asks_background": True}),
    Entry("extract", "数据提取", "資料擷取", "Data extract", 16, {"asks_wanted_by": True, "asks_impact": False}),
    Entry("training", "培训", "教育訓練", "Training", 8, {"asks_wanted_by": True, "asks_impact": False}),
    Entry("new-user", "入职开户", "到職開戶", "New starter", 22, {"asks_wanted_by": True, "asks_impact": False}),
    Entry("leaver", "离职销户", "離職銷戶", "Leaver", 14, SIMPLE),
    Entry("interface", "接口异常", "介接異常", "Interface fault", 20, FAULT),
    Entry("security", "安全事件", "資安事件", "Security incident", 4, {**FAULT, "default_urgency": Urgency.HIGH}),
    Entry("problem", "问题分析", "問題分析", "Problem analysis", 5, PROBLEM),
    Entry("release", "版本发布", "版本發布", "Release", 6, CHANGE),
    Entry("portal", "门户故障", "入口網站故障", "Portal fault", 15, FAULT),
    Entry("phone", "电话与会议", "電話與會議", "Phones and meetings", 12, SITE),
    Entry("purchase", "设备采购", "設備採購", "Purchasing", 9, {"asks_background": True, "asks_impact": False}),
    Entry("backup", "备份恢复", "備份還原", "Restore from backup", 5, FAULT),
    Entry("audit", "审计支持", "稽核支援", "Audit support", 4, ADVICE),
    Entry("move", "搬迁", "搬遷", "Office move", 3, CHANGE),
    Entry("finance", "财务系统支持", "財務系統支援", "Finance support", 24, FAULT),
)
WEIGHTS = {entry.slug: entry.weight for entry in ENTRIES}
SYSTEMS = ("erp", "mes", "wms", "mail", "vpn")


def said(hans: str, hant: str, en: str) -> LazyI18nString:
    """The same in three languages."""
    return LazyI18nString({"zh-hans": hans, "zh-hant": hant, "en": en})


def make_services(teams: list[Team]) -> None:
    """Make them, dealt out to the teams; each asks one question of its own, some two."""
    for place, entry in enumerate(ENTRIES):
        service = Service.objects.create(
            slug=entry.slug,
            name=said(entry.hans, entry.hant, entry.en),
            status=ServiceStatus.PUBLISHED,
            position=place + 1,
            team=teams[place % len(teams)],
            **entry.settings,
        )
        _make_questions(service, place)


def _make_questions(service: Service, place: int) -> None:
    ServiceField.objects.create(
        service=service, key="reference", kind=FieldKind.TEXT, label=said("单号", "單號", "Reference"), position=1
    )
    if place % 2:
        return
    system = ServiceField.objects.create(
        service=service, key="system", kind=FieldKind.CHOICE, label=said("系统", "系統", "System"), position=2
    )
    ServiceFieldChoice.objects.bulk_create(
        ServiceFieldChoice(field=system, value=value, label=said(*[value.upper()] * 3), position=number)
        for number, value in enumerate(SYSTEMS, start=1)
    )
