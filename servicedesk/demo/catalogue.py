"""What can be asked for: eight services with their own questions, and one client's own agreement."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from i18nfield.strings import LazyI18nString

from servicedesk.demo.people import EN, HANS, HANT, Cast
from tickets.models import FieldKind, Service, ServiceClass, ServiceField, ServiceFieldChoice, ServiceStatus
from tickets.states import Complexity, Impact, TicketType, Urgency

Words = tuple[str, str, str]  # simplified Chinese, traditional Chinese, English


@dataclass(frozen=True)
class Question:
    """A question of one service's own; `choices` are (key, words)."""

    key: str
    kind: FieldKind
    label: Words
    required: bool = False
    choices: tuple[tuple[str, Words], ...] = ()


@dataclass(frozen=True)
class Entry:
    """One service as it is written down here."""

    slug: str
    team: str
    icon: str
    name: Words
    description: Words
    settings: dict[str, Any] = field(default_factory=dict)
    questions: tuple[Question, ...] = ()


CATALOGUE = (
    Entry(
        "application-fault",
        "apps",
        "bug_report",
        ("应用故障处理", "應用故障處理", "Application fault"),
        (
            "业务系统报错、变慢、无法登录或数据不对，由技术专家排查恢复。",
            "業務系統報錯、變慢、無法登入或資料不正確，由技術專家排查復原。",
            "A business application fails, is slow or shows wrong data: a specialist finds the cause and restores it.",
        ),
        {"type": TicketType.INCIDENT, "is_technical": True, "asks_object": True, "asks_began": True},
        (
            Question("error", FieldKind.TEXT, ("错误提示", "錯誤訊息", "Error message")),
            Question("workaround", FieldKind.CHECKBOX, ("有临时办法可用", "有暫時的替代作法", "There is a workaround")),
        ),
    ),
    Entry(
        "access",
        "apps",
        "key",
        ("账号与权限", "帳號與權限", "Accounts and access"),
        (
            "开通、调整、停用账号，重置密码，申请角色权限。通常当天办结。",
            "開通、調整、停用帳號，重設密碼，申請角色權限。通常當日辦結。",
            "New accounts, changed or removed access, password resets. Usually done the same day.",
        ),
        {"service_class": ServiceClass.SUPPORTING, "asks_impact": False},
        (
            Question("account", FieldKind.TEXT, ("账号或工号", "帳號或工號", "Account or staff number")),
            Question(
                "system",
                FieldKind.CHOICE,
                ("系统", "系統", "System"),
                required=True,
                choices=(
                    ("erp", ("ERP", "ERP", "ERP")),
                    ("mes", ("MES 生产执行", "MES 生產執行", "MES")),
                    ("wms", ("WMS 仓储管理", "WMS 倉儲管理", "WMS")),
                    ("mail", ("邮箱与协同办公", "信箱與協同辦公", "Mail and collaboration")),
                    ("vpn", ("VPN 远程接入", "VPN 遠端連線", "VPN")),
                ),
            ),
        ),
    ),
    Entry(
        "data-service",
        "data",
        "database",
        ("数据服务", "資料服務", "Data service"),
        (
            "数据提取、报表制作、数据清洗与核对，成果以文件交付。",
            "資料擷取、報表製作、資料清理與核對，成果以檔案交付。",
            "Extracts, reports, cleansing and reconciliation, delivered as files.",
        ),
        {"needs_deliverable": True, "asks_wanted_by": True, "asks_background": True, "asks_impact": False},
        (
            Question(
                "format",
                FieldKind.CHOICE,
                ("交付格式", "交付格式", "Format"),
                required=True,
                choices=(
                    ("xlsx", ("Excel 表格", "Excel 試算表", "Excel workbook")),
                    ("csv", ("CSV 文件", "CSV 檔案", "CSV file")),
                    ("pdf", ("PDF 报告", "PDF 報告", "PDF report")),
                ),
            ),
            Question("period", FieldKind.TEXT, ("数据期间", "資料期間", "Period covered")),
        ),
    ),
    Entry(
        "consulting",
        "data",
        "forum",
        ("业务咨询", "業務諮詢", "Business consulting"),
        (
            "流程、系统选型、指标体系等复杂问题，专家评估后给出备选方案，确认后实施。",
            "流程、系統選型、指標體系等複雜問題，專家評估後提出備選方案，確認後實施。",
            "Processes, system choices, indicators: experts assess, offer alternatives, carry out what you confirm.",
        ),
        {
            "type": TicketType.CONSULTATION,
            "complexity": Complexity.COMPLEX,
            "needs_plan": True,
            "asks_background": True,
            "asks_wanted_by": True,
            "service_class": ServiceClass.VALUE_ADDED,
        },
    ),
    Entry(
        "change",
        "apps",
        "published_with_changes",
        ("变更申请", "變更申請", "Change request"),
        (
            "系统配置、接口、流程的变更：评估影响，确认方案，实施并由同事验证。",
            "系統設定、介接、流程的變更：評估影響，確認方案，實施並由同事驗證。",
            "Changes of configuration, interfaces or workflow: assessed, agreed, carried out, verified by a colleague.",
        ),
        {
            "type": TicketType.CHANGE,
            "needs_plan": True,
            "needs_verification": True,
            "asks_object": True,
            "asks_background": True,
            "asks_wanted_by": True,
        },
        (
            Question("window", FieldKind.TEXT, ("可接受的停机时段", "可接受的停機時段", "Acceptable downtime window")),
            Question("rollback", FieldKind.CHECKBOX, ("需要回退方案", "需要回復方案", "A fall-back is needed")),
        ),
    ),
    Entry(
        "training",
        "data",
        "school",
        ("培训", "教育訓練", "Training"),
        (
            "系统操作与数据分析培训，可线上或到场，附讲义。",
            "系統操作與資料分析訓練，可線上或到場，附講義。",
            "Courses on the systems and on data analysis, online or on site, with hand-outs.",
        ),
        {"asks_wanted_by": True, "asks_impact": False, "service_class": ServiceClass.VALUE_ADDED},
        (
            Question("people", FieldKind.NUMBER, ("参加人数", "參加人數", "Number of participants"), required=True),
            Question(
                "mode",
                FieldKind.CHOICE,
                ("方式", "方式", "Mode"),
                choices=(
                    ("online", ("线上", "線上", "Online")),
                    ("onsite", ("到场", "到場", "On site")),
                ),
            ),
        ),
    ),
    Entry(
        "site",
        "apps",
        "handyman",
        ("设备与现场维护", "設備與現場維護", "Equipment and site maintenance"),
        (
            "扫码枪、打印机、工控机、网络等现场设备的检修与更换。",
            "掃碼槍、印表機、工控電腦、網路等現場設備的檢修與更換。",
            "Scanners, printers, industrial PCs and networks on site: repaired, replaced, maintained.",
        ),
        {"is_technical": True, "asks_object": True, "asks_began": True, "default_impact": Impact.MEDIUM},
        (Question("location", FieldKind.TEXT, ("地点", "地點", "Location"), required=True),),
    ),
    Entry(
        "complaint",
        "apps",
        "feedback",
        ("投诉与建议", "投訴與建議", "Complaints and suggestions"),
        (
            "对服务不满意请告诉我们：24 小时内答复，72 小时内解决。",
            "對服務不滿意請告訴我們：24 小時內答覆，72 小時內解決。",
            "Tell us what went wrong: an answer within 24 hours, a solution within 72.",
        ),
        {
            "type": TicketType.COMPLAINT,
            "service_class": ServiceClass.SUPPORTING,
            "asks_impact": False,
            "default_urgency": Urgency.HIGH,
        },
    ),
)
TEAM_OF = {entry.slug: entry.team for entry in CATALOGUE}


def make(cast: Cast) -> dict[str, Service]:
    """Make the services with their questions."""
    return {entry.slug: _service(entry, position, cast) for position, entry in enumerate(CATALOGUE, start=1)}


def _service(entry: Entry, position: int, cast: Cast) -> Service:
    service = Service.objects.create(
        slug=entry.slug,
        name=_said(entry.name),
        description=_said(entry.description),
        icon=entry.icon,
        team=cast.teams[entry.team],
        position=position,
        status=ServiceStatus.PUBLISHED,
        **entry.settings,
    )
    for place, question in enumerate(entry.questions, start=1):
        field = ServiceField.objects.create(
            service=service,
            key=question.key,
            kind=question.kind,
            label=_said(question.label),
            required=question.required,
            position=place,
        )
        ServiceFieldChoice.objects.bulk_create(
            ServiceFieldChoice(field=field, value=key, label=_said(words), position=n)
            for n, (key, words) in enumerate(question.choices, start=1)
        )
    return service


def _said(words: Words) -> LazyI18nString:
    return LazyI18nString(dict(zip((HANS, HANT, EN), words, strict=True)))
