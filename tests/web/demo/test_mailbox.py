"""The demo's mailbox: mails in files, each seen whole or not at all."""

from pathlib import Path

import pytest
from django.core.mail import EmailMessage
from pytest_django import Settings

from kaiin.web.demo import mailbox


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Path:
    settings.KAIIN_MAILBOX = tmp_path
    return tmp_path


def send(to: str) -> None:
    message = EmailMessage("件名", "本文", "kaiin@example.jp", [to])
    mailbox.MailboxBackend().send_messages([message])


def test_a_sent_mail_is_found_by_its_address(folder: Path) -> None:
    send("hanako@example.jp")
    send("taro@example.jp")
    [found] = mailbox.newest(to="Hanako@example.jp")
    assert (found.to, found.subject, found.body.strip()) == ("hanako@example.jp", "件名", "本文")


def test_a_mail_that_is_being_written_is_not_there_yet(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    write = Path.write_bytes

    def look_while_writing(path: Path, content: bytes) -> int:
        written = write(path, content[:10])
        seen.append(mailbox.newest())
        return written

    monkeypatch.setattr(Path, "write_bytes", look_while_writing)
    send("hanako@example.jp")
    assert seen == [[]]
