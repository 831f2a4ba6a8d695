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
_GENERIC = re.compile(r"[245]\.0\.0")
_PASSING = re.compile(r"(?i)temporar|vorübergehend|persistent transient")
_LASTING = re.compile(r"(?i)permanent|dauerhaft|endgültig")
_LIMIT = 16 * 1024
# (what is said, in small letters, subject and detail, the class when nothing else tells it),
# the surest first
_WORDS = tuple(
    (re.compile(pattern, re.VERBOSE), detail, default)
    for pattern, detail, default in (
        (
            r"""relay(?:ing)?\s(?:access\s)?(?:not\s\w+|denied|prohibited) | unable\sto\srelay
            | (?:not|n['’]t)\srelay\b | allowed\srcpthosts
            | client\shost\s(?:\S{1,80}\s)?(?:rejected|blocked)
            | cannot\sfind\syour\s(?:reverse\s)?hostname""",
            "7.1",
            "5",
        ),
        (
            r"""nxdomain | non-existent\shosts? | host\sor\sdomain\sname\snot\sfound
            | domain\sname\snot\sfound
            | unrouteable\smail\sdomain | no\s(?:valid\s)?mx\b | \bhost\sunknown\b | unknown\shost
            | domain\s\S{0,80}\s(?:could(?:n['’]t|\snot)\sbe\sfound|nicht\sgefunden|does\snot\sexist
              |doesn['’]t\sexist)""",
            "1.2",
            "5",
        ),
        (
            r"""(?:mail)?box\s(?:\S{1,80}\s){0,4}?(?:is\s|was\s)?(?:currently\s)?full | over\s?quota
            | quota\s(?:has\sbeen\s)?exceed | exceed\w{0,4}\s.{0,40}(?:quota|storage|mailbox\ssize)
            | insufficient\s(?:system\s)?storage | postfach\s.{0,40}voll | speicherplatz
            | переполнен | переповнен | casella\s.{0,20}piena | skrzynk\w{1,4}\s.{0,20}pełna
            | caixa\s.{0,30}cheia | kutusu\sdolu | 邮箱已满 | 邮箱空间 | 信箱已滿
            | 容量 | いっぱい | 満杯
            | exhausted\s.{0,30}(?:storage|space) | too\smany\s(?:messages|mails)\b
            | zu\s?viele\s(?:mails|nachrichten)
            | (?:folder|maildir|mailbox)\s(?:\S{1,80}\s){0,3}(?:full|voll)
            | not\senough\s(?:storage|space|disk) | too\smuch\smail\sdata
            | disk\s(?:space\s)?(?:is\s)?full | bo[iî]te\s.{0,30}pleine | buz[oó]n\s.{0,20}lleno
            | mailbox\sexceeds | quota\sfull | out\sof\s(?:disk\s)?space
            | (?:mailbox|storage|messages)\s.{0,60}exceed\w{0,4}\s.{0,20}
              (?:local\slimit|allowed\ssize)""",
            "2.2",
            "5",
        ),
        (
            r"""(?:message|mail|size|nachricht)\s.{0,40}(?:too\s(?:large|big)|zu\sgroß)
            | size\sexceed
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
              (?:disabled|inactive|suspended|deactivated|gesperrt|deaktiviert|blocked\sfor)
            | inactive\s(?:user|account|mailbox)""",
            "2.1",
            "5",
        ),
        (
            r"""(?:user|recipient|receiver|address|mailbox|account|empfänger\w{0,12}|adresse)\W?\s?(?:\S{1,80}\s){0,5}?
              (?:unknown|(?:was\s|is\s|could\s)?not\s(?:be\s)?found|does\s?n['o]t\sexist
                |doesn['’]t\s(?:exist|have)|unbekannt|existiert\snicht|nicht\sgefunden|not\slisted
                |(?:is\s)?invalid|ungültig|inconnue?|desconocid|sconosciut|onbekend|nieznany)
            | (?:unknown|invalid|no\ssuch|bad|unbekannte\w{0,3}|ungültige\w{0,3}
              |not\sa\svalid)\s(?:\w{1,40}\s)?
              (?:user|recipient|address|mailbox|account|local\s?part|person|empfänger|adresse)
            | no\smailbox\shere | not\slisted\sin | isn['’]t\sin\smy | doesn['’]t\shave\s(?:a|an)\s
            | mailbox\sunavailable | unrouteable\saddress | no\smail\sbox | user\sdoesn['’]t
            | no\saccount\sby | email\saccount\sthat\syou\stried | recipientnotfound
            | that\srecipient | utilisateur\sinconnu | kein\spostfach
            | 不存在 | 存在しない | 見つかりません | 宛先不明 | 查无此人
            | nobody\shere | illegal\suser
            | not\sa\s(?:known|valid|local)\s(?:user|recipient|mailbox|address)
            | no\sone\swith\sthat
            | unknown\slocal[\s-]part | mail\sdrop | account\sis\sunavailable | nie\sma\stakiego
            | destinatari\w{1,4}\ssconosciut | not\slike\srecipient | not\srecognized
            | (?:користувач|отримувач|пользовател|получател)\w{0,8}\s
              (?:\S{1,80}\s){0,3}?не\s(?:існує|существует)
            | (?:невідом|неизвестн)\w{0,8}\s(?:користувач|отримувач|пользовател|получател)
            | utente\ssconosciut | nieznany | usuário\sdesconhecid | (?:no\s)?existe\sel\susuario
            | recipnotfound
            | introuvable | no\svalid\srecipients | hittades\sinte | ikke\sfundet | ei\slöydy
            | nem\stalálható | neexistuje | nenalezen | inesistente | inexistente
            | n['’]existe\spas | no\sexiste | nie\sistnieje | bulunamad | 존재하지""",
            "1.1",
            "5",
        ),
        (
            r"""(?:host|domain|server)\s.{0,80}(?:unknown|not\sfound|does\snot\sexist|not\sexist)
            | unknown\s(?:host|domain) | no\ssuch\s(?:host|domain)
            | nxdomain | bad\sdestination\shost
            | (?:couldn?['’]?t|could\snot|unable\sto|cannot)\sfind\s(?:any\s)?(?:\S{1,80}\s){0,3}
              (?:host|domain|mail\sserver)
            | name\sor\sservice\snot\sknown | unrouteable\smail\sdomain
            | no\s(?:valid\s)?mx | domain\s.{0,60}(?:couldn['’]t\sbe\sfound|nicht\sgefunden)""",
            "1.2",
            "5",
        ),
        (
            r"""spam | virus | black\s?list | block(?:ed|list) | \bpolicy
            | reputation | access\sdenied
            | not\sauthori[sz]ed | rejected | abgelehnt | zurückgewiesen | permission | \brbl\b
            | content\sfilter | banned | suspicious | dmarc | \bspf\b | not\sallowed""",
            "7.1",
            "5",
        ),
        (
            r"""mailer\serror | local\sdelivery\sfailed | maildir\sdelivery\sfailed""",
            "3.0",
            "5",
        ),
        (
            r"""delivery\sfailed\s\d+\sattempts
            | time[d\-]?[\s\-]?out | expired | too\slong | retry\stime | no\slonger\sbe\sretried
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
            | delayed | verzögert | too\s(?:many|busy)""",
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

    Empty when it tells none. A reply code decides the class, the words the rest. A code that
    says no more than its class (`5.0.0`) gives way to a more telling one of the same class.
    """
    return best_status(text)


def best_status(*texts: str) -> str:
    """The most telling status in several texts, the nearest to the address first."""
    texts = tuple(text[:_LIMIT] for text in texts if text)
    enhanced = [found for text in texts for found in _ENHANCED.findall(text)]
    telling = next((found for found in enhanced if not _GENERIC.fullmatch(found)), "")
    if telling:
        return telling
    told = [found for text in texts if (found := _in_plain_words(text))]
    generic = enhanced[0] if enhanced else next(iter(told), "")
    same = (found for found in told if not _GENERIC.fullmatch(found) and found[0] == generic[0])
    return next(same, generic)


def _in_plain_words(text: str) -> str:
    code = _REPLY_CODE.search(text)
    detail, default = _in_words(text)
    if code is None:
        passing = _PASSING.search(text) and not _LASTING.search(text)
        return f"{4 if passing else default}.{detail}" if detail else ""
    if detail in {"", "0.0"}:
        return _BY_REPLY_CODE.get(code[1], f"{code[1][0]}.0.0")
    return f"{code[1][0]}.{detail}"


def _in_words(text: str) -> tuple[str, str]:
    text = text.lower()  # many times as fast as patterns that ignore case
    for pattern, detail, default in _WORDS:
        if pattern.search(text):
            return detail, default
    return "", ""
