"""`python -m tests.fuzz [libFuzzer options]`: atheris over everything that reads a mail."""

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["gateway", "mailparser", "flufl"]):
    from tests.fuzz.promise import keeps_its_promise

CORPUS = Path(__file__).parent / "corpus"
SEEDS = Path(__file__).parent.parent / "corpus"


def main() -> None:
    options = ["-max_len=16384", "-timeout=5", "-rss_limit_mb=2048", "-close_fd_mask=0"]
    folders = [str(CORPUS), str(SEEDS)]
    atheris.Setup([sys.argv[0], *options, *sys.argv[1:], *folders], keeps_its_promise)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
