"""What mail servers write in delivery reports, in the languages that they are shipped in."""

import re

from gateway.model.address import Mailbox

HUMAN_FIELDS = ("in-reply-to", "references", "user-agent", "thread-index")

_SERVER = re.compile(
    r"(?:mailer[-_.]?daemon|mail[-_.]?daemon|mdaemon|postmaster|postmast|mail[-_.]?system|"
    r"mail[-_.]?router|mail[-_.]?delivery|microsoftexchange.*|mailadmin\w*|bounces?|daemon|post[-_]master|sysadmin|mailer|uucp|mmdf|imss|"
    r"delivery[-_.]?\w{0,12}|smtpd?|mailer|mta|ndr|null|administrator|system|root)"
    r"(?:[+._=-].*)?"
)
_DAEMON = re.compile(r"(?:mailer[-_.]?daemon|mail[-_.]?daemon)(?:[+._=-].*)?")
_DAEMON_NAME = re.compile(r"(?i)mail delivery (?:sub)?system|mailer[- ]?daemon")
_SERVER_NAME = re.compile(
    r"(?i)mail deliver|mailer[- ]?daemon|mail ?administrator|delivery (?:sub)?system|postmaster"
    r"|mail router|interscan|returned mail|e-?mail (?:server|gateway|security)|system administrator"
    r"|systemadministrator|internet mail|mail system|microsoft"
    r" (?:outlook|exchange)"
)
_NOT_MISSED = re.compile(r"(?i)(?:mailer-?daemon|postmaster|abuse|hostmaster|helpdesk|no-?reply)@")

