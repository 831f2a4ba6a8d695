"""Absence notices by their words, in the languages that requesters of this organisation write."""

import re

_REPLY = r"(?:(?:re|aw|antw|sv|odp|ynt|tr|rif|res)\s?:\s*)*"
_ANSWER = re.compile(r"(?i)\s*(?:re|aw|antw|sv|odp|ynt|rif|res)\s?:")
# What only a program writes as a subject.
_SUBJECT = re.compile(
    rf"""(?ix) ^\s* (?:\[[^\]\n]{{1,40}}\]\s*)? {_REPLY} (?: (?:
        auto(?:matische[rs]?|matic|mated)?[\s_-]?(?:antwort|reply|response|respuesta|re?ply)\b
      | automatische\s(?:abwesenheits\w+|rückmeldung|empfangs\w+|e-?mail) | autom\.\s?antwort
      | automatisch\s(?:generierte|erzeugte|erstellte)\s(?:antwort|nachricht|e-?mail)
      | réponse\s(?:automatique|auto\b) | respuesta\s(?:automática|automatica)
      | risposta\s(?:automatica|automatizzata) | automatisch\s(?:antwoord|bericht)
      | autoodpowied[zź] | odpowied[zź]\sautomatyczna | automatyczna\sodpowied[zź]
      | resposta\sautom[aá]tica | otomatik\s(?:yan[ıi]t|cevap)
      | автоматична\sвідповідь | автовідповідь | автоматический\sответ | автоответ
      | autosvar | automatisk[t]?\s(?:svar|besked) | automatick[áa]\s(?:odpov[ěe][ďd]|odpove[ďd])
      | automaattinen\svastaus | automatikus\sv[áa]lasz | automatski\sodgovor
      | r[ăa]spuns\sautomat | αυτόματη\sαπάντηση | 自動応答 | 自動返信 | 自动答复 | 自动回复
      | 自動回覆 | 자동\s?(?:응답|회신)
      ) (?! \s(?:does|is\snot|not|doesn['’]t|einrichten|abschalten|geht|funktioniert|in\s
        |wanted|needed|required|setup|problems?|(?:de)?aktivieren|ausschalten|gewünscht)\b)
      | (?:
        abwesenheits(?:notiz|nachricht|meldung|assistent|agent|benachrichtigung|mitteilung|info)
      | out[\s-]of[\s-](?:the[\s-])?office\b | away\s(?:from\smy\smail|message|notice)
      | i\sam\saway\b | vacation\s(?:reply|notice|response|message)
      | absence\sdu\sbureau | absent\(?e?\)?\sdu\sbureau | message\sd['’]absence
      | notification\sd['’]absence | fuera\sde\s(?:la\s)?oficina | fuori\s(?:sede|ufficio)
      | assente\s(?:dall['’]ufficio) | afwezigheids\w+ | niet\sop\skantoor | poza\sbiurem
      | nieobecno[sś][cć] | fora\sd[oe]\sescrit[oó]rio | ausência\stempor[aá]ria
      | ofis\sdışında | işyeri\sdışında | поза\sофісом | відсутн(?:ій|я)\s(?:на\sроботі|в\sофісі)
      ) (?: \s* (?:$ | [:(\[\-–—,!.|/"„“*]) | \s(?:auto.{{0,3}}reply | reply | message
        | notification | notice | today | until | till | through | from | re | aw
        | bis | vom | von | ab | der | am
        | jusqu | du | le | hasta | fino | tot | van | do | od | até )\b )
      | abwesenheit\s?: | abwesend\s?: | ooo\s?: | oof\s?: | vacation\s?: | afwezig\s?:
      | on\s(?:vacation|leave|holidays?)\s?:
      | auto\s?:\s*(?:(?:re|aw|antw|sv|tr)\s?:|out\sof|.{{0,80}}(?:außer\shaus|out\sof))
    )"""
)
_SUBJECT_ENDS = re.compile(
    r"""(?ix) \b(?: is\s(?:currently\s)?out\sof\s(?:the\s)?office | ist\saußer\shaus
      | ist\s(?:derzeit\s|zurzeit\s|momentan\s)?(?:nicht\sim\s(?:büro|hause?)|abwesend|im\surlaub)
      | est\sabsente?(?:\sdu\sbureau)? | is\son\s(?:vacation|leave|holiday)
    )\b"""
)
# What people write too: counts when the body agrees.
_MAYBE = re.compile(
    r"""(?ix) ^\s* (?:
        (?:ich\sbin\s)?(?:nicht\sim\s(?:büro|haus)|(?:derzeit\s)?im\surlaub|außer\shaus|abwesend)\b
      | abwesenheit\b | urlaub\b | auto\s?: | vacation
      | (?:i\sam\s)?(?:away\b|on\s(?:vacation|holiday|leave)\b)
      | out\sof\soffice | absence\b | absent\b | en\scong[eé]s? | de\svacaciones | vacaciones
      | ausente\b | ausencia\b | assenza\b | in\sferie | assente\b | afwezig | met\svakantie
      | urlop | nieobecn | ausente | ausência | f[eé]rias | izindeyim | izinli | відпустк | відсутн
    )"""
)
_BODY = re.compile(
    r"""(?isx)
        (?:ich\s(?:bin|befinde\smich)|wir\ssind)\s.{0,60}?(?:nicht\s(?:im\s(?:büro|haus|dienst)
            |erreichbar|da\b|anwesend)|im\surlaub|abwesend|außer\shaus|auf\s(?:einer\s)?dienstreise
            |in\s(?:elternzeit|mutterschutz))
      | (?:i\sam|i['’]m|i\swill\sbe|we\sare)\s.{0,60}?(?:out\sof\s(?:the\s)?office|away\b
            |on\s(?:annual\s|parental\s|maternity\s|sick\s)?(?:leave|vacation|holiday)|on\sholiday)
      | je\s(?:suis|serai)\s.{0,60}?(?:absente?|en\scongés?|hors\sdu\sbureau|en\svacances)
      | (?:estoy|estaré|me\sencuentro)\s.{0,60}?(?:fuera\sde|de\svacaciones|ausente)
      | (?:sono|sarò)\s.{0,60}?(?:assente|in\sferie|fuori\s(?:sede|ufficio))
      | (?:ik\sben|wij\szijn)\s.{0,60}?(?:afwezig|op\svakantie|met\s(?:vakantie|verlof)
            |niet\s(?:op\skantoor|aanwezig|bereikbaar))
      | (?:jestem|przebywam|będę)\s.{0,60}?(?:na\surlopie|poza\sbiurem|nieobecn|niedostępn)
      | (?:estou|estarei|encontro-me)\s.{0,60}?(?:de\sf[eé]rias|ausente|fora\sd)
      | (?:yıllık\s)?izinde(?:yim|\solacağım) | ofis(?:te)?\s(?:dışındayim|dışındayım|değilim)
      | (?:я\s)?(?:перебуваю|буду|зараз)\s.{0,60}?(?:у\sвідпустці|відсутн|поза\sофісом)
      | я\s(?:в|у)\sвідпустці
    """
)
_SAYS_SO = re.compile(
    r"""(?imx) ^\W* (?:
        (?:this\sis|the\sfollowing\sis)\san?\s(?:automatic(?:ally)?|automated|auto[- ]generated)
            \s(?:generated\s)?(?:reply|response|answer|vacation|out.of.office)
      | (?:dies|das|hierbei|es)\s(?:ist|handelt\ses\ssich\sum)\seine\s(?:automatische
            |automatisch\s(?:generierte|erzeugte|erstellte|versendete))\s(?:antwort|abwesenheits\w+
            |eingangsbestätigung|empfangsbestätigung)
      | ceci\sest\sune\sréponse\sautomatique | est[ae]\ses\suna\srespuesta\sautomática
      | questa\sè\suna\srisposta\sautomatica | dit\sis\seen\sautomatisch\s(?:antwoord|bericht)
      | to\sjest\s(?:automatyczna\sodpowiedź|odpowiedź\sautomatyczna)
      | esta\sé\suma\sresposta\sautomática | bu\sbir\sotomatik\s(?:yanıt|cevap)
      | це\sавтоматична\sвідповідь
    )"""
)
_SPEAKS_OF_IT = re.compile(
    r"""(?ix) \b (?: abwesen | urlaub | verreist | elternzeit | mutterschutz | krankgeschrieben
      | (?:nicht|wieder)\s(?:da|im\s(?:büro|haus)|erreichbar|zurück)\b | zurück\s(?:am|ab|sein)\b
      | out\sof\s(?:the\s)?office | vacation | away\b | on\s(?:holiday|leave)\b | absent
      | (?:back|return)\s(?:on|in|at|by)\b
      | (?:bis|until|till)\s(?:zum\s|einschließlich\s|einschl\.\s|the\s)?(?:\d{1,2}\b
        |(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch
        |nächste|next|anfang|mitte|ende|end\sof))"""
)
_SUBJECT_LENGTH = 300
_BODY_LENGTH = 800


