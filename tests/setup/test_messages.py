"""Extraction of texts and the check of translations."""

from __future__ import annotations

from pathlib import Path

import pytest

from servicedesk import messages

PYTHON = """
from django.utils.translation import gettext as _, gettext_lazy, ngettext, pgettext
# Translators: what a button says
A = _("Save")
B = gettext_lazy("Lazy " "text")
C = ngettext("%(n)d request", "%(n)d requests", 2)
D = pgettext("noun", "Order")
E = _(variable)
"""
TEMPLATE = """{% load i18n %}
  <p title="{% translate "Title" %}">It's {{ _("Inline") }}</p>
      {% translate "May" context "month" %}
  {% blocktranslate trimmed count n=things|length %}
    One "thing" of {{ owner }}
  {% plural %}
    {{ n }} things of {{ owner }}
  {% endblocktranslate %}
 {% comment %}{% translate "Not this" %}{% endcomment %}
"""
SCRIPT = 'const a = gettext("Copied"); const b = ngettext("%s file", "%s files", n);'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project to extract from."""
    monkeypatch.setattr(messages, "ROOT", tmp_path)
    monkeypatch.setattr(messages, "LOCALE", tmp_path / "locale")
    for name, text in {"web/a.py": PYTHON, "templates/a.html": TEMPLATE, "static/a.js": SCRIPT}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def texts(number: int) -> set[tuple[object, str | None]]:
    return {(message.id, message.context) for message in messages.extracted(messages.DOMAINS[number]) if message.id}


@pytest.mark.usefixtures("project")
def test_every_way_of_marking_a_text_is_found() -> None:
    assert texts(0) == {
        ("Save", None),
        ("Lazy text", None),
        (("%(n)d request", "%(n)d requests"), None),
        ("Order", "noun"),
        ("Title", None),
        ("Inline", None),
        ("May", "month"),
        (('One "thing" of %(owner)s', "%(n)s things of %(owner)s"), None),
    }
    assert texts(1) == {("Copied", None), (("%s file", "%s files"), None)}


def test_an_update_keeps_translations_and_drops_what_is_out_of_use(project: Path) -> None:
    messages.update()
    po = project / "locale/zh_Hans/LC_MESSAGES/django.po"
    po.write_text(po.read_text().replace('msgid "Save"\nmsgstr ""', 'msgid "Save"\nmsgstr "保存"'))
    (project / "templates/a.html").unlink()
    messages.update()
    assert 'msgstr "保存"' in po.read_text()
    assert "Inline" not in po.read_text()
    before = po.read_text()
    messages.update()
    assert po.read_text() == before


def test_the_check_names_what_is_missing_or_does_not_fit(project: Path) -> None:
    messages.update()
    po = project / "locale/zh_Hant/LC_MESSAGES/django.po"
    text = po.read_text().replace('msgid "Save"\nmsgstr ""', 'msgid "Save"\nmsgstr "儲存"')
    po.write_text(
        text.replace('msgid_plural "%(n)d requests"\nmsgstr[0] ""', 'msgid_plural "%(n)d requests"\nmsgstr[0] "件"')
    )
    found = [line for line in messages.check() if "zh_Hant" in line]
    assert not any("'Save'" in line for line in found)
    assert any("other placeholders: '%(n)d request' (web/a.py)" in line for line in found)
    assert any("missing: 'Title' (templates/a.html)" in line for line in found)


def test_compiled_files_follow_their_sources(project: Path) -> None:
    messages.update()
    messages.compile_all()
    compiled = project / "locale/zh_Hans/LC_MESSAGES/django.mo"
    first = compiled.stat().st_mtime_ns
    messages.compile_all()
    assert compiled.stat().st_mtime_ns == first
