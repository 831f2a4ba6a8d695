"""`gateway preview`: outgoing mails with example data, to see what a template makes of them."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from gateway.cli.shared import DEFAULT_CONFIG, ConfigOption, MistakeError, say
from gateway.mail.parse import parse
from gateway.model.outgoing import Outgoing
from gateway.model.people import Language


def preview(
    name: str | None = None,
    *,
    html: Annotated[bool, Parameter(negative="")] = False,
    language: Literal["de", "en"] = "de",
    config: ConfigOption = DEFAULT_CONFIG,
) -> None:
    """Show an outgoing mail with example data, as text or as HTML; without a name, list them.

    For a picture: `gateway preview response --html > mail.html`, then
    `chromium --headless --screenshot=mail.png --window-size=800,1000 mail.html`.

    Parameters
    ----------
    name
        Which mail; without it the names are listed.
    html
        The HTML part instead of the text.
    language
        `de` or `en`.
    config
        The configuration file, which names the folder of own templates. Without one the shipped
        templates are shown.

    """
    from gateway.render.examples import examples  # noqa: PLC0415

    known = examples(Language(language))
    if name is None:
        for each in known:
            say(each)
        return
    if name not in known:
        raise MistakeError(f"There is no mail {name!r}. They are: {', '.join(known)}.")
    mail = parse(_composed(known[name], _templates(config)))
    if html:
        say(mail.html)
    else:
        say(f"Subject: {mail.subject}\n\n{mail.text}")


def _composed(example: Outgoing, templates: Path | None) -> bytes:
    from gateway.policy.confidential import Protected  # noqa: PLC0415
    from gateway.render.composer import MailComposer  # noqa: PLC0415
    from gateway.render.samples import SAMPLE_NOW, SAMPLE_ORGANISATION  # noqa: PLC0415

    composer = MailComposer(SAMPLE_ORGANISATION, templates)
    (mail,) = composer.compose(Protected((example,)), b"", SAMPLE_NOW)
    return mail.head + mail.tail


def _templates(config: Path) -> Path | None:
    """The folder of own templates; None when there is no configuration, or none of its own."""
    if config == DEFAULT_CONFIG and not config.exists():
        return None
    from gateway.config import load  # noqa: PLC0415

    return load(config).templates
