"""Domains where everybody can have an address: what holds for them all holds for anybody."""

FREEMAIL = frozenset(
    """
    163.com 126.com aol.com aol.de arcor.de bluewin.ch bk.ru btinternet.com comcast.net disroot.org
    duck.com email.cz email.de fastmail.com fastmail.fm free.fr freenet.de freenetmail.de gmail.com
    gmx.at gmx.ch gmx.com gmx.de gmx.eu gmx.info gmx.net gmx.org googlemail.com hey.com
    hotmail.co.uk hotmail.com hotmail.de hotmail.es hotmail.fr hotmail.it hushmail.com icloud.com
    inbox.lv inbox.ru interia.pl kabelmail.de laposte.net libero.it list.ru live.at live.ch
    live.co.uk live.com live.de live.fr live.nl lycos.com mac.com magenta.de mail.com mail.de
    mail.ru mailbox.org me.com msn.com mykolab.com naver.com o2.pl o2mail.de o2online.de onet.pl
    online.de online.no orange.fr outlook.at outlook.com outlook.de outlook.es outlook.fr outlook.it
    pm.me posteo.at posteo.ch posteo.com posteo.de posteo.eu posteo.net posteo.org proton.me
    protonmail.ch protonmail.com qq.com rambler.ru riseup.net rocketmail.com seznam.cz sfr.fr
    sina.com skynet.be smart-mail.de t-online.de telia.com tiscali.it tuta.com tuta.io tutanota.com
    tutanota.de ukr.net unitybox.de verizon.net virgilio.it vodafone.de vodafonemail.de wanadoo.fr
    web.de wp.pl xs4all.nl yahoo.at yahoo.ca yahoo.co.in yahoo.co.jp yahoo.co.uk yahoo.com yahoo.de
    yahoo.es yahoo.fr yahoo.it yandex.com yandex.ru yeah.net ymail.com zoho.com
    """.split()
)
"""The big ones of the countries that write to us; the list need not be whole to be useful."""

_SHORT_PARTS = frozenset({"ac", "co", "com", "edu", "gov", "gv", "ne", "net", "or", "org"})
_COUNTRY = 2


def is_anybodys(domain: str) -> bool:
    """True for a domain at which everybody can have an address, or a name: `gmx.de`, `co.uk`."""
    labels = domain.split(".")
    is_registry = len(labels) == 1 or (
        len(labels) == _COUNTRY and len(labels[1]) == _COUNTRY and labels[0] in _SHORT_PARTS
    )
    return domain in FREEMAIL or is_registry
