"""Verdicts about what is around the gateway: keys, certificate, smarthost, DNS."""

import re
from datetime import datetime, timedelta, tzinfo

from gateway.model.health import (
    Area,
    CertificateSeen,
    CodesSeen,
    Finding,
    Level,
    MaildirsSeen,
    OpenPgpSeen,
    SmarthostSeen,
    Stage,
)
from gateway.model.openpgp import Key
from gateway.model.text import Text, say
from gateway.policy.around import clock_text

SOON = timedelta(days=30)
_OLDEST_GPG = (2, 2)


def codes(seen: CodesSeen, *, demanded: bool) -> list[Finding]:
    """The key of the one-time codes."""
    if not seen.exists and not seen.agents:
        what = say("There is no key for one-time codes, and nobody has codes.")
        if not demanded:
            return [Finding(Area.CODES, Level.OK, what)]
        remedy = say(
            "The rules demand a second factor of every agent: gateway agent otp NAME sets one up "
            "and makes the key."
        )
        return [Finding(Area.CODES, Level.WARNING, what, remedy)]
    if seen.trouble:
        what = say(
            "One-time codes cannot be checked (agents who have them: %(count)s): %(why)s",
            count=seen.agents,
            why=seen.trouble,
        )
        remedy = say(
            "Put the right key there (second_factor.key_file), readable for the gateway alone. If "
            "it is lost: gateway agent otp NAME --reset for each of them."
        )
        return [Finding(Area.CODES, Level.PROBLEM, what, remedy)]
    what = say(
        "The key of the one-time codes works; agents who have them: %(count)s.", count=seen.agents
    )
    return [Finding(Area.CODES, Level.OK, what)]


def openpgp(seen: OpenPgpSeen, now: datetime, zone: tzinfo) -> list[Finding]:
    """Gpg, and our own keys."""
    if not seen.version:
        what = say("gpg is not found: encrypted mail stays closed, and nothing is signed.")
        remedy = say("Install GnuPG 2.2 or newer: apt install gnupg")
        level = Level.PROBLEM if seen.keys or seen.trouble else Level.WARNING
        return [Finding(Area.OPENPGP, level, what, remedy)]
    if _number(seen.version) < _OLDEST_GPG:
        what = say("gpg is of version %(version)s.", version=seen.version)
        remedy = say("Install GnuPG 2.2 or newer.")
        return [Finding(Area.OPENPGP, Level.PROBLEM, what, remedy)]
    if seen.trouble:
        what = say(
            "Our keys in %(home)s cannot be looked at: %(why)s", home=seen.home, why=seen.trouble
        )
        remedy = say("The folder must be the gateway's own, with mode 700.")
        return [Finding(Area.OPENPGP, Level.PROBLEM, what, remedy)]
    if not seen.keys:
        what = say(
            "gpg %(version)s is there, and no key of our own: encrypted mail stays closed, and "
            "nothing is signed.",
            version=seen.version,
        )
        return [Finding(Area.OPENPGP, Level.OK, what)]
    return [_key(each, seen, now, zone) for each in seen.keys]


def _key(key: Key, seen: OpenPgpSeen, now: datetime, zone: tzinfo) -> Finding:
    name = say(
        "%(fingerprint)s (%(user)s)",
        fingerprint=key.fingerprint,
        user=key.user_ids[0] if key.user_ids else "?",
    )
    if key.revoked:
        what = say("Our key %(key)s is revoked.", key=name)
        return Finding(Area.OPENPGP, Level.WARNING, what, say("Take it out, or make a new one."))
    if key.expires is not None and key.expires <= now + SOON:
        moment = clock_text(key.expires, zone)
        what = say("Our key %(key)s ends on %(moment)s.", key=name, moment=moment)
        if key.expires <= now:
            what = say("Our key %(key)s has ended on %(moment)s.", key=name, moment=moment)
        remedy = say(
            "Put its end off: gateway keys expiry %(fingerprint)s 2y; then publish it anew: "
            "gateway keys wkd FOLDER",
            fingerprint=key.fingerprint,
        )
        level = Level.PROBLEM if key.expires <= now else Level.WARNING
        return Finding(Area.OPENPGP, level, what, remedy)
    if key in seen.unusable:
        what = say("Our key %(key)s does not sign.", key=name)
        remedy = say(
            "Most likely the passphrase is another one: openpgp.passphrase_file, or the "
            "credential openpgp-passphrase of the service."
        )
        return Finding(Area.OPENPGP, Level.PROBLEM, what, remedy)
    what = say("Our key %(key)s works, without end.", key=name)
    if key.expires is not None:
        what = say(
            "Our key %(key)s works, until %(moment)s.",
            key=name,
            moment=clock_text(key.expires, zone),
        )
    return Finding(Area.OPENPGP, Level.OK, what)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(each) for each in re.findall(r"\d+", version)[:2])


