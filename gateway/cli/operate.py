"""`gateway init`, `serve`, `check`: setting up and running."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from gateway.cli.shared import DEFAULT_CONFIG, ConfigOption, say, say_error
from gateway.model.organisation import AddressKind

if TYPE_CHECKING:
    from gateway.config import Config

_TO_TRY = """
Development mode: every mail sent from this machine is believed. Never use it for real mail.
Try this in another terminal:

see a whole story, each mail as it arrives
    {gateway} demo --config {config}
send a first mail
    python3 -c 'import smtplib; smtplib.SMTP("{host}", {port}).sendmail("maria@example.org", \
"{to}", "From: maria@example.org\\nSubject: Laptop\\n\\nHaben Sie einen Laptop?")'
read what went out: one Maildir for each reader, for any mail program (mutt -f FOLDER)
    ls {maildir}/*/new
look at the tickets
    {gateway} ticket list --config {config}
"""

_NEXT_STEPS = """
Start it:              gateway serve --config {config}
Or see a whole story:  gateway demo
"""


def init(
    directory: Path,
    *,
    production: Annotated[bool, Parameter(negative="")] = False,
    templates: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Make a folder to start from: gateway.toml and the rules of the example organisation.

    Parameters
    ----------
    directory
        The folder; it is made, and nothing in it is overwritten.
    production
        For real mail. Without it the gateway believes every mail that comes from this machine and
        puts outgoing mail into Maildirs, which is right for trying it out and for nothing else.
    templates
        Also copy the templates of outgoing mail, to change them.

    """
    from gateway.cli.schemas import contents  # noqa: PLC0415
    from gateway.rulebook import editors  # noqa: PLC0415
    from gateway.rulebook.defaults import init as make  # noqa: PLC0415

    for path in make(directory, development=not production, templates=templates):
        say(f"wrote {path}")
    rules = directory / "rules"
    editors.write(rules / editors.FOLDER, contents(rules))
    say(f"wrote {rules / editors.FOLDER}: what editors need to help with the rule files")
    say(_NEXT_STEPS.format(config=directory / "gateway.toml"))


def serve(*, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Receive, process and send mail until told to stop (SIGTERM). SIGHUP reads the rules again.

    Parameters
    ----------
    config
        The configuration file.

    """
    import asyncio  # noqa: PLC0415

    from gateway import logs  # noqa: PLC0415
    from gateway.config import load  # noqa: PLC0415
    from gateway.daemon import serve as run  # noqa: PLC0415

    settings = load(config)
    logs.configure(settings.log)

    def announce(
        addresses: Sequence[tuple[str, int]], for_agents: Sequence[tuple[str, int]]
    ) -> None:
        for host, port in for_agents:
            say_error(f"ready: submission {host}:{port}")
        for host, port in addresses:
            say_error(f"ready: smtp {host}:{port}")
        if settings.smtp.lmtp_socket is not None:
            say_error(f"ready: lmtp {settings.smtp.lmtp_socket}")
        if settings.trust.development and addresses:
            say_error(_what_to_try(config, settings, addresses[0]))

    asyncio.run(run(settings, config.resolve().parent, announce))


def _what_to_try(config: Path, settings: "Config", address: tuple[str, int]) -> str:
    from gateway.rulebook.load import load as load_rules  # noqa: PLC0415

    organisation = load_rules(settings.rules).organisation
    public = (a.address for a in organisation.addresses.values() if a.kind is AddressKind.PUBLIC)
    host, port = address
    return _TO_TRY.format(
        gateway=Path(sys.argv[0]),
        config=config,
        host=host,
        port=port,
        to=next(public),
        maildir=settings.delivery.maildir,
    )
