"""`web.timeline`: what happened, in order, in the reader's words, and nothing internal for clients."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation
from i18nfield.strings import LazyI18nString

from sla.services import sweep
from tests.cast import MONDAY, Cast, a_file
from tickets import services
from tickets.models import FieldKind, ServiceField, ServiceFieldChoice, Ticket
from tickets.states import EventKind, Priority, Wait
from web.timeline import Entry, timeline


def after(minutes: int) -> Any:
    return MONDAY + timedelta(minutes=minutes)


def sentences(entries: list[Entry]) -> list[str]:
    return [entry.sentence for entry in entries if not entry.is_message]


def a_long_story(cast: Cast) -> Ticket:
    """Everything that can be on a record of a technical request, in an hour."""
    ticket = cast.submit(files=[a_file("申请.png")], impact=2, urgency=3, service_object="报表系统")
    services.assign(ticket, by=cast.li, at=after(2), assignee=cast.zhao)
    services.assign(ticket, by=cast.li, at=after(3), assignee=cast.zhou, team=cast.data)
    services.take_up(ticket, by=cast.zhou, at=after(5))
    services.note(ticket, by=cast.zhou, at=after(6), body="秘密笔记", files=[a_file("secret.png")])
    services.reply(ticket, by=cast.zhou, at=after(7), body="请问何时开始的？", files=[a_file("问题.png")])
    services.wait(ticket, by=cast.zhou, at=after(8), wait_for=Wait.CLIENT)
    services.reply(ticket, by=cast.chen, at=after(15), body="今天早上。")
    services.log_call(ticket, by=cast.zhou, at=after(16), body="电话里确认了。")
    services.set_priority(ticket, by=cast.zhou, at=after(17), priority=Priority.CRITICAL, reason="内部原因")
    services.classify(ticket, by=cast.zhou, at=after(18), service=cast.reset)
    task = services.add_task(ticket, by=cast.zhou, at=after(19), title="null")
    services.finish_task(ticket, by=cast.zhou, at=after(20), task=task.pk)
    services.deliver(ticket, by=cast.zhou, at=after(30), summary="已修复。", self_checked=True)
    services.reject(ticket, by=cast.chen, at=after(40), delivery=1, reason="还是白屏。")
    services.deliver(ticket, by=cast.zhou, at=after(50), summary="这次好了。", self_checked=True)
    services.accept(ticket, by=cast.chen, at=after(60), delivery=2, comment="谢谢！")
    return cast.fresh(ticket)


def test_it_is_in_the_order_of_what_happened(cast: Cast) -> None:
    """R-026: messages and events in one list."""
    entries = timeline(a_long_story(cast), cast.chen, now=after(61))
    assert [entry.at for entry in entries] == sorted(entry.at for entry in entries)
    assert [entry.body for entry in entries if entry.is_message] == [
        "登录成功后页面一直空白。The console says: error 502.",
        "请问何时开始的？",
        "今天早上。",
        "电话里确认了。",
        "已修复。",
        "还是白屏。",
        "这次好了。",
        "谢谢！",
    ]
    assert sentences(entries) == [
        "Assessment started",
        "Execution started",
        "Waiting for your answer",
        "No longer waiting, work goes on",
        "Delivered for acceptance",
        "Delivery rejected, work goes on",
        "Delivered for acceptance",
        "Delivery accepted",
    ]


def test_a_client_reads_nothing_internal(cast: Cast) -> None:
    """R-083: no notes, no assignments, no tasks, no clocks; not even in the data of an entry."""
    ticket = a_long_story(cast)
    for reader in (cast.chen, cast.hua):
        entries = timeline(ticket, reader, now=after(61))
        everything = repr([(e.body, e.sentence, e.facts, [f.name for f in e.attachments], e.author) for e in entries])
        assert not any(entry.is_internal or entry.is_note for entry in entries)
        for secret in (
            "秘密",
            "secret",
            "内部原因",
            "赵凯",
            "李想",
            "数据组",
            "clock",
            "First response",
            "Task",
            "Survey",
        ):
            assert secret not in everything
    assert timeline(ticket, cast.stranger, now=after(61)) == []
    assert timeline(ticket, cast.wang, now=after(61)) == []


def test_staff_read_names_and_clocks(cast: Cast) -> None:
    said = sentences(timeline(a_long_story(cast), cast.ma, now=after(61)))
    for expected in (
        "Assigned to 赵凯",
        "Assigned to 周敏, Data",
        "Priority changed from High to Critical",
        "Service changed from Application fault to Password reset",
        "Task added: null",
        "Task done: null",
        "First response clock started, within 30 m",
        "First response met after 7 m of 30 m",
        "Survey sent",
    ):
        assert expected in said


def test_a_missed_target_says_how_late(cast: Cast) -> None:
    """R-046."""
    ticket = cast.submit()
    sweep.sweep(after(65))
    with translation.override("en"):
        running = sentences(timeline(cast.fresh(ticket), cast.zhou, now=after(65)))
        services.reply(ticket, by=cast.zhou, at=after(70), body="来了。")
        answered = sentences(timeline(cast.fresh(ticket), cast.zhou, now=after(300)))
    assert "Target missed: First response, 35 m late" in running
    assert "Target missed: First response, 40 m late" in answered
    assert "First response missed: 1 h 10 m instead of 30 m" in answered


def test_it_speaks_the_language_of_its_reader(cast: Cast) -> None:
    ticket = a_long_story(cast)
    services.reopen(ticket, by=cast.chen, at=after(70), reason="又来了")
    with translation.override("zh-hans"):
        said = sentences(timeline(cast.fresh(ticket), cast.ma, now=after(71)))
    assert "Service changed from Application fault to Password reset" not in said
    assert any("应用故障" in sentence and "密码重置" in sentence for sentence in said)


def test_the_submission_shows_every_answer(cast: Cast) -> None:
    """R-002: what the service asked, labelled in the reader's language."""
    asked = [
        ("staff_id", FieldKind.TEXT, "20318", "20318"),
        ("seats", FieldKind.NUMBER, "23", "23"),
        ("day", FieldKind.DATE, "2026-12-01", "Dec 1, 2026"),
        ("agreed", FieldKind.CHECKBOX, True, "Yes"),
        ("site", FieldKind.CHOICE, "sh", "Shanghai"),
    ]
    for key, kind, _given, _shown in asked:
        ServiceField.objects.create(
            service=cast.support, key=key, kind=kind, label=LazyI18nString({"en": key.title(), "zh-hans": f"问{key}"})
        )
    site = cast.support.fields.get(key="site")
    ServiceFieldChoice.objects.create(
        field=site, value="sh", label=LazyI18nString({"en": "Shanghai", "zh-hans": "上海"})
    )
    ticket = cast.fresh(
        cast.submit(
            answers={key: given for key, _kind, given, _shown in asked},
            service_object="报表系统",
            began_at=after(-30),
            affected="财务部",
            background="月结",
        )
    )
    with translation.override("en"):
        first = timeline(ticket, cast.chen, now=MONDAY)[0]
        facts = {fact.label: fact.value for fact in first.facts}
    assert {label: facts[label] for label in ("System or device", "Who exactly", "Business background")} == {
        "System or device": "报表系统",
        "Who exactly": "财务部",
        "Business background": "月结",
    }
    shown = {key.title(): shown for key, *_, shown in asked}
    assert [(label, value) for label, value in facts.items() if label in shown] == list(shown.items())
    with translation.override("zh-hans"):
        facts = {fact.label: fact.value for fact in timeline(ticket, cast.chen, now=MONDAY)[0].facts}
    assert facts["问site"] == "上海"


