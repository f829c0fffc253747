"""`kaiin apply` as its users meet it: what it prints, and its exit codes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from tests.billing.test_tenant import a_membership
from tests.sites.examples import EXAMPLES, FRIENDS, changed
from typer.testing import CliRunner

from kaiin.billing.models import Course
from kaiin.cli.apply import apply

app = typer.Typer()
app.command()(apply)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A place for a tenant file."""
    return tmp_path / "tenant.yaml"


def run(*arguments: object) -> tuple[int, str, str]:
    """Exit code, standard output and standard error."""
    result = CliRunner().invoke(app, [str(each) for each in arguments], catch_exceptions=False)
    return result.exit_code, result.stdout, result.stderr


def test_plan_apply_and_again(db: None) -> None:
    file = EXAMPLES / "plusmember.yaml"
    code, out, _ = run(file, "--plan")
    assert code == 0
    assert out.splitlines() == [
        "+ create tenant: Plus member ID",
        "+ create document terms: version 1, from 2024-04-01",
        "+ create document privacy: version 1, from 2024-04-01",
        "+ create site official: official.localhost",
        "+ create site mail: mail.localhost",
        "+ create course official/monthly: 550 yen",
        "+ create course official/yearly: 6,600 yen",
        "+ create course mail/monthly: 330 yen",
        "+ create course mail/yearly: 3,960 yen",
        f"{file}: 9 changes planned; nothing was changed yet",
    ]
    assert not Course.objects.exists()
    code, out, _ = run(file)
    assert (code, out.splitlines()[-1]) == (0, f"{file}: 9 changes applied")
    assert run(file) == (0, f"{file}: nothing to change\n", "")
    assert run(file, "--plan") == (0, f"{file}: nothing to change\n", "")


def test_only_who_reads_a_tenant_file_waits_for_pydantic() -> None:
    script = """
import sys
from kaiin.cli.app import app
from kaiin.cli.loading import load_django
load_django()
import kaiin.billing.courses.tenant, kaiin.config.wsgi
assert "pydantic" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", script], check=True)


def test_changes_are_shown_field_by_field(friends: object, written: Path) -> None:
    text = changed(FRIENDS, "price: 4400", "price: 5000")
    text = changed(text, "tagline: Come as often as you like.", "tagline: Come often.")
    written.write_text(text, "utf-8")
    code, out, _ = run(written)
    assert code == 0
    assert out.splitlines() == [
        "~ change site friends",
        "    tagline.en: Come as often as you like. → Come often.",
        "^ new version course friends/friend: version 2; running subscriptions keep version 1",
        "    price: 4400 → 5000",
        f"{written}: 2 changes applied",
    ]


def test_errors_go_to_standard_error_with_their_places(db: None, written: Path) -> None:
    text = changed(FRIENDS, "price: 4400", 'price: "4,400"')
    written.write_text(changed(text, "prefix: M", "prefix: m"), "utf-8")
    code, out, err = run(written)
    assert (code, out) == (2, "")
    assert err.splitlines() == [
        f"{written}:11:23: identity.member_id.prefix: “m” does not fit here",
        "    write: M",
        f"{written}:79:16: sites.friends.courses.friend.price: “4,400” is not a whole number",
        "    write: 4400",
        "kaiin: 2 errors; nothing was changed",
    ]


def test_errors_as_json(db: None, written: Path) -> None:
    written.write_text(changed(FRIENDS, "prefix: M", "prefix: m"), "utf-8")
    code, out, err = run(written, "--json")
    assert (code, err) == (2, "")
    assert json.loads(out) == {
        "result": "bad_file",
        "file": str(written),
        "errors": [
            {
                "line": 11,
                "column": 23,
                "path": "identity.member_id.prefix",
                "message": "“m” does not fit here",
                "instead": "M",
            }
        ],
    }


def test_a_file_that_is_not_there(db: None, written: Path) -> None:
    assert run(written) == (2, "", f"kaiin: {written}: No such file or directory\n")
    code, out, _ = run(written, "--json")
    assert (code, json.loads(out)["result"]) == (2, "bad_file")


@pytest.mark.parametrize("options", [(), ("--plan",)], ids=["apply", "plan"])
def test_a_refusal(friends: object, written: Path, options: tuple[str, ...]) -> None:
    a_membership("friends")
    text = changed(FRIENDS, "host: friends", "host: club")
    written.write_text(changed(text, "price: 4400", "price: 5000"), "utf-8")
    code, out, _ = run(written, *options)
    assert code == 3
    reason = "members know it at friends.localhost. Mails already sent and bookmarks lead to it."
    assert out.splitlines() == [
        f"! refuse site friends: {reason}",
        "    host: friends → club",
        "    write: the new host, and the old one in former_hosts: [friends]",
        "^ new version course friends/friend: version 2; running subscriptions keep version 1",
        "    price: 4400 → 5000",
        f"{written}: 1 refusal; nothing was changed",
    ]
    assert Course.objects.get().terms.price == 4400


def test_json_of_plan_and_result(friends: object, written: Path) -> None:
    written.write_text(changed(FRIENDS, "price: 4400", "price: 5000"), "utf-8")
    course = {
        "kind": "new_version",
        "subject": "course:friends/friend",
        "fields": {"price": {"before": 4400, "after": 5000}},
        "note": "version 2; running subscriptions keep version 1",
        "instead": "",
    }
    answers = [
        json.loads(run(written, *options)[1]) for options in (["--plan", "--json"], ["--json"])
    ]
    assert answers == [
        {"result": "planned", "file": str(written), "changes": [course]},
        {"result": "applied", "file": str(written), "changes": [course]},
    ]
    code, out, _ = run(written, "--json")
    assert code == 0
    assert json.loads(out) == {"result": "unchanged", "file": str(written), "changes": []}


def test_help_names_the_exit_codes() -> None:
    code, out, _ = run("--help")
    assert code == 0
    assert "Exit codes" in out
