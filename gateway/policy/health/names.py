"""Verdicts about what DNS says of the organisation's domain: MX, SPF, DMARC."""

from gateway.model.health import Area, DnsSeen, Finding, Level
from gateway.model.text import Text, say


def dns(seen: DnsSeen) -> list[Finding]:
    """Whether mail reaches the domain, and whether others believe mail that comes from it."""
    if seen.for_examples:
        what = say(
            "The domain %(domain)s is one for examples; DNS is not asked.", domain=seen.domain
        )
        return [_ok(what)]
    if seen.trouble:
        what = say(
            "DNS gives no answer, so MX, SPF and DMARC of %(domain)s are not known: %(why)s",
            domain=seen.domain,
            why=seen.trouble,
        )
        remedy = say(
            "Is this machine offline? Otherwise see /etc/resolv.conf, or trust.dns_servers."
        )
        return [_warning(what, remedy)]
    return [*_mx(seen), _spf(seen), _dmarc(seen)]


def _mx(seen: DnsSeen) -> list[Finding]:
    domain = seen.domain
    if "." in seen.mx:  # RFC 7505: a null MX
        what = say("DNS says that %(domain)s takes no mail (a null MX).", domain=domain)
        return [_problem(what, say("Publish the name of the front mail server as MX."))]
    if not seen.mx:
        what = say("The domain %(domain)s has no MX: mail hardly finds it.", domain=domain)
        return [_problem(what, say("Publish the name of the front mail server as MX."))]
    found = []
    if seen.lost:
        what = say(
            "These mail servers of %(domain)s have no address: %(names)s",
            domain=domain,
            names=", ".join(seen.lost),
        )
        remedy = say("Publish A or AAAA records for them; an MX names a host, not an IP address.")
        level = Level.PROBLEM if set(seen.lost) == set(seen.mx) else Level.WARNING
        found.append(Finding(Area.DNS, level, what, remedy))
    else:
        what = say(
            "Mail for %(domain)s goes to %(names)s.", domain=domain, names=", ".join(seen.mx)
        )
        found.append(_ok(what))
    return found


def _spf(seen: DnsSeen) -> Finding:
    domain = seen.domain
    if not seen.spf:
        what = say("The domain %(domain)s has no SPF record.", domain=domain)
        return _warning(what, say("Publish one that names the smarthost: v=spf1 a:HOST -all"))
    if len(seen.spf) > 1:
        what = say(
            "The domain %(domain)s has several SPF records: then none counts.", domain=domain
        )
        return _problem(what, say("Make one of them (RFC 7208 section 3.2)."))
    last = _all_of(seen.spf[0])
    if last in ("+", "?"):
        what = say("The SPF record of %(domain)s lets everybody send.", domain=domain)
        return _warning(what, say("End it with -all or ~all."))
    return _ok(say("The SPF record of %(domain)s: %(record)s", domain=domain, record=seen.spf[0]))


def _all_of(record: str) -> str:
    """What the record says of everybody else; ? without a word (RFC 7208 section 4.7)."""
    terms = record.lower().split()
    if any(each.startswith("redirect=") for each in terms):
        return "-"
    said = [each for each in terms if each.lstrip("+-~?") == "all"]
    if not said:
        return "?"
    return said[0][0] if said[0][0] in "+-~?" else "+"


def _dmarc(seen: DnsSeen) -> Finding:
    domain = seen.domain
    if not seen.dmarc:
        what = say("The domain %(domain)s has no DMARC record.", domain=domain)
        remedy = say("Publish one at _dmarc.%(domain)s, first: v=DMARC1; p=none", domain=domain)
        return _warning(what, remedy)
    if len(seen.dmarc) > 1:
        what = say(
            "The domain %(domain)s has several DMARC records: then none counts.", domain=domain
        )
        return _problem(what, say("Leave one of them (RFC 7489 section 6.6.3)."))
    what = say("The DMARC record of %(domain)s: %(record)s", domain=domain, record=seen.dmarc[0])
    return _ok(what)


def _ok(what: Text) -> Finding:
    return Finding(Area.DNS, Level.OK, what)


def _warning(what: Text, remedy: Text) -> Finding:
    return Finding(Area.DNS, Level.WARNING, what, remedy)


def _problem(what: Text, remedy: Text) -> Finding:
    return Finding(Area.DNS, Level.PROBLEM, what, remedy)
