"""`script/messages`: the texts of code and templates, and their translations in `locale/`, without system gettext."""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_javascript, extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
LANGUAGES = ("zh_Hans", "zh_Hant")
FOLDERS = (
    *("servicedesk", "accounts", "jobs", "notifications", "tickets", "sla", "quality", "web", "portal", "desk", "api"),
    *("templates", "static"),
)
DATED_HEADERS = re.compile(
    rb'^"(Project-Id|Report-Msgid|POT-Creation|PO-Revision|Last-Trans|Language-Team|Generated)[^\n]*\n', re.MULTILINE
)
SINGLE, PLURAL, CONTEXT, CONTEXT_PLURAL = None, (1, 2), ((1, "c"), 2), ((1, "c"), 2, 3)
KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), SINGLE),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), PLURAL),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), CONTEXT),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), CONTEXT_PLURAL),
}


@dataclass(frozen=True)
class Domain:
    """One `.po` file per language: which files its texts come from."""

    name: str
    suffixes: tuple[str, ...]


DOMAINS = (Domain("django", (".py", ".html", ".txt")), Domain("djangojs", (".js",)))


def main() -> None:
    """Update the files, or with `--check` only report."""
    parser = argparse.ArgumentParser(prog="script/messages", description="Bring locale/ up to date with the code.")
    parser.add_argument("--check", action="store_true", help="change nothing; fail when a translation is missing")
    if parser.parse_args().check:
        problems = list(check())
        sys.exit("\n".join([*problems, f"{len(problems)} translations need work."]) if problems else 0)
    update()


def update() -> None:
    """Write every `.po` file anew: current texts, kept translations, nothing that is out of use."""
    for domain in DOMAINS:
        template = extracted(domain)
        for path, language in _files(domain):
            catalog = _read(path, language)
            catalog.update(template, no_fuzzy_matching=True)
            _write(path, catalog)


def check() -> Iterator[str]:
    """One line per text that lacks a translation, has a doubtful one, or one that doesn't fit."""
    for domain in DOMAINS:
        template = extracted(domain)
        for path, language in _files(domain):
            catalog = _read(path, language)
            where = path.relative_to(ROOT)
            for message in template:
                if message.id and (problem := _problem(catalog.get(message.id, message.context))):
                    yield f"{where}: {problem}: {_shown(message)}"


def _problem(message: Message | None) -> str:
    """What is wrong with a translation; empty when nothing is."""
    if message is None or not _is_translated(message):
        return "missing"
    if message.fuzzy:
        return "doubtful"
    if _placeholders(message.id) != _placeholders(message.string):
        return "other placeholders"
    return ""


def _is_translated(message: Message) -> bool:
    strings = message.string if isinstance(message.string, (tuple, list)) else [message.string]
    return all(strings)


def _placeholders(texts: Any) -> set[str]:
    joined = "\n".join(texts) if isinstance(texts, (tuple, list)) else str(texts)
    return set(re.findall(r"%\(\w+\)[sdif]|%[sd]|\{\w*\}", joined))


def _shown(message: Message) -> str:
    text = message.id if isinstance(message.id, str) else message.id[0]
    return f"{text!r} ({', '.join(sorted({name for name, _ in message.locations})[:2])})"


def compile_all() -> None:
    """Make the `.mo` files that are older than their `.po` files."""
    for path in LOCALE.glob("*/LC_MESSAGES/*.po"):
        compiled = path.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime_ns == path.stat().st_mtime_ns:
            continue
        _compile(path, compiled)


def _compile(path: Path, compiled: Path) -> None:
    """Written beside and renamed, so that no process ever reads half a file."""
    unfinished = compiled.with_suffix(f".{os.getpid()}")
    with path.open("rb") as source, unfinished.open("wb") as target:
        write_mo(target, read_po(source))
    os.utime(unfinished, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    unfinished.replace(compiled)


def extracted(domain: Domain) -> Catalog:
    """All texts of a domain."""
    catalog = Catalog()
    for path in sorted(_sources(domain)):
        name = str(path.relative_to(ROOT))
        for _line, text, comments, context in _texts(path):
            catalog.add(text, locations=[(name, 0)], auto_comments=comments, context=context)
    return catalog


def _sources(domain: Domain) -> Iterator[Path]:
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in domain.suffixes and "migrations" not in path.parts and "vendor" not in path.parts:
                yield path


def _texts(path: Path) -> Iterator[tuple[int, Any, list[str], str | None]]:
    """The texts of one file: (line, text or (singular, plural), translators' comments, context)."""
    for line, function, arguments, comments in _calls(path):
        found = _by_keyword(function, arguments)
        if found is not None:
            text, context = found
            yield line, text, comments, context


def _calls(path: Path) -> Iterable[tuple[Any, ...]]:
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".js":
        return extract_javascript(io.BytesIO(source.encode()), KEYWORDS, ["Translators:"], {"encoding": "utf-8"})
    if path.suffix != ".py":
        # Django turns a template into calls amid blanks; left-aligned, Python's tokenizer takes it.
        source = "\n".join(line.lstrip() for line in templatize(source, origin=str(path)).splitlines())
    return extract_python(io.BytesIO(source.encode()), KEYWORDS, ["Translators:"], {"encoding": "utf-8"})


def _by_keyword(function: str, arguments: Any) -> tuple[Any, str | None] | None:
    """(text or (singular, plural), context) of a call; `None` when its texts aren't literal."""
    values = list(arguments) if isinstance(arguments, (tuple, list)) else [arguments]
    context = None
    if KEYWORDS[function] in (CONTEXT, CONTEXT_PLURAL):
        context = values.pop(0)
    wanted = values[:2] if KEYWORDS[function] in (PLURAL, CONTEXT_PLURAL) else values[:1]
    if not wanted or not all(isinstance(value, str) and value for value in wanted):
        return None
    return (tuple(wanted) if len(wanted) == 2 else wanted[0]), context


def _files(domain: Domain) -> Iterator[tuple[Path, str]]:
    for language in LANGUAGES:
        yield LOCALE / language / "LC_MESSAGES" / f"{domain.name}.po", language


def _read(path: Path, language: str) -> Catalog:
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def _write(path: Path, catalog: Catalog) -> None:
    """In a stable order and without dates or line numbers, so that a change shows only what changed."""
    buffer = io.BytesIO()
    catalog.header_comment = f"# {catalog.locale}"
    catalog.fuzzy = False
    write_po(buffer, catalog, width=110, sort_output=True, ignore_obsolete=True, include_lineno=False)
    noise = re.compile(
        rb'^"(Project-Id-Version|Report-Msgid|POT-Creation|PO-Revision|Last-Trans|Language-Team|Generated)[^\n]*\n',
        re.M,
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(noise.sub(b"", buffer.getvalue()))


if __name__ == "__main__":
    main()
