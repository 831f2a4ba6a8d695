"""The secret of the contact form: in form.yaml, in a file of its own, or a credential (systemd)."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from gateway.model.text import Text, say
from gateway.rulebook.errors import RuleError, RuleWarning, error
from gateway.rulebook.schema import FormFile
from gateway.rulebook.words import SHORTEST_SECRET
from gateway.rulebook.wrong import Checked

CREDENTIAL = "form-secret"


def secret_of(form: Checked[FormFile] | None) -> tuple[str, tuple[RuleError, ...]]:
    """The secret, empty when there is none, and what is wrong with the file that it stands in."""
    if form is None or form.content.secret:
        return (form.content.secret if form else ""), ()
    path = _path(form.content)
    if path is None:
        return "", ()
    secret, wrong = _read(path)
    if wrong is None:
        return secret, ()
    return "", (error(form.document.place(("secret_file",)), *wrong),)


def _path(form: FormFile) -> Path | None:
    if form.secret_file:
        return Path(form.secret_file)
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    credential = Path(folder) / CREDENTIAL if folder else None
    return credential if credential is not None and credential.is_file() else None


def _read(path: Path) -> tuple[str, tuple[Text, Text] | None]:
    try:
        secret = path.read_text("utf-8-sig").strip()
    except (OSError, UnicodeDecodeError) as wrong:
        problem = wrong.strerror if isinstance(wrong, OSError) else None
        return "", (
            say('the secret in "%(path)s" cannot be read: %(problem)s',
                path=str(path), problem=problem or str(wrong)),
            say("the file must be there, and the user that runs the gateway must be able to"
                " read it"),
        )  # fmt: skip
    if len(secret) >= SHORTEST_SECRET and len(secret.split()) == 1:
        return secret, None
    return "", (
        say('in "%(path)s" stands no secret, or one that is too short', path=str(path)),
        say("make one: %(command)s", command=f"openssl rand -hex 32 > {path}"),
    )


def warnings_about_secret(folder: Path, form: Checked[FormFile] | None) -> Iterator[RuleWarning]:
    """Everybody on the machine could send forms in anybody's name."""
    if form is None:
        return
    place = form.document.key_place(("secret",))
    if form.content.secret and _is_open(folder / "form.yaml"):
        yield RuleWarning(
            f"{place.file}:{place.line}",
            say("everybody on this machine may read the secret in this file"),
            say("put it into a file of its own (secret_file), or take that right away: %(command)s",
                command=f"chmod o-r {place.file}"),
        )  # fmt: skip
    if form.content.secret_file and _is_open(Path(form.content.secret_file)):
        yield RuleWarning(
            form.content.secret_file,
            say("everybody on this machine may read the secret in this file"),
            say("take that right away: %(command)s",
                command=f"chmod o-r {form.content.secret_file}"),
        )  # fmt: skip


def _is_open(path: Path) -> bool:
    return path.exists() and bool(path.stat().st_mode & stat.S_IROTH)