def certificate(seen: CertificateSeen, now: datetime, zone: tzinfo) -> list[Finding]:
    """What peers are shown behind STARTTLS."""
    if not seen.file:
        what = say("There is no certificate: mail comes in readable on its way.")
        if not seen.from_outside:
            return [Finding(Area.CERTIFICATE, Level.OK, what)]
        remedy = say("Set smtp.tls_certificate, unless a front server on this machine has one.")
        return [Finding(Area.CERTIFICATE, Level.WARNING, what, remedy)]
    if seen.trouble or seen.ends is None:
        what = say(
            "The certificate %(file)s cannot be used: %(why)s", file=seen.file, why=seen.trouble
        )
        remedy = say(
            "It is a PEM file: the certificate, its chain, and the key that belongs to it."
        )
        return [Finding(Area.CERTIFICATE, Level.PROBLEM, what, remedy)]
    found = [_validity(seen, seen.ends, now, zone)]
    if seen.names and not any(_is_for(name, seen.hostname) for name in seen.names):
        what = say(
            "The certificate is for %(names)s, the server is called %(hostname)s.",
            names=", ".join(seen.names[:5]),
            hostname=seen.hostname,
        )
        remedy = say("Set smtp.hostname to a name that is in it, or get one for that name.")
        found.append(Finding(Area.CERTIFICATE, Level.WARNING, what, remedy))
    return found


def _validity(seen: CertificateSeen, ends: datetime, now: datetime, zone: tzinfo) -> Finding:
    renew = say("Renew it, then restart the gateway: systemctl restart gateway")
    moment = clock_text(ends, zone)
    if ends <= now:
        what = say("The certificate has ended on %(moment)s.", moment=moment)
        return Finding(Area.CERTIFICATE, Level.PROBLEM, what, renew)
    if seen.begins is not None and seen.begins > now:
        what = say(
            "The certificate is good only from %(moment)s on.",
            moment=clock_text(seen.begins, zone),
        )
        return Finding(Area.CERTIFICATE, Level.PROBLEM, what, say("Look at the clock."))
    what = say("The certificate ends on %(moment)s.", moment=moment)
    if ends <= now + SOON:
        return Finding(Area.CERTIFICATE, Level.WARNING, what, renew)
    return Finding(Area.CERTIFICATE, Level.OK, what)


def _is_for(name: str, hostname: str) -> bool:
    """RFC 6125: a star stands for the first label."""
    name, hostname = name.lower(), hostname.lower()
    return name == hostname or (
        name.startswith("*.") and name[2:] == hostname.partition(".")[2] != ""
    )


_WHAT_FAILED = {
    Stage.SETTINGS: say("The settings of the smarthost %(address)s cannot be used: %(why)s"),
    Stage.CONNECT: say("The smarthost %(address)s cannot be reached: %(why)s"),
    Stage.TLS: say("The smarthost %(address)s cannot be spoken with under TLS: %(why)s"),
    Stage.EHLO: say("The smarthost %(address)s does not greet: %(why)s"),
    Stage.LOGIN: say("The smarthost %(address)s does not let us log in: %(why)s"),
}
_REMEDY = {
    Stage.SETTINGS: say("See password_file and ca_file under [delivery] in gateway.toml."),
    Stage.CONNECT: say(
        "Are delivery.host and delivery.port right, is it running, does a firewall stand between?"
    ),
    Stage.TLS: say(
        "Its certificate must be for delivery.host and by an authority this machine knows (or "
        "delivery.ca_file); delivery.security must fit the port (587: starttls, 465: tls)."
    ),
    Stage.EHLO: say("Does it know this machine? See its log."),
    Stage.LOGIN: say("See delivery.user and delivery.password_file."),
}


def smarthost(seen: SmarthostSeen) -> list[Finding]:
    """The way out."""
    if seen.stage is not Stage.ALL:
        what = Text(
            _WHAT_FAILED[seen.stage].msgid, (("address", seen.address), ("why", seen.trouble))
        )
        return [Finding(Area.SMARTHOST, Level.PROBLEM, what, _REMEDY[seen.stage])]
    if not seen.encrypted:
        what = say("The smarthost %(address)s answers, without encryption.", address=seen.address)
        return [Finding(Area.SMARTHOST, Level.OK, what)]
    what = say("The smarthost %(address)s answers, encrypted.", address=seen.address)
    if seen.login:
        what = say("The smarthost %(address)s answers, encrypted, and lets us log in.",
                   address=seen.address)  # fmt: skip
    return [Finding(Area.SMARTHOST, Level.OK, what)]


def maildirs(seen: MaildirsSeen, *, development: bool) -> list[Finding]:
    """Where nothing goes out."""
    if seen.trouble:
        what = say(
            "Outgoing mail cannot be written to %(folder)s: %(why)s",
            folder=seen.folder,
            why=seen.trouble,
        )
        return [Finding(Area.SMARTHOST, Level.PROBLEM, what, say("See delivery.maildir."))]
    what = say("Outgoing mail is only written to %(folder)s.", folder=seen.folder)
    if development:
        return [Finding(Area.SMARTHOST, Level.OK, what)]
    remedy = say('For real mail set delivery.mode = "smarthost".')
    return [Finding(Area.SMARTHOST, Level.WARNING, what, remedy)]
