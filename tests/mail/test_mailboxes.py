"""`gateway inspect` over a whole archive: files, mboxes, Maildirs, and what cannot be read."""

import json
import os
from pathlib import Path

from tests.terminal import gateway

MAIL = b"From: anna@kunde.example\nSubject: %d\nMessage-ID: <%d@kunde.example>\n\nHallo\n"


def inspect(*arguments, stdin=b""):
    done = gateway("inspect", *arguments, "--json", stdin=stdin)
    return [json.loads(line) for line in done.stdout.splitlines()]


def mbox(folder: Path) -> Path:
    path = folder / "archive.mbox"
    start = b"From anna@kunde.example Mon Mar  2 10:11:12 2026\n"
    path.write_bytes(b"\n".join(start + MAIL % (n, n) for n in range(3)))
    return path


def maildir(folder: Path) -> Path:
    path = folder / "Maildir"
    for name in ("cur", "new", "tmp"):
        (path / name).mkdir(parents=True)
    (path / "cur" / "1:2,S").write_bytes(MAIL % (7, 7))
    (path / "new" / "2").write_bytes(MAIL % (8, 8))
    (path / "tmp" / "3").write_bytes(MAIL % (9, 9))
    return path


def test_each_mail_of_an_mbox_and_a_maildir_is_an_object(tmp_path):
    paths = [mbox(tmp_path), maildir(tmp_path)]
    seen = inspect("--paths", "-", stdin=b"".join(bytes(path) + b"\n" for path in paths))
    assert [each["subject"] for each in seen] == ["0", "1", "2", "7", "8"]
    assert seen[1]["path"].endswith("archive.mbox#2")
    assert [each["subject"] for each in inspect(paths[0])] == ["0", "1", "2"]


def test_what_cannot_be_read_is_told_and_the_rest_is_read(tmp_path):
    odd = tmp_path / os.fsdecode(b"\xff\xfe.eml")
    odd.write_bytes(b"\0\xff" * 50)
    empty = tmp_path / "empty.eml"
    empty.write_bytes(b"")
    listed = [bytes(odd), b"/nowhere/x", b"a\0b", b"", bytes(tmp_path), bytes(empty)]
    seen = inspect("--paths", "-", stdin=b"\n".join(listed))
    assert ["error" in each for each in seen] == [False, True, True, True, False]
    assert all("path" in each for each in seen)


def test_an_mbox_on_stdin_gives_an_object_for_each_mail(tmp_path):
    seen = inspect("-", stdin=mbox(tmp_path).read_bytes())
    assert [each["subject"] for each in seen] == ["0", "1", "2"]


def test_prose_that_begins_with_from_is_no_next_mail(tmp_path):
    path = tmp_path / "one.eml"
    start = b"From anna@kunde.example Mon Mar  2 10:11:12 2026\n"
    path.write_bytes(start + MAIL % (4, 4) + b"\nFrom Monday on I am away.\n\nFrom here\n")
    (seen,) = inspect("--paths", "-", stdin=bytes(path))
    assert seen["path"] == str(path)
    assert seen["text"].rstrip().endswith("From here")


def test_the_folders_below_a_maildir_are_read_too(tmp_path):
    path = maildir(tmp_path)
    (path / ".Sent" / "cur").mkdir(parents=True)
    (path / ".Sent" / "cur" / "1").write_bytes(MAIL % (5, 5))
    assert [each["subject"] for each in inspect(path)] == ["7", "8", "5"]
