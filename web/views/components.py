"""The gallery: every component in every state. The place to look for what already exists."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import TemplateDoesNotExist
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from jobs.models import Job, JobState
from web.forms import DateInput, DateTimeInput, FilesField
from web.strips import Mark, Stretch, Strip, kind_words, make_strip

MINUTES = 60
WRITING = """The static asset node 3 has a certificate that **expired at 13:28**; that fits.

- node 3: expired
- nodes 1, 2: fine until March

> Everybody sees a white page.
"""


class SampleForm(forms.Form):
    """One field of each kind."""

    subject = forms.CharField(label="Subject", help_text="In a few words; the rest goes below.")
    service = forms.ChoiceField(
        label="Service", choices=[("", "Choose …"), ("1", "Application support"), ("2", "Network")]
    )
    text = forms.CharField(label="What happened", widget=forms.Textarea, required=False)
    day = forms.DateField(label="Wanted by", widget=DateInput, required=False)
    moment = forms.DateTimeField(label="Maintenance at", widget=DateTimeInput, required=False)
    attachments = FilesField(label="Files", required=False)
    urgent = forms.BooleanField(label="People can't work", help_text="Raises the urgency.", required=False)
    channel = forms.ChoiceField(
        label="How to reach you", choices=[("mail", "E-mail"), ("phone", "Phone")], widget=forms.RadioSelect
    )


class SurveyForm(forms.Form):
    """Scales."""

    easy = forms.TypedChoiceField(
        label="It was easy to get help.", choices=[(n, str(n)) for n in range(1, 6)], initial=4
    )
    again = forms.TypedChoiceField(
        label="How likely are you to recommend us?", choices=[(n, str(n)) for n in range(11)]
    )
    overall = forms.TypedChoiceField(
        label="All in all", choices=[(n, f"{n} of 5") for n in range(1, 6)], initial=4, required=False
    )


def _samples() -> dict[str, Any]:
    now = timezone.now()

    def at(minutes: float) -> Any:
        return now + timedelta(minutes=minutes)

    trend = [94.2, 95.1, 94.8, 95.6, None, 96.9, 97.2, 97.0, 96.1, 95.2, 94.9, 95.4, 96.2, 97.6]
    before = [92.1, 92.8, 93.1, 92.2, 93.9, 95.6, 95.9, 95.4, 94.7, 93.8, 93.1, 92.6, 93.0, 92.4]
    days = [f"11-{day:02}" for day in range(7, 21)]
    return {
        "now": now,
        "dues": [
            (at(46 * 60), at(40 * 60)),
            (at(20 * 60), at(18 * 60)),
            (at(130), at(60)),
            (at(11), at(-19)),
            (at(3.4), at(-26)),
            (at(-35), at(-90)),
            (at(-60 * 27), at(-60 * 30)),
        ],
        "due_at": at(90),
        "soon_at": at(30),
        "past": at(-60),
        "long_past": at(-60 * 24 * 40),
        "yesterday": at(-60 * 24),
        "rows": [
            (
                at(-35),
                at(-60),
                "000418",
                "月结接口返回 502，财务无法出账",
                "远航物流 · 王倩：今天下班前必须出账，请尽快…",
                "李想",
                False,
            ),
            (
                at(11),
                at(-19),
                "000421",
                "报表系统登录后白屏，约 40 人受影响",
                "华信制造 · 陈立：清过缓存，换浏览器也一样",
                "周敏",
                True,
            ),
            (
                at(102),
                at(60),
                "000415",
                "Quarterly access review for the Berlin site",
                "Nordwind GmbH · You: list of accounts attached, please…",
                "Mara",
                False,
            ),
            (
                at(20 * 60),
                at(18 * 60),
                "000409",
                "新员工账号批量开通（23 人）",
                "青禾教育 · 名单已上传，含部门与岗位",
                "孙宁",
                False,
            ),
        ],
        "clocks": {
            "spent": 109 * MINUTES,
            "whole": 120 * MINUTES,
            "soon_due": at(11),
            "soon_from": at(-19),
            "far_due": at(46 * 60),
        },
        "steps": [
            {"label": _("Intake"), "state": "done", "at": at(-60)},
            {"label": _("Assessment"), "state": "now", "caption": _("Please choose a plan")},
            {"label": _("Execution"), "state": "todo"},
            {"label": _("Acceptance"), "state": "todo"},
        ],
        "people": ["周敏", "赵凯", "Mara Lindt", "陈立", "Oskar Weiss", "李想", "孙宁", "王倩"],
        "trend": trend,
        "falling": [95, 94, 94.2, 93, 92.6, 91.4],
        "line_chart": {
            "type": "line",
            "labels": days,
            "unit": "%",
            "target": 95,
            "series": [{"label": "30 d", "values": trend}, {"label": "Before", "values": before}],
        },
        "bar_chart": {
            "type": "bar",
            "labels": ["8", "9", "10", "11", "12", "13", "14", "15"],
            "digits": 0,
            "series": [{"label": "Requests", "values": [4, 9, 14, 11, 5, 4, 10, 13]}],
        },
        "times_chart": {
            "type": "bar",
            "stacked": True,
            "labels": ["under 10 m", "10 – 20 m", "20 – 30 m", "30 – 40 m", "40 m and more"],
            "digits": 0,
            "series": [
                {"label": "Met", "values": [14, 31, 12, 0, 0]},
                {"label": "Missed", "values": [0, 0, 0, 4, 2], "tone": "late"},
            ],
            "marks": [
                {"label": "Median 14 m", "at": 1.4, "strong": True},
                {"label": "90% within 31 m", "at": 3.1, "strong": True},
                {"label": "Target 30 m", "at": 3, "strong": False},
            ],
            "links": ["#"] * 5,
        },
        "no_chart": {"type": "line", "labels": [], "series": []},
        "causes": [("Waiting for assignment", 38), ("Shift change", 27), ("No specialist on duty", 19)],
        "heat": [("Mon", [2, 3, 5, 4, 2, 1]), ("Tue", [1, 4, 5, 3, 3, 2]), ("Wed", [0, 2, 4, 3, 2, 1])],
        "tones": ["", "soon", "late", "met", "paused", "accent", "outline"],
        "accents": ["blue", "teal", "green", "violet", "rose", "amber", "slate"],
        "writing": WRITING,
    }


def _strip(id: str, now: datetime) -> Strip:
    """A clock of every kind of time, still running."""
    kinds = (
        (22, "outside"),
        (3, "counted"),
        (1.5, "outside"),
        (1, "counted"),
        (20, "paused"),
        (2, "makeup"),
        (70, "holiday"),
        (2.5, "special"),
        (6, "deciding"),
        (9, "closed"),
        (2, "counted"),
        (3, "ahead"),
        (12, "ahead-closed"),
        (1, "ahead"),
    )
    past = sum(hours for hours, kind in kinds if not kind.startswith("ahead"))
    start = at = now - timedelta(hours=past)
    stretches, words = [], kind_words()
    for hours, kind in kinds:
        end = at + timedelta(hours=hours)
        stretches.append(Stretch(at, end, kind, words[kind]))
        at = end
    marks = [
        Mark(start + timedelta(hours=24), "warning", "50 %"),
        Mark(now - timedelta(hours=1), "late", "30 m after"),
        Mark(start + timedelta(hours=48), "breach", "Ran out"),
        Mark(now, "now", "Now"),
        Mark(at, "due", "Due"),
    ]
    return make_strip(id, stretches, marks, label="A clock and what became of its time", words=words)


def _jobs(now: datetime) -> list[Job]:
    """Long work: waiting for half a minute, under way, over."""
    asked = {"created_at": now - timedelta(minutes=2), "started_at": now - timedelta(seconds=40), "parts_total": 8}
    return [
        Job(pk=0, state=JobState.WAITING, created_at=now - timedelta(minutes=1), parts_total=8),
        Job(pk=1, state=JobState.RUNNING, parts_done=3, **asked),
        Job(pk=2, state=JobState.DONE, parts_done=8, **asked),
    ]


def gallery(request: HttpRequest) -> HttpResponse:
    """All components; `?lang=` and `?side=portal` show them in other clothes, `?theme=dark` one theme alone."""
    language = request.GET.get("lang", "")
    if language in dict(settings.LANGUAGES):
        translation.activate(language)
        request.LANGUAGE_CODE = language
    wrong = SampleForm({"subject": "", "service": "", "channel": "mail"})
    wrong.is_valid()
    theme = request.GET.get("theme", "both")
    panes = ["light", "dark"] if theme == "both" else [theme]
    now = timezone.now()
    context = {
        "form": SampleForm(auto_id="ok_%s"),
        "wrong": wrong,
        "survey": SurveyForm(),
        "panes": [{"theme": pane, "strip": _strip(f"sample-{pane}", now), "jobs": _jobs(now)} for pane in panes],
        "base": "portal/base.html" if request.GET.get("side") == "portal" else "desk/base.html",
        **_samples(),
    }
    return render(request, "web/components.html", context)


def screens(request: HttpRequest, name: str) -> HttpResponse:
    """Whole pages made of components: `desk`, `portal`, `dashboard`."""
    context = {**_samples(), "form": SampleForm(), "survey": SurveyForm()}
    try:
        return render(request, f"web/samples/{name}.html", context)
    except TemplateDoesNotExist:
        raise Http404 from None
