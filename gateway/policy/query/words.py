"""The words of the filter language in both languages, folded."""

from collections.abc import Mapping

from gateway.model.query import Key, SortBy
from gateway.model.ticket import Priority

KEYS: Mapping[str, Key] = {
    "status": Key.STATUS,
    "state": Key.STATUS,
    "dept": Key.DEPARTMENT,
    "department": Key.DEPARTMENT,
    "abteilung": Key.DEPARTMENT,
    "standort": Key.DEPARTMENT,
    "topic": Key.TOPIC,
    "thema": Key.TOPIC,
    "hilfethema": Key.TOPIC,
    "tag": Key.TAG,
    "marke": Key.TAG,
    "schlagwort": Key.TAG,
    "priority": Key.PRIORITY,
    "prioritaet": Key.PRIORITY,
    "from": Key.FROM,
    "von": Key.FROM,
    "agent": Key.AGENT,
    "an": Key.AGENT,
    "zustaendig": Key.AGENT,
    "responsible": Key.AGENT,
    "older": Key.OLDER,
    "aelter": Key.OLDER,
    "newer": Key.NEWER,
    "neuer": Key.NEWER,
    "juenger": Key.NEWER,
    "since": Key.SINCE,
    "seit": Key.SINCE,
    "ab": Key.SINCE,
    "until": Key.UNTIL,
    "bis": Key.UNTIL,
    "is": Key.IS,
    "ist": Key.IS,
    "has": Key.HAS,
    "hat": Key.HAS,
    "mit": Key.HAS,
    "text": Key.TEXT,
    "wort": Key.TEXT,
}
"""Words before a colon."""

PRIORITIES: Mapping[str, Priority] = {
    "low": Priority.LOW,
    "niedrig": Priority.LOW,
    "normal": Priority.NORMAL,
    "high": Priority.HIGH,
    "hoch": Priority.HIGH,
    "urgent": Priority.URGENT,
    "dringend": Priority.URGENT,
}

AGE = frozenset({"age", "alter"})
"""`age>7d` is older, `age<7d` newer."""

SORT = frozenset({"sort", "sorted", "sortiert", "sortierung"})
PAGE = frozenset({"page", "seite"})
CSV = frozenset({"csv"})
NOT = frozenset({"not", "nicht", "ohne", "without"})
OR = frozenset({"or", "oder"})
AS = frozenset({"as", "als"})
FORGET = frozenset({"forget", "vergiss", "vergessen"})
SAVED = frozenset({"saved", "gespeichert", "gespeicherte"})
THAN = frozenset({"than", "als"})

SORTS: Mapping[str, SortBy] = {
    "age": SortBy.OLDEST,
    "alter": SortBy.OLDEST,
    "old": SortBy.OLDEST,
    "oldest": SortBy.OLDEST,
    "alt": SortBy.OLDEST,
    "aelteste": SortBy.OLDEST,
    "new": SortBy.NEWEST,
    "newest": SortBy.NEWEST,
    "neu": SortBy.NEWEST,
    "neueste": SortBy.NEWEST,
}

LISTS: Mapping[str, str] = {
    "open": "open",
    "offen": "open",
    "offene": "open",
    "mine": "mine",
    "my": "mine",
    "meine": "mine",
    "waiting": "waiting",
    "wartend": "waiting",
    "wartende": "waiting",
    "warteliste": "waiting",
    "late": "late",
    "overdue": "late",
    "frist": "late",
    "spaet": "late",
    "ueberfaellig": "late",
    "ueberfaellige": "late",
    "closed": "closed",
    "geschlossen": "closed",
    "geschlossene": "closed",
    "zu": "closed",
    "all": "all",
    "alle": "all",
    "free": "free",
    "frei": "free",
    "freie": "free",
}
"""Words of a list that need no key, and what they mean."""

TEXT_LISTS = frozenset({"late", "overdue", "frist", "ueberfaellig", "ueberfaellige"})
"""Those that mean the same between the words of a search."""

ME = frozenset({"me", "mine", "mir", "mich", "ich"})
NOBODY = frozenset({"nobody", "none", "niemand", "niemanden", "keiner", "keine"})
ATTACHMENT = frozenset(
    {"attachment", "attachments", "anhang", "anhaenge", "file", "files", "datei", "dateien"}
)
YES = frozenset({"yes", "ja", "true", "x", "1", "*", "any", "gesetzt"})
NO = frozenset({"no", "nein", "none", "leer", "empty", "0"})

RESERVED = frozenset({*KEYS, *AGE, *SORT, *PAGE, *CSV, *NOT, *OR, *AS, *FORGET, *TEXT_LISTS})
"""Words that a text in search of must be quoted to mean just themselves."""