def test_what_staff_took_down_says_so(cast: Cast) -> None:
    ticket = cast.fresh(cast.submit(by=cast.zhou, requester=cast.chen, channel="phone"))
    first = timeline(ticket, cast.chen, now=MONDAY)[0]
    assert (first.author, first.side, first.sentence) == (cast.chen, "client", "Phone, taken down by 周敏")


def test_every_kind_of_event_has_words(cast: Cast) -> None:
    """No event is shown as its bare key."""
    from web.timeline import SPOKEN
    from web.timeline.sentences import SENTENCES

    assert set(EventKind) - set(SENTENCES) - SPOKEN == {EventKind.SUBMITTED}


@pytest.mark.parametrize("who", ["chen", "zhou"])
def test_it_asks_at_most_five_times(cast: Cast, who: str) -> None:
    ServiceField.objects.create(service=cast.support, key="k", label=LazyI18nString("k"))
    ticket = cast.submit(answers={"k": "1"})
    services.take_up(ticket, by=cast.zhou, at=after(1))
    services.add_task(ticket, by=cast.zhou, at=after(2), title="T")
    counts = []
    for round_ in range(2):
        for n in range(1 + 9 * round_):
            services.reply(ticket, by=cast.zhou, at=timezone.now(), body=f"{n}", files=[a_file()])
        fresh = cast.fresh(ticket)
        with CaptureQueriesContext(connection) as asked:
            timeline(fresh, getattr(cast, who), now=timezone.now())
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 5
