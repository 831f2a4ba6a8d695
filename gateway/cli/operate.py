"""`gateway init`, `serve`, `check`: setting up and running."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from gateway.cli.shared import DEFAULT_CONFIG, ConfigOption, say

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
    from gateway.rulebook.defaults import init as make  # noqa: PLC0415

    for path in make(directory, development=not production, templates=templates):
        say(f"wrote {path}")
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
    asyncio.run(run(settings, config.resolve().parent))


def check(*, config: ConfigOption = DEFAULT_CONFIG) -> None:
    """Read configuration, rules and templates, and name every mistake with file and line.

    Parameters
    ----------
    config
        The configuration file.

    """
    from gateway.config import load  # noqa: PLC0415
    from gateway.daemon import Rules  # noqa: PLC0415

    rules = Rules(load(config))
    organisation = rules.rulebook.organisation
    for warning in rules.rulebook.warnings:
        say(f"warning: {warning}")
    say(
        f"{organisation.name}: {len(organisation.addresses)} addresses,"
        f" {len(organisation.departments)} departments. Everything is in order."
    )
