"""Sets up Roundup from the package index in a throw-away environment and asks it for its times."""

import json
import re
import subprocess
import sys
from pathlib import Path

VERSION = "2.6.0"
SETTINGS = {
    "domain": "truhe.example",
    "host": "localhost",
    "web": "http://localhost/tracker/",
}


class Roundup:
    """A classic tracker on SQLite in a folder."""

    def __init__(self, folder: Path) -> None:
        self.python = folder / "venv" / "bin" / "python"
        self.home = folder / "tracker"
        run(sys.executable, "-m", "venv", folder / "venv")
        run(self.python, "-m", "pip", "install", "--quiet", f"roundup=={VERSION}")
        admin = folder / "venv" / "bin" / "roundup-admin"
        run(admin, "-i", self.home, "install", "classic", "sqlite")
        config = self.home / "config.ini"
        config.write_text(_configured(config.read_text(), self.home / "sent"))
        run(admin, "-i", self.home, "initialise", "secret")

    def seconds(self, tickets: int, mails: int) -> list[float]:
        """Seconds for each of `mails` new requests, beside at least `tickets` tickets."""
        side = Path(__file__).with_name("roundup_side.py")
        output = run(self.python, side, self.home, tickets, mails)
        times: list[float] = json.loads(output.splitlines()[-1])
        return times


def run(*command: object) -> str:
    """The program's output; what it said on both channels is part of the error."""
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stdout}{done.stderr}")
    return done.stdout


def _configured(text: str, sent: Path) -> str:
    for name, value in SETTINGS.items():
        text = re.sub(rf"^#{name} = NO DEFAULT$", f"{name} = {value}", text, flags=re.MULTILINE)
    return re.sub(r"^debug = $", f"debug = {sent}", text, flags=re.MULTILINE)
