"""SPF and DMARC against a real DNS server."""

import pytest

from gateway.authentication.domains import aligned, ascii_domain, organisational
from gateway.authentication.lookups import MOST, resolver
from gateway.model.authentication import DmarcPolicy, Finding
from tests.nameserver import Zone, quoted

from .conftest import MAIL, Judge

OURS = "192.0.2.10"
ANNA = "anna@corp.example"


def test_a_server_of_the_domain_passes(judge: Judge) -> None:
    found = judge(MAIL, ip=OURS, mail_from=ANNA)
    assert found.spf is not None
    assert found.spf.finding is Finding.PASS
    assert found.spf.aligned
    assert not found.spf.anybody
    assert found.dmarc.finding is Finding.PASS


@pytest.mark.parametrize(
    ("ip", "mail_from", "finding"),
    [
        ("198.51.100.7", ANNA, Finding.FAIL),
        ("2001:db8::10", ANNA, Finding.FAIL),
        (OURS, "x@stranger.example", Finding.NONE),
        (OURS, '"anna@corp.example"@stranger.example', Finding.NONE),
        (OURS, '"a@stranger.example"@corp.example', Finding.PASS),
        (OURS, "x@nicht-da.corp.example", Finding.NONE),
        (OURS, "x@..corp.example", Finding.NONE),
        (OURS, "x@[192.0.2.10]", Finding.NONE),
        ("::ffff:192.0.2.10", ANNA, Finding.PASS),
    ],
)
def test_others_do_not(judge: Judge, ip: str, mail_from: str, finding: Finding) -> None:
    found = judge(MAIL, ip=ip, mail_from=mail_from)
    assert found.spf is not None
    assert found.spf.finding is finding
    expected = Finding.PASS if finding is Finding.PASS else Finding.FAIL
    assert found.dmarc.finding is expected


def test_a_pass_of_another_domain_is_not_aligned(judge: Judge, zone: Zone) -> None:
    zone.text("evil.example", "v=spf1 ip4:198.51.100.7 -all")
    found = judge(MAIL, mail_from="x@evil.example")
    assert found.spf is not None
    assert (found.spf.finding, found.spf.aligned) == (Finding.PASS, False)
    assert found.dmarc.finding is Finding.FAIL


def test_without_mail_from_the_name_of_the_server_is_asked(judge: Judge, zone: Zone) -> None:
    zone.text("mx.corp.example", f"v=spf1 ip4:{OURS} -all")
    found = judge(MAIL, ip=OURS, mail_from=None, helo="mx.corp.example")
    assert found.spf is not None
    assert (found.spf.finding, found.spf.by_helo) == (Finding.PASS, True)


def test_a_subdomain_is_aligned_unless_the_record_is_strict(judge: Judge, zone: Zone) -> None:
    zone.text("bounce.corp.example", f"v=spf1 ip4:{OURS} -all")
    sender = "b-1@bounce.corp.example"
    assert judge(MAIL, ip=OURS, mail_from=sender).dmarc.finding is Finding.PASS
    zone.text("_dmarc.corp.example", "v=DMARC1; p=reject; aspf=s")
    assert judge(MAIL, ip=OURS, mail_from=sender).dmarc.finding is Finding.FAIL


@pytest.mark.parametrize(
    "record",
    ["v=spf1 +all", "v=spf1 all", "v=spf1 include:offen.example -all", "v=spf1 ip4:0.0.0.0/0 -all",
     "v=spf1 ip4:0.0.0.0/1 ip4:128.0.0.0/1 -all", "v=spf1 redirect=offen.example"],
)  # fmt: skip
def test_a_record_that_lets_everybody_pass_is_marked(judge: Judge, zone: Zone, record: str) -> None:
    zone.text("offen.example", "v=spf1 +all")
    zone.text("corp.example", record)
    found = judge(MAIL, mail_from=ANNA)
    assert found.spf is not None
    assert found.spf.anybody


RECORDS = {
    "include": ("v=spf1 include:post.example -all", Finding.PASS),
    "a": ("v=spf1 a:mx.post.example -all", Finding.PASS),
    "mx": ("v=spf1 mx:post.example -all", Finding.PASS),
    "macro": ("v=spf1 exists:%{i}.frei.example -all", Finding.PASS),
    "redirect": ("v=spf1 redirect=post.example", Finding.PASS),
    "softfail": ("v=spf1 ~all", Finding.SOFTFAIL),
    "neutral": ("v=spf1 ?all", Finding.NEUTRAL),
    "circle": ("v=spf1 include:corp.example -all", Finding.PERMERROR),
    "unknown word": ("v=spf1 wort:x -all", Finding.PERMERROR),
    "no address": ("v=spf1 ip4:999.1.1.1 -all", Finding.PERMERROR),
    "void": ("v=spf1 a:a.nix.example a:b.nix.example a:c.nix.example -all", Finding.PERMERROR),
    "too many": ("v=spf1 " + " ".join(f"a:m{n}.post.example" for n in range(12)) + " -all",
                 Finding.PERMERROR),
    "trouble": ("v=spf1 include:kaputt.example -all", Finding.TEMPERROR),
}  # fmt: skip


