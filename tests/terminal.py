"""The command line in this process: what a person types, and what is printed.

A process of its own costs two seconds of imports each time; `tests/test_readme.py` has those that
show that the program also starts.
"""

import io
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from gateway.__main__ import main


@dataclass(frozen=True)
class Done:
    """What came of a command."""

    returncode: int
    stdout: str
    stderr: str


def gateway(*words: str | os.PathLike[str], config: Path | None = None, stdin: bytes = b"") -> Done:
    """`gateway WORDS --config CONFIG`; what a person would see as a traceback rises."""
    typed = ["gateway", *map(os.fspath, words)]
    if config is not None:
        typed += ["--config", os.fspath(config)]
    out, err, code = io.StringIO(), io.StringIO(), 0
    given = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
    with (
        patch.object(sys, "argv", typed),
        patch.object(sys, "stdin", given),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
    return Done(code, out.getvalue(), err.getvalue())
