"""Delivery into Maildirs on a real disk."""

import mailbox

import pytest

from gateway.model.delivery import Deferred, Delivered
from gateway.smtp.maildir import Maildirs, directory_name


def test_a_mail_program_finds_the_mail_with_lf_line_ends(tmp_path):
    outcome = Maildirs(tmp_path / "mail").deliver("Anna@x.example", b"Subject: a\r\n\r\nb\r\n", "1")
    assert isinstance(outcome, Delivered)
    (message,) = mailbox.Maildir(tmp_path / "mail" / "anna@x.example", create=False)
    assert message["Subject"] == "a"
    (file,) = (tmp_path / "mail" / "anna@x.example" / "new").iterdir()
    assert file.read_bytes() == b"Subject: a\n\nb\n"


@pytest.mark.parametrize("seen", ["", "cur/id-1", "cur/id-1:2,S", "cur/id-1:2,RS"])
def test_a_mail_is_delivered_once_even_when_it_was_read_meanwhile(tmp_path, seen):
    maildirs = Maildirs(tmp_path)
    maildirs.deliver("a@x.example", b"one", "id-1")
    folder = tmp_path / "a@x.example"
    if seen:
        (folder / "new" / "id-1").rename(folder / seen)
    assert isinstance(maildirs.deliver("a@x.example", b"one", "id-1"), Delivered)
    maildirs.deliver("a@x.example", b"two", "id-2")
    files = [each for sub in ("tmp", "new", "cur") for each in (folder / sub).iterdir()]
    assert sorted(each.read_bytes() for each in files) == [b"one", b"two"]


@pytest.mark.parametrize(
    "address",
    ["../../etc/x@y", "/etc/passwd", "..", ".", "", "a/b@c", "a\0b@c", "ä@ö.example", "-a@b",
     "a" * 300 + "@b", "a\nb@c", "~@b", ".a@b"],
)  # fmt: skip
def test_no_address_leaves_the_folder_or_shares_a_maildir(tmp_path, address):
    folder = tmp_path / "mail"
    assert isinstance(Maildirs(folder).deliver(address, b"x", "../../u\0"), Delivered)
    (made,) = folder.iterdir()
    assert len(list((made / "new").iterdir())) == 1
    assert [each.name for each in tmp_path.iterdir()] == ["mail"]
    assert directory_name(address) != directory_name(address + "_")


def test_a_disk_that_refuses_defers(tmp_path):
    (tmp_path / "mail").write_text("a file, no folder")
    outcome = Maildirs(tmp_path / "mail").deliver("a@b.example", b"x", "1")
    assert isinstance(outcome, Deferred)
    assert outcome.host_down
