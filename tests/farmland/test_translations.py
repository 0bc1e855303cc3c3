"""The catalogue and the code say the same, and no text is kept from translation."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from farmland.management.commands import translations
from farmland.units import UNITS, WAN_MU

ROOT = Path(__file__).resolve().parent.parent.parent
CHINESE = re.compile(r"[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]+")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z%]|\{\w*\}")
MARKUP = re.compile(r"""</?\w[^>]*>|[<>&"]""")
TRANSLATING = set(translations.KEYWORDS)

# Modules that hold Chinese text which is no message of the interface, and why.
DATA = {
    "farmland/settings.py": "the language's own name; title and description of the API's schema",
    "farmland/models/users.py": "the language's own name",
    "farmland/indicators/": "the numbers of the points in the 2024 opinion, given to programs as they are cited",
    "assessments/api/summary.py": "descriptions in the API's schema, which is one document in one language",
    "assessments/ui/lines.py": "the kinds of government that are left out of a province's short name",
    "assessments/demo/": "demo data: names, titles and notes",
    "assessments/reference/": "reference data: words of the files that are read, titles and notes that are kept",
    "assessments/management/commands/": "what commands print to the operator",
}


def texts(message) -> list[str]:
    """What the message says in English, a plural one in several ways."""
    return list(message.string) if isinstance(message.string, tuple | list) else [message.string]


def messages() -> list:
    return [message for message in translations.read_catalogue() if message.id]


def marks(pattern: re.Pattern[str], text: str) -> Counter[str]:
    return Counter(pattern.findall(text))


def test_the_catalogue_holds_exactly_the_messages_of_the_code_and_the_templates():
    wanted = {(message.context, message.id) for message in translations.collect() if message.id}
    assert {(message.context, message.id) for message in messages()} == wanted
    assert len(wanted) > 400


def test_the_file_is_as_the_command_writes_it():
    written = translations.HEADER + translations.as_po(translations.read_catalogue())
    assert translations.catalogue_path().read_bytes() == written
    assert b"\n#~ " not in written


def test_every_message_has_its_english():
    assert [m.id for m in messages() if m.fuzzy or not translations.is_translated(m.string)] == []
    assert [m.id for m in messages() for text in texts(m) if CHINESE.search(text)] == []


@pytest.mark.parametrize("pattern", [PLACEHOLDER, MARKUP], ids=["placeholders", "markup"])
def test_the_english_keeps_placeholders_and_markup(pattern: re.Pattern[str]):
    wrong = [
        (message.id, text)
        for message in messages()
        for text in texts(message)
        if marks(pattern, text) != marks(pattern, message.id if isinstance(message.id, str) else message.id[-1])
    ]
    assert wrong == []


def test_update_drops_what_is_not_used_keeps_what_is_and_names_what_is_missing(tmp_path, settings):
    (tmp_path / "farmland").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "farmland/one.py").write_text('gettext("旧")\npgettext("role", "旧")\nngettext("一", "多", n)\n')
    (tmp_path / "templates/a.html").write_text(
        '{% load i18n %}\n  {% translate "页" %}\n{% blocktranslate %}{{ n }} 页{% endblocktranslate %}'
    )
    settings.BASE_DIR, settings.LOCALE_PATHS = tmp_path, [tmp_path / "locale"]
    assert sorted(translations.update()) == ["%(n)s 页", "('一', '多')", "旧", "旧", "页"]
    path = translations.catalogue_path()
    path.write_text(path.read_text().replace('msgid "页"\nmsgstr ""', 'msgid "页"\nmsgstr "Page"'))
    (tmp_path / "farmland/one.py").write_text('gettext("旧")\n')
    assert sorted(translations.update()) == ["%(n)s 页", "旧"]
    assert 'msgstr "Page"' in path.read_text()
    assert "多" not in path.read_text()
    assert translations.compile_catalogue()
    assert not translations.compile_catalogue()
    path.write_text(path.read_text())
    assert translations.compile_catalogue()


def chinese_literals(tree: ast.AST) -> Iterator[str]:
    """Chinese strings of a module outside docstrings and outside what is translated."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in TRANSLATING:
                continue
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            continue  # a docstring
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and CHINESE.search(node.value):
            yield node.value
        yield from chinese_literals(node)


def test_no_chinese_text_of_the_code_is_kept_from_translation():
    found, used = {}, set()
    for path in translations.sources(ROOT):
        if path.suffix != ".py":
            continue
        name = path.relative_to(ROOT).as_posix()
        literals = list(chinese_literals(ast.parse(path.read_text())))
        reasons = {prefix for prefix in DATA if name.startswith(prefix)}
        if literals and reasons:
            used |= reasons
        elif literals:
            found[name] = literals
    assert found == {}
    assert used == set(DATA), "an exception that nothing needs any more"


def test_no_chinese_text_of_a_template_is_kept_from_translation():
    found = {}
    for path in translations.sources(ROOT):
        if path.suffix == ".py":
            continue
        text = re.sub(
            r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}|<!--.*?-->", "", path.read_text(), flags=re.DOTALL
        )
        text = re.sub(r"\{% blocktranslate.*?\{% endblocktranslate %\}", "", text, flags=re.DOTALL)
        text = re.sub(r'\{% translate (".*?"|\'.*?\').*?%\}|_\(".*?"\)', "", text)
        if CHINESE.search(text):
            found[path.name] = CHINESE.findall(text)
    assert found == {}


def test_units_are_equal_in_every_language():
    with translation.override("en"):
        assert str(WAN_MU.label) == "10,000 mu"
        assert UNITS["wan_mu"] == WAN_MU
        assert {WAN_MU: 1}[UNITS["wan_mu"]] == 1
    with translation.override("zh-hans"):
        assert str(WAN_MU.label) == "万亩"
