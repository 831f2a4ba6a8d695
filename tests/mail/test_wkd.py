"""Names in the Web Key Directory."""

import pytest

from gateway.mail.wkd import folders, hashed_name, url, z_base_32


def test_the_example_of_the_draft():
    assert hashed_name("Joe.Doe") == "iy9q119eutrkn8s1mk4r39qejnbu3n5q"
    assert hashed_name("joe.doe") == hashed_name("JOE.DOE")


def test_only_letters_of_ascii_are_made_small():
    assert hashed_name("MÜLLER") == hashed_name("mÜller") != hashed_name("müller")


@pytest.mark.parametrize(
    ("octets", "written"),
    [
        (b"", ""),
        (b"\x00", "yy"),
        (b"\xf0\xbf\xc7", "6n9hq"),  # the examples of the description of z-base-32
        (b"\xd4\x7a\x04", "4t7ye"),
    ],
)
def test_z_base_32(octets, written):
    assert z_base_32(octets) == written


def test_where_programs_look():
    assert folders("Verein.example") == (
        ".well-known/openpgpkey/verein.example",
        ".well-known/openpgpkey",
    )
    assert url("Joe.Doe@Example.ORG") == (
        "https://openpgpkey.example.org/.well-known/openpgpkey/example.org/hu/"
        "iy9q119eutrkn8s1mk4r39qejnbu3n5q?l=Joe.Doe"
    )
