"""Mistakes of the person at the terminal: one plain explanation, exit status 1."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from gateway.cli.shared import MistakeError
from gateway.config import ConfigError
from gateway.model.refusal import Refusal


@contextmanager
def told() -> Iterator[None]:
    """Print a mistake to standard error and end the program; let everything else rise."""
    try:
        yield
    except BrokenPipeError:  # the reader of our output has gone, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except (MistakeError, ConfigError, Refusal, OSError) as mistake:
        _end(mistake)
    except Exception as mistake:
        if not isinstance(mistake, _told_errors()):
            raise
        _end(_translated(mistake))


def _told_errors() -> tuple[type[Exception], ...]:
    """Errors of parts that most commands never load; here they are loaded already or cheap."""
    from gateway.ports import VaultClosed  # noqa: PLC0415
    from gateway.render.catalogue import BrokenCatalogueError  # noqa: PLC0415
    from gateway.render.templates import BrokenTemplateError  # noqa: PLC0415
    from gateway.rulebook.defaults import InitRefused  # noqa: PLC0415
    from gateway.rulebook.errors import RuleErrors  # noqa: PLC0415
    from gateway.store.errors import StoreError  # noqa: PLC0415

    return (
        RuleErrors,
        BrokenTemplateError,
        BrokenCatalogueError,
        StoreError,
        InitRefused,
        VaultClosed,
    )


def _translated(mistake: Exception) -> object:
    """What to print: mistakes in rule files as the person at the terminal speaks."""
    from gateway.cli.speaking import voice_of  # noqa: PLC0415
    from gateway.rulebook.defaults import InitRefused  # noqa: PLC0415
    from gateway.rulebook.errors import RuleErrors  # noqa: PLC0415

    if isinstance(mistake, RuleErrors):
        return mistake.render(voice_of(None))
    return voice_of(None)(mistake.text) if isinstance(mistake, InitRefused) else mistake


def _end(mistake: object) -> None:
    print(mistake, file=sys.stderr)  # noqa: T201
    sys.exit(1)
