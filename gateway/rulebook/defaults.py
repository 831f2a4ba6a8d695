"""The rules and templates that are shipped, and the folder that `gateway init` makes of them."""

from pathlib import Path
from typing import Literal

import gateway
from gateway.config import Config, DeliveryMode, DeliverySettings, TrustSettings, annotated
from gateway.model.text import Text, say

CONFIG_NAME = "gateway.toml"


class InitRefused(Exception):  # noqa: N818  (a refusal, as the field says)
    """The folder is not made, because files in it would be overwritten. Nothing was written."""

    def __init__(self, text: Text) -> None:
        self.text = text
        super().__init__(str(text))


def folder(name: Literal["rules", "templates"]) -> Path:
    """The shipped folder: inside the installed package, or beside it in a source checkout."""
    package = Path(gateway.__file__).resolve().parent
    installed = package / "defaults" / name
    return installed if installed.is_dir() else package.parent / name


def init(target: Path, *, development: bool = False, templates: bool = False) -> list[Path]:
    """Make `target` a folder to start from: gateway.toml, the rules, on request the templates.

    Returns the written files. Raises InitRefused, and writes nothing, when one of them exists.
    `development` believes mail from this machine, and puts outgoing mail into Maildirs; without it
    outgoing mail goes to a smarthost.
    """
    contents = {target / CONFIG_NAME: annotated(_config(development=development, own=templates))}
    contents |= _copies("rules", target)
    if not development:
        _ask_every_agent(contents, target)
    if templates:
        contents |= _copies("templates", target)
    _refuse_existing(target, list(contents))
    for path, text in contents.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
        path.chmod(0o644)  # whatever the umask: the group has no say in the rules
    return list(contents)


def _config(*, development: bool, own: bool) -> Config:
    templates = Path("templates") if own else None
    if not development:
        return Config(templates=templates, delivery=DeliverySettings(mode=DeliveryMode.SMARTHOST))
    return Config(
        templates=templates,
        trust=TrustSettings(development=True),
        delivery=DeliverySettings(mode=DeliveryMode.MAILDIR),
    )


def _copies(name: Literal["rules", "templates"], target: Path) -> dict[Path, str]:
    source = folder(name)
    return {
        target / name / path.relative_to(source): path.read_text(encoding="utf-8")
        for path in sorted(source.rglob("*"))
        if path.is_file() and not _is_hidden(path.relative_to(source))
    }


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _ask_every_agent(contents: dict[Path, str], target: Path) -> None:
    """For real mail a second factor is demanded of every agent; to try things out, of nobody."""
    path = target / "rules" / "security.yaml"
    contents[path] = contents[path].replace(
        "\nsecond_factor: enrolled\n", "\nsecond_factor: required\n"
    )


def _refuse_existing(target: Path, paths: list[Path]) -> None:
    if target.exists() and not target.is_dir():
        raise InitRefused(say("%(folder)s is a file, not a folder", folder=str(target)))
    existing = [str(path) for path in paths if path.exists() or path.is_symlink()]
    if existing:
        raise InitRefused(
            say(
                "nothing was written, because these files exist already: %(files)s",
                files=", ".join(existing),
            )
        )
