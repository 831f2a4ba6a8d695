"""Words of an author who says that more of the answer stands inside the old mail below.

Outlook gives what is typed between the lines of the old mail no sign at all. Then all of it is
kept, as the answer cannot be told from the rest.
"""

import re
from collections.abc import Sequence

_MAX_LINE = 300
_SHORT = 200  # characters of all own text; "see below" in a longer one may mean anything
_NEAR = 20  # lines at the start and at the end that are looked at
_GAP = r"\b[^.!?]{0,40}?\b"

# Answer words of a language, and where its authors say that the answers are.
_ANSWERS = (
    (
        r"(?:answer|repl[iy]|comment|respon[sd]|remark|note|annotation|feedback|input)\w*",
        (
            r"(?:below|in-?line|in\sbetween|in\s(?:red|blue|green|bold|colou?r|caps|capitals|(?:the|your)\s"
            r"(?:text|e-?mail|message|body)))"
        ),
    ),
    (
        r"(?:antwort|beantwort|kommentar|anmerkung|rückmeldung|geantwort|ergänz|geschrieben)\w*",
        (
            r"(?:unten|darunter|im\s(?:text|mailtext)|in\s(?:deine[rm]|ihre[rm]|eure[rm])\s(?:mail|nachricht)"
            r"|inline|dazwischen|(?:in\s)?(?:rot|blau|grün|farbig|farbe|fett|rote[rn]?|blaue[rn]?)|s\.\s?u)"
        ),
    ),
    (
        r"(?:répon[sd]|commentaire|remarque|précision)\w*",
        (
            r"(?:ci-dessous|plus\sbas|dans\s(?:le|votre|ton)\s(?:texte|corps|mail|message)"
            r"|en\s(?:rouge|bleu|vert|gras|couleur))"
        ),
    ),
    (
        r"(?:respuesta|respond|contest|comentario)\w*",
        r"(?:abajo|debajo|entre\slíneas|en\s(?:rojo|azul|verde|negrita|el\s(?:texto|cuerpo)))",
    ),
    (
        r"(?:rispost|rispond|comment|osservazion)\w*",
        r"(?:sotto|di\sseguito|in\s(?:rosso|blu|verde|grassetto|calce)|nel\s(?:testo|corpo))",
    ),
    (
        r"(?:antwoord|beantwoord|reactie|opmerking|commentaar)\w*",
        r"(?:hieronder|onder|tussen|inline|in\s(?:het\s)?(?:rood|blauw|groen|vet)|in\sde\stekst)",
    ),
    (
        r"(?:odpowied|odpis|komentarz|uwag)\w*",
        r"(?:poniżej|niżej|na\s(?:czerwono|niebiesko|zielono)|w\s(?:tekście|treści))",
    ),
    (
        r"(?:respost|respond|comentári)\w*",
        r"(?:abaixo|em\s(?:vermelho|azul|verde|negrito)|no\s(?:texto|corpo))",
    ),
    (r"(?:cevap|yanıt|yorum)\w*", r"(?:aşağıda\w*|kırmızı\w*|mavi\w*|arada)"),
    (
        r"(?:відпові[дс]|коментар|зауваж|ответ|отвеч|комментари|замечани)\w*",
        r"(?:нижче|червоним|синім|ниже|красным|синим|[ву]\sтексті|в\sтексте|по\sтексту)",
    ),
    (
        r"(?:svar|besvar|kommentar|anmärkning|bemærkning)\w*",
        r"(?:nedan|nedenfor|herunder|[im]e?d?\s(?:rött|rød[t]?|blått|blåt?)|i\s(?:texten|teksten))",
    ),
    (r"(?:odpově[dď]|odpovíd|komentář|poznámk)\w*", r"(?:níže|červeně|modře|v\stextu)"),
)
_POINTS = re.compile(
    "(?i)"
    + "|".join(rf"\b{said}{_GAP}{where}\b|\b{where}{_GAP}{said}\b" for said, where in _ANSWERS)
    + r"|^\W*in-?line\W*$|\b(?:see|please\sfind)\b[^.!?]{0,20}\bin-?line\b|\binline\sbelow\b"
)
_SEE_BELOW = re.compile(
    r"(?i)\b(?:see|read|look)\s(?:\w+\s)?(?:below|beneath)\b|\b(?:siehe|s\.)\s(?:weiter\s)?unten\b"
    r"|\bs\.\s?u\.|\bvoir\s(?:ci-dessous|plus\sbas)\b|\bver\s(?:más\s)?abajo\b|\bvedi\s(?:di\s)?s(?:otto|eguito)\b"
    r"|\bzie\s(?:hier)?onder\b|\b(?:patrz|zob\.?)\sponiżej\b|\bve(?:r|ja)\sabaixo\b|\bviz\sníže\b"
    r"|\b(?:див|см)\.?\s(?:нижче|ниже)\b|\bse\s(?:nedan|nedenfor|herunder)\b|\başağıya\sbak"
)


def points_inside(own: Sequence[str]) -> bool:
    """True when own lines say that answers or comments stand in the old text."""
    near = own if len(own) <= 2 * _NEAR else (*own[:_NEAR], *own[-_NEAR:])
    return any(_POINTS.search(line[:_MAX_LINE]) for line in near)


def points_below(own: Sequence[str]) -> bool:
    """The same, or a short text that says "see below"."""
    if points_inside(own):
        return True
    text = "\n".join(own[:_SHORT])
    return len(own) <= _SHORT and len(text) <= _SHORT and _SEE_BELOW.search(text) is not None
