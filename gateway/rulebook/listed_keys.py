"""The public keys in `rules/keys`: those of authors who are let in for their signature."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gateway.mail.armor import dearmor
from gateway.mail.keyblob import MAX_KEY, KeyRefused, key_ids, key_name, split_keys
from gateway.model.openpgp import Fingerprint, grouped
from gateway.model.text import say
from gateway.rulebook.errors import RuleError, error
from gateway.rulebook.names import closest
from gateway.rulebook.reading import Document
from gateway.rulebook.schema import AllowFile
from gateway.rulebook.wrong import Checked

FOLDER = "keys"


@dataclass(frozen=True, slots=True)
class ListedKeys:
    """The keys that entries name, by file; and each binary, by the key ids of its parts."""

    names: Mapping[str, Fingerprint] = field(default_factory=dict)
    by_id: Mapping[str, tuple[bytes, ...]] = field(default_factory=dict)


def load_keys(
    folder: Path, allow: Checked[AllowFile] | None
) -> tuple[ListedKeys, tuple[RuleError, ...]]:
    """The keys that the entries of allow.yaml name, and what is wrong with them."""
    if allow is None:
        return ListedKeys(), ()
    errors: list[RuleError] = []
    blobs: dict[str, bytes] = {}
    for at, part in enumerate(allow.content.allow):
        if part.key is None:
            continue
        found = blobs.get(part.key) or _read(folder / FOLDER, part.key, allow.document, at)
        if isinstance(found, RuleError):
            errors.append(found)
            continue
        blobs[part.key] = found
        errors += _other_key(found, part.fingerprint, allow.document, at)
    names = {file: key_name(blob) for file, blob in blobs.items()}
    by_id: dict[str, list[bytes]] = {}
    for blob in dict.fromkeys(blobs.values()):
        for name in key_ids(blob):
            by_id.setdefault(name, []).append(blob)
    return ListedKeys(names, {name: tuple(each) for name, each in by_id.items()}), tuple(errors)


def _read(folder: Path, file: str, document: Document, at: int) -> bytes | RuleError:
    """The one key in the file, or what is wrong with it."""
    place = document.place(("allow", at, "key"))
    path = folder / file
    try:
        with path.open("rb") as stream:
            octets = stream.read(MAX_KEY * 2)
        return split_keys(dearmor(octets), 1)[0]
    except FileNotFoundError:
        known = sorted(each.name for each in folder.iterdir()) if folder.is_dir() else []
        meant = closest(file, known)
        return error(
            place,
            say('there is no file "%(name)s" in the folder keys', name=file),
            say('did you mean "%(known)s"?', known=meant)
            if meant
            else say("put the public key there: %(command)s",
                     command=f"gpg --armor --export ada@verein.example > keys/{file}"),
        )  # fmt: skip
    except OSError as wrong:
        what = say("this file cannot be read: %(problem)s", problem=wrong.strerror or str(wrong))
        return error(place, what, say("give the user that runs the gateway the right to read it"))
    except KeyRefused as wrong:
        return error(
            place,
            say('"%(name)s" has not one public key in it: %(problem)s',
                name=file, problem=str(wrong)),
            say("put the public key there: %(command)s",
                command=f"gpg --armor --export ada@verein.example > keys/{file}"),
        )  # fmt: skip


def _other_key(blob: bytes, wanted: str | None, document: Document, at: int) -> Iterator[RuleError]:
    name = key_name(blob)
    if wanted is not None and name != wanted:
        yield error(
            document.place(("allow", at, "fingerprint")),
            say("the key in the file is another one: %(key)s", key=grouped(name)),
            say("correct one of them; compare the fingerprint with the person whose key it is"),
        )
