"""Terms and privacy policy: linked from every page, each version readable for ever."""

import pytest
from django.test import Client
from tests.sites.examples import PLUSMEMBER, parsed, with_terms
from tests.web.login.conftest import text_of

from kaiin.billing.courses.tenant import apply_tenant
from kaiin.web.parts.markdown import to_html


def get(path: str, host: str = "official", language: str = "ja") -> object:
    return Client().get(
        path, HTTP_HOST=f"{host}.localhost:8000", HTTP_ACCEPT_LANGUAGE=language, follow=False
    )


@pytest.mark.parametrize("host", ["id", "official", "mail"])
@pytest.mark.parametrize("path", ["/", "/login", "/legal", "/nowhere"])
def test_every_page_links_both(plusmember: object, host: str, path: str) -> None:
    answer = Client().get(path, HTTP_HOST=f"{host}.localhost:8000", follow=True)
    page = answer.content.decode()
    footer = page[page.index('<footer class="footer">') :]
    assert '<a href="/terms">' in footer
    assert '<a href="/privacy">' in footer


@pytest.mark.parametrize(
    ("language", "title", "says"),
    [
        ("ja", "利用規約", "第1版（2024年4月1日(月)から適用）"),
        ("en", "Terms of use", "Version 1, in force since 1 April 2024"),
    ],
)
def test_the_version_in_force(plusmember: object, language: str, title: str, says: str) -> None:
    shown = get("/terms", language=language)
    assert title in text_of(shown)
    assert says in text_of(shown)
    assert f'<div class="prose" lang="{language}">' in shown.content.decode()  # type: ignore[attr-defined]


def test_a_version_to_come_is_announced_and_does_not_apply_yet(plusmember: object) -> None:
    apply_tenant(with_terms(2, "2027-04-01"))
    now = text_of(get("/terms"))
    assert "第1版（2024年4月1日(月)から適用）" in now
    assert "2027年4月1日(木)から第2版に変わります" in now
    coming = text_of(get("/terms/2"))
    assert "第2版（2027年4月1日(木)から適用予定）" in coming
    assert "第5条（第2版の禁止事項）" in coming


def test_an_earlier_version_stays_readable_and_says_that_it_is_one(plusmember: object) -> None:
    apply_tenant(with_terms(2))
    assert "第5条（第2版の禁止事項）" in text_of(get("/terms"))
    old = text_of(get("/terms/1", "id"))
    assert "第5条（禁止事項）" in old
    assert "これは以前の版です。現在は第2版が適用されています" in old


@pytest.mark.parametrize(
    "path",
    [
        "/terms/2",
        "/terms/0",
        "/terms/99999",
        "/terms/99999999999999999999",
        "/privacy/x",
        "/terms/",
    ],
)
def test_what_was_never_published_is_not_there(plusmember: object, path: str) -> None:
    assert get(path).status_code == 404  # type: ignore[attr-defined]


def test_a_tenant_without_documents_shows_no_links(db: None) -> None:
    start, end = PLUSMEMBER.index("# Illustrations"), PLUSMEMBER.index("environments:")
    apply_tenant(parsed(PLUSMEMBER[:start] + PLUSMEMBER[end:]))
    assert "/terms" not in get("/").content.decode()  # type: ignore[attr-defined]
    assert get("/terms").status_code == 404  # type: ignore[attr-defined]


def test_an_address_is_linked(db: None) -> None:
    start, end = PLUSMEMBER.index("  privacy:\n"), PLUSMEMBER.index("environments:")
    address = "https://club.example/privacy?a=1&b=2"
    privacy = f'  privacy:\n    version: 1\n    from: "2024-04-01"\n    url: {address}\n\n'
    apply_tenant(parsed(PLUSMEMBER[:start] + privacy + PLUSMEMBER[end:]))
    page = get("/privacy").content.decode()  # type: ignore[attr-defined]
    assert 'href="https://club.example/privacy?a=1&amp;b=2"' in page


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("一行目\n二行目\n\n次の段落", "<p>一行目<br />\n二行目</p>\n<p>次の段落</p>\n"),
        ("# A\n## B\n#### C", "<h2>A</h2>\n<h3>B</h3>\n<h4>C</h4>\n"),
        ("## A\n## B", "<h2>A</h2>\n<h2>B</h2>\n"),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>\n"),
        ("<script>\nx()\n</script>", None),
        ("![x](https://else.example/x.png)", None),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
        ("[x](https://else.example/)", '<p><a href="https://else.example/">x</a></p>\n'),
        ("    第1条", "<p>第1条</p>\n"),
    ],
)
def test_markdown_is_text_lists_and_links(text: str, html: str | None) -> None:
    shown = to_html(text, top=2)
    if html is not None:
        assert shown == html
    assert "<script" not in shown
    assert "<img" not in shown
