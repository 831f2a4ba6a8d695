"""Whether a mail shows the program that a person wrote it in."""

import re
from collections.abc import Mapping, Sequence

Fields = Mapping[str, Sequence[str]]

_HAND_ID = re.compile(
    r"@(?:mail\.gmail\.com|mail\.yahoo\.com|email\.android\.com|\S+\.prod\.outlook\.com)>?$"
    r"|^<?trinity-|^<?emailplus-"
)
_PROGRAM = re.compile(
    r"""(?ix) mozilla | thunderbird | outlook | apple\smail | iphone | ipad | macintosh | k-9
      | fairemail | evolution | kmail | claws | mutt | alpine | roundcube | webmail | horde
      | squirrelmail | open-xchange | the\sbat | airmail | mailbird | em\sclient | foxmail
      | webservice/.*yahoo | zimbra | sogo | rainloop | snappymail | spark | bluemail | postbox"""
)


def is_shown(fields: Fields) -> bool:
    """True when fields name the mail program or the web mailer that somebody wrote it in."""
    program = f"{_first(fields, 'user-agent')} {_first(fields, 'x-mailer')}"
    return bool(
        _PROGRAM.search(program)
        or "x-originating-ip" in fields
        or ("in-reply-to" not in fields and _HAND_ID.search(_first(fields, "message-id")))
    )


def _first(fields: Fields, name: str) -> str:
    values = fields.get(name)
    return values[0].strip().lower() if values else ""
