"""The configuration file: reading it, and writing it with every setting explained."""

import json
import re
import textwrap
import tomllib
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from gateway.config.settings import Config, Section, StoreSettings

SectionT = TypeVar("SectionT", bound=Section)

_HEAD = """\
Settings of the ticket gateway. What the organisation decides (addresses, departments, agents) is
not here but in the rule files. A line that begins with #word = is a setting that is not set: take
the # away to set it. Relative paths count from the folder of this file. Changes are in force after
a restart."""

_WIDTH = 96


class ConfigError(Exception):
    """The configuration cannot be used; the text is one sentence a line for each mistake."""


def load(path: Path) -> Config:
    """The configuration in the TOML file at `path`, all paths in it absolute.

    Raises ConfigError with the file, and the line or key of every mistake.
    """
    try:
        text = path.read_text(encoding="utf-8")
        values = tomllib.loads(text)
        config = Config.model_validate(values)
    except FileNotFoundError:
        raise ConfigError(f"{path}: there is no such file; gateway init writes one") from None
    except OSError as wrong:
        raise ConfigError(f"{path}: cannot be read: {wrong.strerror}") from wrong
    except UnicodeDecodeError as wrong:
        raise ConfigError(f"{path}: is not UTF-8; save it with that encoding") from wrong
    except tomllib.TOMLDecodeError as wrong:
        raise ConfigError(f"{path}: is no valid TOML: {wrong}") from wrong
    except ValidationError as wrong:
        details = wrong.errors(include_url=False)
        raise ConfigError("\n".join(_mistake(path, text, one) for one in details)) from None
    return _absolute(config, path.resolve().parent)


def annotated(config: Config = Config()) -> str:  # noqa: B008  (frozen)
    """The whole `gateway.toml` that says `config`, each setting explained.

    Settings that are unset are commented out, with an example. Reading the text back gives
    `config` again.
    """
    sections: list[tuple[str, Section]] = []
    lines = [*_comment(_HEAD), ""]
    for name in Config.model_fields:
        value = getattr(config, name)
        if isinstance(value, Section):
            sections.append((name, value))
        else:
            lines += _setting(config, name)
    for name, section in sections:
        lines += [*_comment(type(section).__doc__ or ""), f"[{name}]", ""]
        for key in type(section).model_fields:
            lines += _setting(section, key)
    return "\n".join(lines).rstrip("\n") + "\n"


def _setting(section: Section, key: str) -> Iterator[str]:
    info, value = type(section).model_fields[key], getattr(section, key)
    yield from _comment(info.description or "")
    if value is None:
        yield f"#{key} = {_toml((info.examples or [''])[0])}"
    else:
        yield f"{key} = {_toml(value)}"
    yield ""


def _comment(text: str) -> list[str]:
    return [f"# {line}" for line in textwrap.wrap(" ".join(text.split()), _WIDTH)]


def _toml(value: object) -> str:
    match value:
        case bool() | int() | float():
            return json.dumps(value)
        case tuple():
            return f"[{', '.join(map(_toml, value))}]"
        case _:  # strings of JSON are strings of TOML
            return json.dumps(str(value), ensure_ascii=False)


def _mistake(path: Path, text: str, detail: ErrorDetails) -> str:
    loc = [str(part) for part in detail["loc"]]
    line = _line(text, loc)
    place = f"{path}:{line}" if line else f"{path}"
    return f"{place}: {'.'.join(loc)}: {_sentence(loc, detail)}"


def _sentence(loc: list[str], detail: ErrorDetails) -> str:
    match detail["type"]:
        case "extra_forbidden":
            known = _known_keys(loc[:-1])
            meant = get_close_matches(loc[-1], known, n=1)
            return "unknown key; " + (
                f'did you mean "{meant[0]}"?' if meant else f"known here: {', '.join(known)}"
            )
        case "tuple_type":
            return f"must be a list, for example [{_toml(detail['input'])}]"
        case "model_type":
            return f"must be a table: a line [{loc[-1]}] and its settings below"
        case _:
            return f"{detail['msg'][:1].lower()}{detail['msg'][1:]}, not {detail['input']!r}"


def _known_keys(loc: list[str]) -> list[str]:
    section: type[BaseModel] = Config
    for part in loc:
        annotation = section.model_fields[part].annotation
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            section = annotation
    return list(section.model_fields)


def _line(text: str, loc: list[str]) -> int | None:
    """The line (from 1) of the key, as far as it stands in a line of its own; else its table's."""
    table, wanted, found = "", ".".join(loc), None
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[([\w.-]+)\]", line):
            table, here = header[1], header[1]
        elif key := re.match(r"\s*([\w.-]+)\s*=", line):
            here = f"{table}.{key[1]}" if table else key[1]
        else:
            continue
        if wanted == here or wanted.startswith(f"{here}."):
            found = number
    return found


def _absolute(section: SectionT, base: Path) -> SectionT:
    """The section with every relative path, also that of an SQLite database, below `base`."""
    changed: dict[str, Any] = {}
    for name in type(section).model_fields:
        match getattr(section, name):
            case Section() as inner:
                changed[name] = _absolute(inner, base)
            case Path() as path:
                changed[name] = base / path
            case str() as text if text.startswith("sqlite") and isinstance(section, StoreSettings):
                changed[name] = _absolute_sqlite(text, base)
    return section.model_copy(update=changed)


def _absolute_sqlite(url: str, base: Path) -> str:
    scheme, _, path = url.partition(":///")
    if not path or path.startswith((":memory:", "file:")):
        return url
    return f"{scheme}:///{base / path}"