def is_named(subject: str) -> bool:
    """True when the subject is one that only programs give to an absence notice."""
    subject = subject[:_SUBJECT_LENGTH]
    return bool(_SUBJECT.match(subject) or _SUBJECT_ENDS.search(subject))


def is_answer(subject: str) -> bool:
    """True for `Re:`, so that the rest may be the subject of an absence notice that is answered."""
    return bool(_ANSWER.match(subject[:_SUBJECT_LENGTH]))


def is_told(subject: str, text: str) -> bool:
    """True when subject and text agree that the writer is absent, and he asks for nothing."""
    maybe = _MAYBE.match(subject[:_SUBJECT_LENGTH]) is not None
    return maybe and is_absent(text) and "?" not in text[:_BODY_LENGTH]


def is_absent(text: str) -> bool:
    """True when the first sentences say that the writer is absent."""
    return bool(_BODY.search(text[:_BODY_LENGTH]))


def speaks_of_absence(subject: str, text: str) -> bool:
    """True when a mail that is known to be automatic says that its writer is absent.

    Not every automatic answer does: some only say that a mail has arrived.
    """
    subject, beginning = subject[:_SUBJECT_LENGTH], text[:_BODY_LENGTH]
    if is_named(subject) or _MAYBE.match(subject) or is_absent(beginning):
        return True
    return bool(_SPEAKS_OF_IT.search(f"{subject}\n{beginning}"))


def says_automatic(text: str) -> bool:
    """True when the text calls itself an automatic answer."""
    beginning = text[:_BODY_LENGTH]
    lower = beginning.lower()
    # The pattern is slow, and all that it knows has one of these words in it.
    if not ("auto" in lower or "otomatik" in lower or "автомат" in lower):
        return False
    return bool(_SAYS_SO.search(beginning))