@pytest.mark.parametrize(("record", "finding"), RECORDS.values(), ids=RECORDS.keys())
def test_what_records_say(judge: Judge, zone: Zone, record: str, finding: Finding) -> None:
    zone.text("corp.example", record)
    zone.text("post.example", f"v=spf1 ip4:{OURS} -all")
    zone.add("mx.post.example", "A", OURS)
    zone.add("post.example", "MX", "10 mx.post.example.")
    zone.add(f"{OURS}.frei.example", "A", "127.0.0.2")
    for number in range(12):
        zone.add(f"m{number}.post.example", "A", "203.0.113.1")
    zone.broken.add("kaputt.example")
    found = judge(MAIL, ip=OURS, mail_from=ANNA)
    assert found.spf is not None
    assert found.spf.finding is finding
    assert found.is_open is (finding is Finding.TEMPERROR)


def test_trouble_with_the_sender_of_others_leaves_nothing_open(judge: Judge, zone: Zone) -> None:
    zone.broken.add("kaputt.example")
    found = judge(MAIL, mail_from="x@kaputt.example")
    assert found.spf is not None
    assert found.spf.finding is Finding.TEMPERROR
    assert not found.is_open


DMARC = {
    "none": ("v=DMARC1; p=none", DmarcPolicy.NONE, Finding.FAIL),
    "quarantine": ("v=DMARC1;p=quarantine", DmarcPolicy.QUARANTINE, Finding.FAIL),
    "capitals": ("v=DMARC1; P=Reject; RUA=mailto:a@b.example", DmarcPolicy.REJECT, Finding.FAIL),
    "no policy but reports": ("v=DMARC1; rua=mailto:a@b.example", DmarcPolicy.NONE, Finding.FAIL),
    "no policy": ("v=DMARC1; sp=reject", None, Finding.NONE),
    "other version": ("v=DMARC2; p=reject", None, Finding.NONE),
    "no record": ("hallo", None, Finding.NONE),
}


@pytest.mark.parametrize(("record", "policy", "finding"), DMARC.values(), ids=DMARC.keys())
def test_what_dmarc_records_say(
    judge: Judge, zone: Zone, record: str, policy: DmarcPolicy | None, finding: Finding
) -> None:
    zone.text("_dmarc.corp.example", record)
    found = judge(MAIL)
    assert (found.dmarc.policy, found.dmarc.finding) == (policy, finding)


def test_two_records_are_none(judge: Judge, zone: Zone) -> None:
    zone.add("_dmarc.corp.example", "TXT", quoted("v=DMARC1; p=none"))
    assert judge(MAIL).dmarc.finding is Finding.NONE


def test_a_subdomain_has_the_policy_for_subdomains(judge: Judge, zone: Zone) -> None:
    zone.text("_dmarc.corp.example", "v=DMARC1; p=none; sp=reject")
    raw = MAIL.replace(b"anna@corp.example", b"anna@berlin.corp.example")
    assert judge(raw).dmarc.policy is DmarcPolicy.REJECT
    zone.text("_dmarc.berlin.corp.example", "v=DMARC1; p=quarantine")
    assert judge(raw).dmarc.policy is DmarcPolicy.QUARANTINE


def test_no_answer_is_not_no_record(judge: Judge, zone: Zone) -> None:
    zone.broken.add("_dmarc.corp.example")
    found = judge(MAIL)
    assert found.dmarc.finding is Finding.TEMPERROR
    assert found.is_open


@pytest.mark.parametrize(
    "author",
    ["", "niemand", "a@corp.example, b@corp.example", "a@[192.0.2.1]", "a@" + "x." * 200 + "de",
     "a@-\xff.example", "a@xn--" + "z" * 70 + ".example", "a@..", "a@\N{KELVIN SIGN}.example"],
)  # fmt: skip
def test_strange_authors_give_an_answer(judge: Judge, author: str) -> None:
    raw = MAIL.replace(b"Anna <anna@corp.example>", author.encode())
    assert judge(raw).dmarc.finding in (Finding.PERMERROR, Finding.NONE)


def test_many_lookups_end(judge: Judge, zone: Zone) -> None:
    for number in range(60):
        inner = " ".join(f"include:n{number + 1}.example" for _ in range(9))
        zone.text(f"n{number}.example", f"v=spf1 {inner} -all")
    zone.text("corp.example", "v=spf1 " + "include:n0.example " * 9 + "-all")
    found = judge(MAIL, ip=OURS, mail_from=ANNA)
    assert found.spf is not None
    assert found.spf.finding is Finding.PERMERROR
    assert len(zone.asked) < MOST


@pytest.mark.parametrize(
    ("domain", "wanted"),
    [("mail.corp.example", "corp.example"), ("a.b.corp.co.uk", "corp.co.uk"), ("co.uk", "co.uk"),
     ("verein.github.io", "verein.github.io"), ("de", "de")],
)  # fmt: skip
def test_organisational_domains(domain: str, wanted: str) -> None:
    assert organisational(domain) == wanted


def test_domains_are_compared_as_dns_has_them() -> None:
    assert ascii_domain("Bücher.Example.") == "xn--bcher-kva.example"
    assert aligned(ascii_domain("mail.bücher.example"), "xn--bcher-kva.example")
    assert not aligned("", "")
    assert ascii_domain("\N{KELVIN SIGN}orp.example") == ""
    assert ascii_domain("corp.ex\N{CYRILLIC SMALL LETTER A}mple") != "corp.example"


@pytest.mark.parametrize("server", ["127.0.0.1", "127.0.0.1:5353", "[::1]:53", "::1"])
def test_servers_are_addresses(server: str) -> None:
    assert len(resolver([server]).nameservers) == 1


@pytest.mark.parametrize("server", ["dns.example", "127.0.0.1:x", "[::1"])
def test_other_servers_are_mistakes(server: str) -> None:
    if server == "[::1":
        server = "[::zz]"
    with pytest.raises(ValueError, match=r".+"):
        resolver([server])
