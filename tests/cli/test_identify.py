import json
import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from kaiin.cli.identify import identify

app = typer.Typer()
app.command()(identify)


def run(*arguments: str, typed: bytes | None = None) -> list[str]:
    result = CliRunner().invoke(app, list(arguments), input=typed)
    assert result.exit_code == 0, result.output
    return result.stdout.removesuffix("\n").split("\n")


def test_one_object_for_each_line_of_input() -> None:
    typed = "ｅ１２３４５６７８６\n\nTaro@Example.com\r\nhello".encode()
    assert [json.loads(line) for line in run("--lines", "--json", typed=typed)] == [
        {
            "input": "ｅ１２３４５６７８６",
            "kind": "member_id",
            "value": "E123456786",
            "forgiven": ["identifier.full_width", "identifier.case"],
            "hints": [],
            "suggestion": None,
        },
        {
            "input": "",
            "kind": "unknown",
            "value": None,
            "forgiven": [],
            "hints": ["identifier.empty"],
            "suggestion": None,
        },
        {
            "input": "Taro@Example.com",
            "kind": "email",
            "value": "taro@example.com",
            "forgiven": ["identifier.case"],
            "hints": [],
            "suggestion": None,
        },
        {
            "input": "hello",
            "kind": "unknown",
            "value": None,
            "forgiven": [],
            "hints": [],
            "suggestion": None,
        },
    ]


def test_only_line_feeds_end_a_line() -> None:
    typed = "E1234\u2028567\u008586\x0b\x0c\x1c"
    lines = run("--lines", "--json", typed=f"{typed}\n \n".encode())
    assert [json.loads(line)["input"] for line in lines] == [typed, " "]
    assert json.loads(lines[0])["value"] == "E123456786"
    assert len(lines) == len("\n".join(lines).splitlines()), "each object is one line to anyone"


def test_a_byte_order_mark_is_the_files_and_bad_bytes_are_shown() -> None:
    lines = run("--lines", "--json", typed=b"\xef\xbb\xbfE123456786\r\n\xff\xfe\r\n")
    assert [json.loads(line)["input"] for line in lines] == ["E123456786", "\ufffd\ufffd"]


def test_no_input_is_no_output() -> None:
    assert run("--lines", "--json", typed=b"") == [""]


def test_texts_as_arguments() -> None:
    first, second = run("--json", "E123456786", "090-1234-5678")
    assert json.loads(first)["value"] == "E123456786"
    assert json.loads(second)["kind"] == "phone"
    (negative,) = run("--json", "--", "-E123456786")
    assert json.loads(negative)["value"] == "E123456786"


def test_people_get_lines_without_a_card_number() -> None:
    mail, card = run("taro@gmial.com", "4242 4242 4242 4242")
    assert mail.split() == [
        *("email", "taro@gmial.com", "hints:", "mail_domain_typo", "meant:", "taro@gmail.com")
    ]
    assert "4242" not in card


def test_nothing_to_read_is_a_usage_error() -> None:
    result = CliRunner().invoke(app, [])
    assert result.exit_code == 2
    assert "--lines" in result.output


@pytest.mark.parametrize("locale", ["C", "ja_JP.UTF-8"])
def test_any_locale_and_neither_django_nor_settings(locale: str) -> None:
    script = """
import sys, typer
from kaiin.cli.identify import identify
try:
    typer.run(identify)
finally:
    assert "django" not in sys.modules
"""
    done = subprocess.run(
        [sys.executable, "-c", script, "--lines", "--json"],
        input="Ｅ１２３４５６７８６\n会員\n".encode(),
        capture_output=True,
        env={"LC_ALL": locale, "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        check=True,
    )
    objects = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert [each["input"] for each in objects] == ["Ｅ１２３４５６７８６", "会員"]
