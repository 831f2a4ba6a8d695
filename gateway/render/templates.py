"""The templates: compiled once at start, one sandboxed environment for each language."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import (
    BytecodeCache,
    ChoiceLoader,
    FileSystemLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
)
from jinja2.bccache import Bucket
from jinja2.sandbox import ImmutableSandboxedEnvironment

from gateway.model.composed import KINDS
from gateway.model.people import Language
from gateway.render.catalogue import Catalogue
from gateway.render.document import button, picture, row

if TYPE_CHECKING:
    from types import CodeType

Values = Mapping[str, Any]
"""What a template is given: text, numbers, flags, and lists and mappings of those."""


class BrokenTemplateError(Exception):
    """A template that cannot be read or rendered; the text names file and line."""


def shipped_folder() -> Path:
    """The folder of the templates that come with the gateway: in the wheel, or in the sources."""
    package = Path(__file__).parents[1]
    packed = package / "defaults" / "templates"
    return packed if packed.is_dir() else package.parent / "templates"


class Templates:
    """The templates of one folder; what is not there comes from the shipped ones."""

    def __init__(self, folder: Path | None = None) -> None:
        """Compiles everything. Raises `BrokenTemplateError` or `BrokenCatalogueError`."""
        folders = (folder, shipped_folder()) if folder else (shipped_folder(),)
        self.folders = folders
        self.catalogue = Catalogue.load(*folders)
        self._compiled = {
            language: _compiled(_environment(folders, self.catalogue, language))
            for language in Language
        }

    def render(self, kind: str, language: Language, values: Values) -> tuple[str, str]:
        """Subject and body, the body as `document` reads it.

        The first line of a template is `Subject: …`, then a blank line.

        Raises `BrokenTemplateError`, for example when a template uses a name that is not there.
        """
        try:
            whole = self._compiled[language][kind].render(values)
        except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            raise BrokenTemplateError(f"{_place(error, kind)}: {error}") from error
        head, _, body = whole.lstrip().partition("\n")
        name, _, subject = head.partition(":")
        if name != "Subject":
            raise BrokenTemplateError(f"{kind}.txt:1: the first line must be “Subject: …”")
        return subject.strip(), body.strip("\n")


class _Kept(BytecodeCache):
    """What templates were compiled to, as long as their text stays the same.

    It is the same for all languages, and when only rules were edited.
    """

    MOST = 500

    def __init__(self) -> None:
        self._code: dict[str, tuple[str, CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self._code.get(bucket.key, ("", None))
        if checksum == bucket.checksum:
            bucket.code = code

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is None:
            return
        if len(self._code) >= self.MOST:
            self._code.clear()
        self._code[bucket.key] = bucket.checksum, bucket.code


_KEPT = _Kept()


def _environment(
    folders: tuple[Path, ...], catalogue: Catalogue, language: Language
) -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in folders]),
        undefined=StrictUndefined,
        # Templates write text, in which `&` is `&`. The HTML is made of it, and escaped, later.
        autoescape=False,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        bytecode_cache=_KEPT,
    )
    environment.globals.update(row=row, button=button, picture=picture)
    environment.policies["ext.i18n.trimmed"] = True
    translations = catalogue.of(language)
    environment.install_gettext_translations(  # type: ignore[attr-defined]  # of the extension
        translations, newstyle=True
    )
    return environment


def _compiled(environment: ImmutableSandboxedEnvironment) -> dict[str, Template]:
    try:
        for name in environment.list_templates(extensions=["txt"]):
            environment.get_template(name)
        return {kind: environment.get_template(f"{kind}.txt") for kind in KINDS}
    except TemplateSyntaxError as error:
        raise BrokenTemplateError(f"{error.filename}:{error.lineno}: {error.message}") from error
    except TemplateNotFound as error:
        raise BrokenTemplateError(f"{error.name}: there is no such template") from error


def _place(error: Exception, kind: str) -> str:
    """`file:line` of the innermost template line that the error came from."""
    place, step = f"{kind}.txt", error.__traceback__
    while step is not None:
        filename = step.tb_frame.f_code.co_filename
        if filename.endswith(".txt"):
            place = f"{filename}:{step.tb_lineno}"
        step = step.tb_next
    return place