SUBJECT = re.compile(
    r"""(?ix) \[? \b (?: undeliver | bounce\] | there\swas\san\serror\ssending
      | not\smember\sarticle
      | fml\ssystem\serror | message\s(?:\S+\s)?(?:(?:has\sbeen|was)\s)?frozen
      | (?:メール)?配信(?:不能|に失敗|エラー) | .{0,20}(?:配信|送信)できません
      | .{0,60}(?:n['’]a\spas\s(?:pu|été)\s | non\s(?:è\sstat[oa]\s)?consegnat)
      | .{0,30}退信 | 无法送达 | 投递失败 | 未送达 | 반송
      | e?mail\s(?:could\snot|was\snot|not)\s
      | un-?deliverable | undelivered | returned\s(?:e-?)?mail
      | returned\s(?:to\ssender|message) | mail\sreturned | return\sreceipt\sfailed
      | mail\s(?:delivery|system|failure|failed|error|routing|could\snot|not\sdelivered)
      | failure\snotice
      | (?:non|un|failed\s|e-?mail\s|message\s|your\smessage\s)?-?delivery\s(?:\w+\s)?
        (?:status|failures?|failed|failing|delay(?:ed)?|report|has\s|incomplete|error|problems?
        |notification|unsuccessful|attempt|was)
      | non-?delivery | deliver(?:y|ing)?\sfail | failed\s(?:mail|delivery|to\sdeliver)
      | failure\sdelivery | delayed\smail | ndn\s?: | ndr\s?: | user\sunknown | nondeliverable
      | (?:nicht|un)\s?zustellbar | unzustellbar\w* | zustellung | zustellungs?\w+ | zustellfehler
      | warning:\s(?:message|could\snot|delayed) | unable\sto\sdeliver | delivery\sproblem
      | message\s(?:delayed|not\sdelivered|status|undeliver\w+|could\snot|rejected|bounced)
      | non\sremis | non\sdistribu | [ée]chec\s(?:de|d['’]|[àa]\sla)
      | [ée]tat\sde\sremise | non\sd[ée]livr
      | could\snot\s(?:be\sdelivered|send) | rückläufer | mail\sdelivery | nachrichtenzustellung
      | no\sse\s(?:puede|pudo|ha\spodido)\sentregar | no\sentregad | error\sde\sentrega
      | mancat[ao]\s(?:recapito|consegna) | impossibile\srecapitare | non\srecapitabile
      | onbestelbaar | niet\s(?:bezorgd|afgeleverd|te\sbezorgen) | bezorging
      | nie\s?dostarcz | niedostarczon | zwrot\sprzesyłki | błąd\sdostarcz | nie\smożna\sdostarczyć
      | não\s(?:foi\s)?entreg | devolvid | n[ãa]o\sentregue | falha\sna\sentrega
      | teslim\sedilemedi | iletilemedi | gönderilemedi
      | не\sдоставлен | недоставлен | не\sвдалося\sдоставити | помилка\sдоставки
      | не\sудалось\sдоставить | ошибка\sдоставки
      | (?:ihre\s)?(?:e-?mail|mail|nachricht)\s(?:\S+\s){0,3}?
        (?:konnte|wurde)\snicht\s(?:\w+\s)?(?:zugestellt|ausgeliefert|gesendet|versandt)
      | (?:mensaje|correo)\s(?:devuelto|rechazado) | correo\sno\sentregado
      | messaggio\s(?:rifiutato|respinto) | (?:message|courriel)\s(?:refusé|rejeté|retourné)
      | .{0,40}(?:kunde|går|kunna|kan)\sinte\s(?:att\s)?leverera | olevererbar
      | .{0,40}(?:kan|kunne|blev|ble)\sikke\slever | ikke\slever
      | .{0,40}ei\svoitu\stoimittaa | toimit\w+\sepäonnistui
      | kézbesíthetetlen | .{0,40}nem\s(?:sikerült\s)?kézbesít
      | nedoruč | .{0,40}(?:nelze|nepodařilo|nepodarilo)\s(?:se\s|sa\s)?doruč | doručení\sselhalo
      | nelivrat | .{0,40}nu\sa\sputut\sfi\slivrat
      | .{0,30}(?:无法|無法|未能)(?:投递|投遞|送达|送達|传递|傳遞|递送|遞送)
      | .{0,30}(?:退件|傳遞失敗|发送失败)
      | .{0,30}(?:전송|배달|발송)\s?(?:실패|하지\s?못) | .{0,30}(?:届きません|未達|届けられません)
      )"""
)
DELAY_SUBJECT = re.compile(
    r"(?i)\bdelay|verzögert|\bwarning\b|\bwarnung\b|not yet|noch nicht|retard|temporar|deferred"
)
DELAY = re.compile(
    r"""(?ix) warning\smessage\sonly | has\snot\syet\sbeen | noch\snicht\szugestellt
      | will\s(?:keep|be)\s(?:trying|retried|re-?tried) | you\sdo\snot\sneed\sto\s(?:resend|do)
      | temporarily\sunable | (?:delivery|mail|message)\s.{0,80}\b(?:is|was|has\sbeen)\sdelayed
      | will\scontinue\s(?:to\stry|trying) | wird\s(?:weiterhin\s|erneut\s)?versuch
      | no\saction\sis\srequired\son\syour\spart | delivery\sattempts\swill\scontinue
      | zustellung\s.{0,60}verzögert | still\s(?:trying|being\sretried) | is\sdelayed
    """
)
BODY = re.compile(
    r"""(?isx) できません | 失敗 | エラー | 退回 | 退信 | 无法 | 未能 | 失败 | 無法 | 실패 | frozen
      | (?:could|can|did|was|has|have|were|is|wo|wil|would|does)\s?(?:n['’]?t|not|\snot)
        \s.{0,80}?(?:deliver|reach|accept|found|exist|relay|receive|sent\b)
      | \bundeliver | deliver.{0,80}?\bfail | fail(?:ed|ure)\b | fatal\serrors | bounced
      | unable\sto\s(?:deliver|send|relay|find) | not\s(?:be\s)?deliver
      | returned\sto\s(?:the\s)?sender
      | permanent\serror | given\sup | user\s(?:is\s)?unknown | unknown\suser | no\ssuch\suser
      | quota | mailbox\s(?:is\s)?full | returned\s(?:mail|message) | reject | error
      | nicht\s(?:\w+\s)?(?:zugestellt|erreicht|zustell|ausgeliefert|übermittelt|verteilt)
      | unzustellbar | fehler | konnte\s.{0,80}?nicht | abgelehnt | unbekannt
      | n['’]a\spas\spu | impossible | non\sremis | [ée]chec | erreur
      | no\s(?:se\s)?(?:ha\s)?pud?[io]|no\spuede | entregar | impossibile | non\s[èe]\sstat
      | niet\s.{0,40}?(?:bezorgd|afgeleverd) | nie\s(?:zosta|mo) | dostarcz | não\s | entreg
      | edilemedi | iletilemedi | не\s(?:вдалося|доставлен|може|удалось) | недоставлен
      | inte\s.{0,20}lever | misslyckades | hittades\sinte | ikke\s.{0,20}lever | epäonnistui
      | ei\svoitu | nem\s(?:sikerült|található) | kézbesít | doruč | neexistuje | nu\sa\sputut
      | devuelto | lleno | inesistente | inexistente | n['’]existe\spas | existiert\snicht
      | 投遞 | 傳遞 | 退件 | 못했습니다 | 존재하지"""
)
# What nobody but a mail server writes, whoever it says it is.
UNMISTAKABLE = re.compile(
    r"""(?ix) this\sis\sthe\s(?:mail\ssystem|qmail|postfix|mail\sdelivery|deliver\sprogram
        |e-?mail\sserver) | this\smessage\swas\screated\sautomatically\sby
      | reporting-mta\s?: | final-recipient\s?: | permanent\sfatal\serrors
      | transcript\sof\ssession | generat(?:ing|ierender)\sserver\s?:"""
)
# What stands in the middle of a report and seldom in what people write.
TRANSCRIPT = re.compile(
    r"""(?imx) \b[45]\d\d[\s-]+#?[45]\.\d{1,3}\.\d | \(\#[45]\.\d\.\d{1,3}\)
      | ^[^\n]{0,20}(?:<<<|>>>)\s | \brcpt\sto: | \bmail\sfrom:
      | ^\W{0,3}(?:error:?\s*)?[45][0-5]\d[\s-]+\S
      | not\slisted\sin\s(?:the\s)?(?:public|domino) | ^-{3,}[^\n]{0,60}(?:errors|reasons)\s*-{3,}
      | error:\s | status\s?:\s[45]\.\d"""
)
GREETING = re.compile(
    r"""(?ix) \s*(?:hall?o|hi|hello|dear|moin|servus|guten\s\w+|sehr\sgeehrte[rs]?|liebe[rs]?
      |bonjour|hola|ciao|buongiorno|cze[sś][cć]|merhaba|доброго|добрий) \b
      (?! .{0,3}\sthis\sis\sthe | \s(?:\S+@\S+|sender|user|customer|mail|absender|postmaster
        |sir)\b)"""
)
ARRIVED = re.compile(
    r"(?i)successful(?:ly)? (?:delivery notif|delivered|relayed|sent)|erfolgreich zugestellt"
    r"|has been delivered to|wurde zugestellt an"
)
FAILED = re.compile(r"(?i)fatal|fail|could not|cannot|unable|undeliver|error|reject|nicht\b|\bnot ")
REJECTION = re.compile(
    r"(?i)automatically rejected|(?:was|been|is) (?:rejected|refused)"
    r"|automatisch (?:abgelehnt|zurück)"
)
# What only people say about a report.
PERSON = re.compile(
    r"""(?ix) \b(?: warum | weshalb | wieso | was\shei[sß]+t | woran\sliegt | können\ssie
      | kannst\sdu
      | bitte\s(?:um|prüf\w*|helfen|schauen) | please\s(?:help|check|look|fix|have)
      | gru(?:ß|ss) | grü(?:ß|ss)e | danke | thanks | regards
      | ich\s(?:habe|bekomme|erhalte|kann) | why\b
      | i\s(?:got|get|keep|received|am\sgetting)
      | my\s(?:e-?)?mails? | (?:can|could|would)\syou\b | any\sidea | pourquoi | por\squé | perché
      | waarom | dlaczego | neden | чому )\b"""
)
# Sentences of mail servers, which other programs write too.
SENTENCE = re.compile(
    r"""(?isx) i['’]ve\sgiven\sup | undeliverable\s(?:message|mail|to\b)
      | the\sfollowing\s(?:message|address(?:es)?|recipients?)\s.{0,60}?
        (?:fail|could\snot|had|undeliver|not\s(?:be\s)?(?:deliver|reach)|cannot|was)
      | (?:your\s(?:message|mail|e-?mail)|message)\s.{0,120}?
        (?:could|can|was|did|has)\s?(?:not|n['’]t)\s.{0,20}?(?:be(?:en)?\s)?(?:delivered|reach)
      | deliver(?:y|ing)\s.{0,60}?(?:recipients?|address(?:es)?|message|user)\s.{0,40}?fail
      | (?:unable|wasn['’]t\sable|not\sable)\sto\sdeliver | mail\sdelivery\s.{0,30}?fail
      | nicht\szugestellt\swerden | zustellung\s.{0,80}?fehlgeschlagen
      | \b5[05]\d[\s-]#?5\.\d\.\d+ | remote\s(?:server|host)\s(?:returned|said)
      | rejected\s(?:the\s)?recipient | not\s(?:a\s)?member\s.{0,60}?list
      | cannot\sbe\s(?:delivered|sent)\sto
      | host\s\S+\[[\d.]+\]\ssaid"""
)
CHALLENGE = re.compile(
    r"""(?ix) confirm\s(?:that\s)?(?:you\s(?:are|sent)|your\s(?:message|e-?mail\saddress|identity))
      | sender\s(?:address\s)?verification\srequired | requires\s.{0,40}verif
      | challenge[-/]response | \btmda\b | boxbe | spam\s?arrest | to\srelease\syour\smessage
      | (?:held|waiting|queued)\s.{0,60}(?:approval|confirm|moderator) | verify\s(?:that\s)?you\sare
      | bestätigen\ssie\s.{0,60}(?:absender|nachricht|kein)"""
)
# Below such a line stands a copy of the mail that came back, with addresses of its own.
COPY = re.compile(
    r"""(?imx) ^ [ \t>|*]{0,8} (?:
        -{2,80}\s?.{0,60}
        (?:copy\sof|original|unsent|nachricht|returned|message\s(?:text|header|follows)).*
      | .{0,60}below\s(?:this|the\snext)\sline\sis\sa\scopy.* | .{0,20}begin\s(?:of\s)?original.*
      | .{0,30}(?:original|returned|unsent|your)\s(?:e-?)?(?:mail|message)\s?
        (?:headers?|follows?|text|begins?|reads|attached|is\sattached)\b.*
      | (?:message|mail)\s(?:headers?|text)\s(?:follows?|of).* | included\sis\sa\scopy.*
      | .{0,40}copy\sof\s(?:the|your)\s(?:original\s)?(?:message|mail|e-?mail|header)[^.]{0,60}:?\s*
      | ursprüngliche\s(?:nachricht|kopfzeilen|nachrichtenkopf).* | originalnachricht(?!endetails).*
      | (?:diagnos(?:tic|e)\s?informat|the\sheader\sof\sthe\soriginal\smessage).*
      ) $
      | ^ [>|]{0,3}[ ]?(?:return-path|received|dkim-signature|mime-version|x-mailer|message-id)
        \s?:.* $"""
)


def is_server(author: Mailbox) -> bool:
    """True for the names and addresses that mail servers give to themselves."""
    local = author.key.partition("@")[0]
    return bool(_SERVER.fullmatch(local) or _SERVER_NAME.search(author.name))


def is_daemon(author: Mailbox) -> bool:
    """True for a server's own sender of reports, which writes nothing else."""
    local = author.key.partition("@")[0]
    return bool(_DAEMON.fullmatch(local) or _DAEMON_NAME.search(author.name))


def is_server_address(address: str) -> bool:
    """True for an address that a report names as its own or as that of its keeper."""
    return bool(_NOT_MISSED.match(address))
