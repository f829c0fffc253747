"""Words are in the catalogs: in every language the same ones, none missing, none unused."""

import ast
import re
from html.parser import HTMLParser

import pytest

from tests.tidy import catalogs
from tests.tidy.source import modules, show, templates

_WORD = re.compile(r"[A-Za-z\u3040-\u30ff\u4e00-\u9fff]")
# A few characters are data that is compared; a run of them is a sentence.
_JAPANESE = re.compile(r"[\u3041-\u309f\u30a1-\u30fc\u4e00-\u9fff]{4,}")
# Attributes that a person reads or hears.
_SPOKEN = {"alt", "title", "aria-label", "placeholder", "aria-description", "label"}
# Where Japanese is data: what people type, names of the demo's members, another product's words.
_DATA = ("domain/", "infra/texts.py", "cli/demo_", "lab/sandbox/")


def test_catalogs_are_fluent() -> None:
    assert not catalogs.faults(), show(list(catalogs.faults()))


def test_languages_have_the_same_texts() -> None:
    japanese, english = (catalogs.catalog(language) for language in catalogs.LANGUAGES)
    found = [f"only in Japanese: {name}" for name in japanese.keys() - english.keys()]
    found += [f"only in English: {name}" for name in english.keys() - japanese.keys()]
    found += [
        f"{name}: in {japanese[name].file} and {english[name].file}"
        for name in japanese.keys() & english.keys()
        if japanese[name].file != english[name].file
    ]
    assert not found, show(sorted(found))


def test_languages_take_the_same_placeholders() -> None:
    japanese, english = (catalogs.catalog(language) for language in catalogs.LANGUAGES)
    found = [
        f"{name}: {sorted(japanese[name].variables)} and {sorted(english[name].variables)}"
        for name in japanese.keys() & english.keys()
        if japanese[name].variables != english[name].variables
    ]
    assert not found, show(sorted(found))


def test_every_text_that_is_asked_for_exists() -> None:
    known = catalogs.catalog("ja")
    found = [
        f"{where}: {name}" for name, where in catalogs.asked_for().items() if name not in known
    ]
    assert not found, show(sorted(found))


def test_no_text_is_unused() -> None:
    texts = catalogs.catalog("ja")
    found = [f"{texts[name].file}: {name}" for name in texts.keys() - catalogs.used()]
    assert not found, show(sorted(found))


def test_templates_contain_no_words() -> None:
    found = []
    for path, text in templates().items():
        words = _words_of_page(text) if path.endswith(".html") else _words_of_mail(text)
        found += [f"{path}: {word!r}" for word in words]
    assert not found, show(found)


def test_code_contains_no_japanese() -> None:
    found = [
        f"{module.path}:{node.lineno}: {node.value!r}"
        for module in modules()
        if not module.path.startswith(_DATA)
        for node in _literals(module.tree)
        if isinstance(node.value, str) and _JAPANESE.search(node.value)
    ]
    assert not found, show(found)


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ('<p class="a">{% t "x.y" %}</p>', []),
        ("<p>Hello</p>", ["Hello"]),
        ("<p>{# a note #}{{ name }} さん</p>", ["さん"]),
        ('<img alt="A cat"><code>E123</code>', ["A cat"]),
        ('<b translate="no"><b>iPhone</b> iPad</b> and', ["and"]),
        ('<a {% if here %}aria-current="page"{% endif %} href="/x">{{ x }}</a>', []),
    ],
)
def test_words_of_a_template_are_seen(template: str, words: list[str]) -> None:
    assert _words_of_page(template) == words


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._untranslated: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("code", "script", "style", *self._untranslated) or ("translate", "no") in attrs:
            self._untranslated.append(tag)
        self.found += [v for name, v in attrs if name in _SPOKEN and v and _WORD.search(v)]

    def handle_endtag(self, tag: str) -> None:
        if tag in self._untranslated:
            self._untranslated.remove(tag)

    def handle_data(self, data: str) -> None:
        if not self._untranslated and _WORD.search(data):
            self.found.append(data.strip())


def _words_of_page(template: str) -> list[str]:
    parser = _Words()
    parser.feed(_without_tags(template))
    parser.close()
    return parser.found


def _words_of_mail(template: str) -> list[str]:
    return [line.strip() for line in _without_tags(template).splitlines() if _WORD.search(line)]


def _without_tags(template: str) -> str:
    comment = r"\{%\s*comment.*?endcomment\s*%\}|\{#.*?#\}"
    # A block of one bare word fills an attribute of the page below it.
    value = r"\{%\s*block\s+\w+\s*%\}[a-z-]*\{%\s*endblock[^%]*%\}"
    tag = r"\{%.*?%\}|\{\{.*?\}\}"
    return re.sub(f"{comment}|{value}|{tag}", "", template, flags=re.DOTALL)


def _literals(tree: ast.Module) -> list[ast.Constant]:
    """String constants but docstrings."""
    documents = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and id(node) not in documents
    ]
