"""An invitation as text (RFC 5545), in words of no language."""

import re

_MAX = 100_000
_FOLD = re.compile(r"\r?\n[ \t]")
_LINE = re.compile(r"^(\w[\w-]{1,30})((?:;[^:\"\n]{1,300}|\"[^\"\n]{0,300}\"){0,20}):(.*)$")
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?")
_ZONE = re.compile(r"TZID=\"?([^;:\"]+)")
_ESCAPED = re.compile(r"\\([nN,;\\])")


def event_text(source: str) -> str:
    """Title, time, place, organiser and description of the first event; may be empty."""
    fields = _first_event(_FOLD.sub("", source[:_MAX]))
    times = [fields[name] for name in ("DTSTART", "DTEND") if fields.get(name)]
    organiser = re.sub(r"(?i)^mailto:", "", fields.get("ORGANIZER", ""))
    head = (fields.get("SUMMARY"), " – ".join(times), fields.get("LOCATION"), organiser)
    lines = "\n".join(line for line in head if line)
    description = fields.get("DESCRIPTION", "").strip()
    return f"{lines}\n\n{description}".strip()


def _first_event(source: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    inside = ""
    for line in source.split("\n"):
        found = _LINE.match(line.rstrip("\r"))
        if not found:
            continue
        name, parameters, value = found[1].upper(), found[2], found[3]
        if name == "BEGIN" and value != "VCALENDAR":
            inside = value.upper()
        elif name == "END" and inside in {"VEVENT", "VTODO"}:
            break
        elif inside in {"VEVENT", "VTODO"} and name not in fields:
            fields[name] = _moment(value, parameters) if name[:2] == "DT" else _unescaped(value)
    return fields


def _unescaped(value: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)


def _moment(value: str, parameters: str) -> str:
    found = _MOMENT.match(value)
    if not found:
        return value
    day = f"{found[1]}-{found[2]}-{found[3]}"
    if not found[4]:
        return day
    zone = _ZONE.search(parameters)
    named = " UTC" if found[6] else f" {zone[1]}" if zone else ""
    return f"{day} {found[4]}:{found[5]}{named}"
