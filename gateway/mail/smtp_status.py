"""Status codes (RFC 3463) out of what servers say: codes, reply codes of SMTP, and plain words."""

import re

_ENHANCED = re.compile(r"(?<![\w.])(?<!version )([245]\.[0-7]\.\d{1,3})(?![\d.]*\d)")
_REPLY_CODE = re.compile(r"(?<![\d.:/@-])([45][0-5]\d)(?=[\s\-#:,;.)'\"<]|$)(?!\.\d)")
_BY_REPLY_CODE = {
    "421": "4.4.2",
    "450": "4.2.0",
    "451": "4.3.0",
    "452": "4.2.2",
    "551": "5.1.6",
    "552": "5.2.2",
    "553": "5.1.3",
}
_LIMIT = 16 * 1024
# (what is said, subject and detail, the class when nothing else tells it), the surest first
_WORDS = tuple(
    (re.compile(pattern, re.IGNORECASE | re.VERBOSE), detail, default)
    for pattern, detail, default in (
        (
            r"""(?:mail)?box\s(?:\S+\s){0,4}?(?:is\s|was\s)?(?:currently\s)?full | over\s?quota
            | quota\s(?:has\sbeen\s)?exceed | exceed\w*\s.{0,40}(?:quota|storage|mailbox\ssize)
            | insufficient\s(?:system\s)?storage | postfach\s.{0,40}voll | speicherplatz
            | disk\s(?:space\s)?(?:is\s)?full | bo[iî]te\s.{0,30}pleine | buz[oó]n\s.{0,20}lleno
            | mailbox\sexceeds | quota\sfull | out\sof\s(?:disk\s)?space""",
            "2.2",
            "5",
        ),
        (
            r"""(?:message|mail|size|nachricht)\s.{0,40}(?:too\s(?:large|big)|zu\sgroß)
            | exceeds\s.{0,40}(?:maximum|size\slimit|fixed\slimit) | (?:message\s)?size\slimit""",
            "3.4",
            "5",
        ),
        (
            r"""(?:mail|routing|forwarding)\sloop | too\smany\shops | hop\scount\sexceeded
            | loops\sback | mailschleife | routingschleife""",
            "4.6",
            "5",
        ),
        (
            r"""(?:user|account|recipient|mailbox|address|empfänger|postfach)\s.{0,60}
              (?:disabled|inactive|suspended|deactivated|gesperrt|deaktiviert|blocked\sfor)""",
            "2.1",
            "5",
        ),
        (
            r"""(?:user|recipient|address|mailbox|account|empfänger\w*|adresse)\W?\s?(?:\S+\s){0,5}?
              (?:unknown|(?:was\s|is\s|could\s)?not\s(?:be\s)?found|does\s?n['o]t\sexist
                |doesn['’]t\s(?:exist|have)|unbekannt|existiert\snicht|nicht\sgefunden|not\slisted
                |(?:is\s)?invalid|ungültig|inconnue?|desconocid|sconosciut|onbekend|nieznany)
            | (?:unknown|invalid|no\ssuch|bad|unbekannte\w*|ungültige\w*|not\sa\svalid)\s(?:\w+\s)?
              (?:user|recipient|address|mailbox|account|local\s?part|person|empfänger|adresse)
            | no\smailbox\shere | not\slisted\sin | isn['’]t\sin\smy | doesn['’]t\shave\s(?:a|an)\s
            | mailbox\sunavailable | unrouteable\saddress | no\smail\sbox | user\sdoesn['’]t
            | no\saccount\sby | email\saccount\sthat\syou\stried | recipientnotfound
            | that\srecipient | utilisateur\sinconnu | kein\spostfach""",
            "1.1",
            "5",
        ),
        (
            r"""(?:host|domain|server)\s.{0,80}(?:unknown|not\sfound|does\snot\sexist|not\sexist)
            | unknown\s(?:host|domain) | no\ssuch\s(?:host|domain)
            | nxdomain | bad\sdestination\shost
            | (?:couldn?['’]?t|could\snot|unable\sto|cannot)\sfind\s(?:any\s)?(?:\S+\s){0,3}
              (?:host|domain|mail\sserver)
            | name\sor\sservice\snot\sknown | unrouteable\smail\sdomain
            | no\s(?:valid\s)?mx | domain\s.{0,60}(?:couldn['’]t\sbe\sfound|nicht\sgefunden)""",
            "1.2",
            "5",
        ),
        (
            r"""relay(?:ing)?\s(?:access\s)?(?:not\s\w+|denied|prohibited) | unable\sto\srelay
            | spam | virus | black\s?list | block(?:ed|list) | \bpolicy
            | reputation | access\sdenied
            | not\sauthori[sz]ed | rejected | abgelehnt | zurückgewiesen | permission | \brbl\b
            | content\sfilter | banned | suspicious | dmarc | \bspf\b | not\sallowed""",
            "7.1",
            "5",
        ),
        (
            r"""time[d\-]?[\s\-]?out | expired | too\slong | retry\stime | no\slonger\sbe\sretried
            | retry\slimit | given\sup\safter | giving\sup\safter
            | (?:for|within|after|in)\s\d+(?:\.\d+)?\s(?:hours?|days?|minutes?)
            | (?:seit|nach|innerhalb)\s.{0,10}\d+\s(?:stunden|tagen)
            | connection\s(?:was\s)?(?:refused|timed|reset|died|lost|dropped|failed|abgelehnt)
            | not\s(?:be\s)?(?:respond|reachable) | unreachable | keine\sverbindung
            | nicht\serreichbar | couldn['’]t\s(?:establish|connect)
            | (?:could\snot|cannot)\sconnect""",
            "4.7",
            "4",
        ),
        (
            r"""defer | temporar | vorübergehend | try\sagain | grey-?list | try\slater
            | delayed | verzögert | too\smany""",
            "0.0",
            "4",
        ),
    )
)


def enhanced_status(text: str) -> str:
    """The first enhanced status code in a text (RFC 3463), or empty."""
    match = _ENHANCED.search(text[:_LIMIT])
    return match[1] if match else ""


def status_of(text: str) -> str:
    """The status that a text tells: its enhanced code, or what reply code and words amount to.

    Empty when it tells none. A reply code decides the class, the words the rest.
    """
    text = text[:_LIMIT]
    if enhanced := enhanced_status(text):
        return enhanced
    code = _REPLY_CODE.search(text)
    detail, default = _in_words(text)
    if code is None:
        return f"{default}.{detail}" if detail else ""
    known = _BY_REPLY_CODE.get(code[1])
    return f"{code[1][0]}.{detail}" if detail and not known else known or f"{code[1][0]}.0.0"


def _in_words(text: str) -> tuple[str, str]:
    for pattern, detail, default in _WORDS:
        if pattern.search(text):
            return detail, default
    return "", ""
