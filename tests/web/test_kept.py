"""What is rendered once and kept: the same as rendered anew, for everybody and after every change."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.test import override_settings
from django.urls import reverse
from django.utils.translation import override

from tests.cast import Cast
from web import kept as kept_parts
from web.kept import kept

pytestmark = pytest.mark.django_db
LANGUAGES = ("en", "zh-hans", "zh-hant")
QUEUE = "/desk/"


def test_a_kept_part_is_the_part_in_each_language_and_for_each_value() -> None:
    for _again in range(2):
        for language in LANGUAGES:
            for theme in ("auto", "dark"):
                with override(language):
                    given = {"theme": theme, "languages": tuple(settings.LANGUAGES)}
                    assert kept("web/_me_items.html", **given) == render_to_string("web/_me_items.html", given)


def test_it_is_rendered_once_but_while_somebody_works_on_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    rendered: list[str] = []
    monkeypatch.setattr(kept_parts, "render_to_string", lambda name, _given: rendered.append(name) or "")
    for _again in range(2):
        kept("one.html", colour="red")
    assert rendered == ["one.html"]
    kept("one.html", colour="blue")
    with override_settings(DEBUG=True):
        kept("one.html", colour="red")
        kept("one.html", colour="red")
    assert len(rendered) == 4


def test_the_rail_is_that_of_whoever_looks(cast: Cast) -> None:
    outbox = f'href="{reverse("desk:outbox")}"'
    shown = {name: cast.browser(getattr(cast, name)).get(QUEUE).content.decode() for name in ("zhou", "root", "ma")}
    assert [outbox in shown[name] for name in ("zhou", "root", "ma")] == [False, True, False]
    assert cast.zhou.email in shown["zhou"]
    assert cast.zhou.email not in shown["ma"]


def test_each_answer_has_its_own_token(cast: Cast) -> None:
    browser = cast.browser(cast.zhou)
    tokens = [re.findall(r'csrfmiddlewaretoken" value="(\w+)', browser.get(QUEUE).content.decode()) for _ in range(2)]
    assert tokens[0]
    assert len(set(tokens[0])) == 1
    assert set(tokens[0]).isdisjoint(tokens[1])


def test_what_was_renamed_is_shown_at_once(cast: Cast) -> None:
    browser = cast.browser(cast.zhou)
    assert "Lamps" not in browser.get(QUEUE).content.decode()
    cast.support.name = "Lamps"
    cast.support.save()
    team = cast.support.team
    assert team is not None
    team.name = "Lamp team"
    team.save()
    colleague = cast.li
    colleague.name = "Li Lamp"
    colleague.save()
    shown = browser.get(QUEUE).content.decode()
    for name in ("Lamps", "Lamp team", "Li Lamp"):
        assert name in shown
    team.is_active = False
    team.save()
    assert "Lamp team" not in browser.get(QUEUE).content.decode()


def test_clients_are_told_no_keys_of_the_desk(cast: Cast) -> None:
    portal = cast.browser(cast.chen).get(reverse("portal:home")).content.decode()
    assert "<h3>Everywhere</h3>" in portal
    assert "<h3>Go to</h3>" not in portal
    assert "<h3>Go to</h3>" in cast.browser(cast.zhou).get(QUEUE).content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_is_offered_by_its_own_name(cast: Cast, language: str) -> None:
    shown = cast.browser(cast.zhou, language).get(QUEUE).content.decode()
    for code, name in (("en", "English"), ("zh-hans", "简体中文"), ("zh-hant", "繁體中文")):
        assert re.search(rf'value="{code}" lang="{code}"[^>]*>.*?{name}</button>', shown), name


def test_language_theme_and_leaving_work_without_scripts(cast: Cast) -> None:
    shown = cast.browser(cast.zhou).get(QUEUE).content.decode()
    for name in ("web:language", "web:theme"):
        assert f'formaction="{reverse(name)}"' in shown
    assert f'action="{reverse("account_logout")}"' in shown
