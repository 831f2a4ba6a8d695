"""Words that people write for keys and values of the rule files, and what they mean there."""

from collections.abc import Mapping

from gateway.policy.names import written_out


def _table(lines: str) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for line in lines.strip().splitlines():
        word, _, others = line.partition(":")
        for other in others.split(","):
            found.setdefault(other.strip(), []).extend(word.split())
    return {other: tuple(words) for other, words in found.items()}


_MEANT = _table("""
name: titel, bezeichnung, kurzname, heisst, handle
title: titel, betreff, subject, ueberschrift
domain: domaene, from, domains, host
domains: domaenen, domain
language: sprache, lang
postmaster: postmeister
addresses: adressen, mailadressen, emails, address, mails
address: adresse, email, e mail, mail, from, von, absender, emailadresse, mailadresse, sender
departments: abteilungen, abteilung, to, an, bei, fuer, standort, standorte, dept, depts, teams
departments: team, department, departements, groups
department: abteilung, standort, dept, team, to, an, verschieben, move, departments
public: oeffentlich
internal: intern
members: mitglieder
form: formular, kontaktformular
command: befehl, befehle, commands, kommandos
relay: weiterleitung, weiterleiten, forward, forwarding, redirect, umleiten
timezone: zeitzone, time zone, tz
kind: art, typ, type
type: art, typ, kind
aliases: woerter, synonyme, weitere namen, auch, alias
admins: admin, verwaltung, administratoren
admin: admins, verwaltung, vorstand, administrator
silent: still, stumm
notify: benachrichtigen, benachrichtigung, benachrichtigungen, informieren, mail
digest: sammelmail, zusammenfassung
reason: grund, warum, begruendung, comment, kommentar, why
until: bis, ablauf, expires, expiry, gueltig bis, to, ende, end
authenticated: bewiesen, mit nachweis, nachweis, proof, proved, verified
subdomains: unterdomains
header: kopfzeile, kopffeld, headers
allow: erlaubt, erlauben, allowed, allowlist, whitelist, positivliste, zugelassen
block: gesperrt, sperren, blocked, blocklist, blacklist, deny, denied, sperre, negativliste
agents: agenten, agentinnen, benutzer, users, konten, nutzer, personen
fields: felder, feld, field
topics: themen, hilfethemen, thema, hilfethema, topic
topic: thema, hilfethema, topics
statuses: status
status: zustand, statuses, state
state: zustand, status
escalations: eskalationen, regeln, rules, eskalation
rules: regeln, regel, rule, routing
steps: schritte, schritt, then, dann, step, actions
when: wenn, if, bedingung, conditions, bedingungen
if: wenn, when, falls, bedingung, bedingungen, condition, conditions
then: dann, aktion, aktionen, actions, action, do
for: fuer, gilt fuer, kind, typ
since: seit, ab
after: nach, danach, von, from, ab
before: bis, vor, to
first_day: von, ab, from, erster tag, since
last_day: bis, to, until, letzter tag
remind: erinnern, erinnerung, reminder
move: verschieben, department
assign: zuweisen, zustaendig
note: notiz, anmerkung
text: nachricht, message, body, string, einzeilig, freitext
long-text: mehrzeilig, text lang, langtext, textarea
flag: ja/nein, janein, checkbox, boolean, bool, haken, ankreuzfeld
choice: auswahl, select, dropdown, liste, enum
date: datum, tag
number: zahl, nummer, integer
identifiers: nummern, seriennummer, seriennummern, kennung, kennungen, identifier
english: englisch
choices: auswahl, werte, values, options, optionen
pattern: muster, regex, regexp
example: beispiel
unique: eindeutig, einmalig
required_to_close: pflicht, pflichtfeld, required, mandatory, noetig
required: pflicht, pflichtfelder, mandatory
priority: prioritaet, dringlichkeit, prio
autoresponse: textbaustein, antwort, canned
canned: textbaustein, baustein, antwort, template
answer: antwort, antworten, reply
side: seite
matched: zugeordnet
calendar: kalender
weekend: wochenende
holidays: feiertage, feiertag
days_off: freie tage, frei, urlaub
default: standard, vorgabe
fallback: sonst, ansonsten, standard, default, rueckfall
broken: kaputt, fehlerhaft, defekt, ungueltig
locations: standorte, orte
postcodes: postleitzahlen, plz, postcode
postcode: postleitzahl, plz
refuse: ablehnen, abweisen, reject
reject: ablehnen, abweisen, refuse
accept: annehmen, akzeptieren, erlauben, allow
secret: geheimnis, schluessel, key, passwort, password
senders: absender, from, sender
elsewhere: woanders, anderswo, ueberregional
outside: ausserhalb
exempt: ausgenommen, ausnahmen, exceptions
tag: schlagwort, schlagworte, tags, label
stop: stopp, ende, halt
quarantine: quarantaene
refer: verweisen, referral
from: absender, von, sender, address
to: an, empfaenger, recipient, nach
subject: betreff, titel
body: text, inhalt, nachricht, content
attachment: anhang, anlage
attachments: anhaenge, anlagen
all: und, and, alle, alles
any: oder, or, eines, einer
not: nicht, kein, ohne
contains: enthaelt, enthalten, beinhaltet, include, includes, has
equals: gleich, ist, genau, is, equal
is: equals, gleich, ist
starts: beginnt, beginnt mit, startswith, starts with, begins
ends: endet, endet mit, endswith, ends with
word: wort, woerter, words
regex: muster, regexp, pattern, ausdruck
between: zwischen
filled: ausgefuellt, gefuellt
empty: leer
taken: genommen, vergeben, zugewiesen, assigned
proved: bewiesen, authenticated
forged: gefaelscht
automatic: automatisch
encrypted: verschluesselt
signed: signiert, unterschrieben
time: zeit, uhrzeit
weekdays: wochentage, tage, days
over: groesser, mehr als, ueber
under: kleiner, weniger als, unter
levels: stufen
second_factor: zweiter faktor, 2fa
closed_months: monate, nach monaten, months
purge_days: loeschen nach
lock_after_months: sperren nach
delete_after_months: loeschen nach
office: buero, geschaeftsstelle, amt, abteilung
location: standort, ort, lokal
supraregional: ueberregional
de: deutsch, german
en: englisch, english
low: niedrig, gering
normal: mittel, medium
high: hoch, wichtig, important
urgent: dringend, eilig, sehr hoch
none: nichts, keine, aus, off, nie, never, nein, no
mine: meine, eigene
daily: taeglich, tag
weekly: woechentlich, woche
offer: angebot, angebote
request: nachfrage, anfrage, gesuch
open: offen
in-progress: in arbeit, in bearbeitung
on-waiting: warteliste, wartend, auf der warteliste, waiting
closed: geschlossen, zu, erledigt
archived: archiviert, archiv
deleted: geloescht
keep: behalten, bleibt
actor: wer es tut, handelnde
nobody: niemand, keiner
delete: loeschen
propose: vorschlagen
enrolled: eingerichtet
off: aus, nein, false, keine, no
required: alle, ja, true, on, immer, yes
new: neu, neue
reply: antwort, antworten, replies
agent: agenten, agents, intern
matching: zutreffend
opened: eroeffnet, erstellt, created
message: nachricht, anfrage
due: faellig
monday: montag, mo
tuesday: dienstag, di
wednesday: mittwoch, mi
thursday: donnerstag, do
friday: freitag, fr
saturday: samstag, sonnabend, sa
sunday: sonntag, so
organisation: organization, verein, adressen
retention: aufbewahrung, loeschfristen, fristen
accounts: konten
security: sicherheit
workflow: ablauf, status
""")


def meant_by(word: str, known: Mapping[str, str]) -> str:
    """The known word that another one means; `known` by their plain forms. Empty for none."""
    for each in _MEANT.get(plain(word), ()):
        if each in known.values():
            return each
        if plain(each) in known:
            return known[plain(each)]
    return ""


def plain(word: str) -> str:
    """In lower case, umlauts written out, with blanks instead of hyphens and underscores."""
    return " ".join(written_out(word).replace("-", " ").replace("_", " ").split())
