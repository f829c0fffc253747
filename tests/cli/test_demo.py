"""What `kaiin demo` finds of an earlier one: kept, or dropped where it can't be used."""

from pathlib import Path

import pytest

from kaiin.cli import demo


@pytest.fixture
def var(tmp_path: Path) -> Path:
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / "logins.json").write_text("[]")
    demo.note_form(folder)
    return folder


def test_the_data_of_this_version_stays(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    demo.drop_unusable(var)
    assert (var / "logins.json").exists()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("note", [None, "of another version"])
def test_the_data_of_another_version_is_dropped_and_said(
    var: Path, note: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its tables are others: the migrations are rewritten until something is released."""
    (var / "form").unlink()
    if note is not None:
        (var / "form").write_text(note)
    demo.drop_unusable(var)
    assert not var.exists()
    assert "starts over" in capsys.readouterr().out


def test_what_was_left_half_made_is_dropped(var: Path) -> None:
    (var / "logins.json").unlink()
    demo.drop_unusable(var)
    assert not var.exists()
    demo.drop_unusable(var)
