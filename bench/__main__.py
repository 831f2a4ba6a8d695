"""`python -m bench`: all tables. `python -m bench accept`, `decide` ...: some of them."""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from bench import openpgp, parse, rules
from bench.desk import Desk
from bench.lists import measure
from bench.servers import contenders
from bench.tracker import Roundup
from gateway.workers.process import AT_A_TIME

SIZES = (2, 10, 100)  # kilobytes
SESSIONS = (1, 10, 50)
SECONDS = 2.0
TICKETS = (1_000, 100_000)
MAILS = 200
TOGETHER = AT_A_TIME
"""Mails that wait in the queue together, as many as the daemon claims at a time."""
BUSY = 0.9
"""From this share of a core on, the load generator itself may be what was measured."""


def accept(folder: Path) -> None:
    """Mails a second that each server takes over, for sizes and numbers of sessions."""
    rates = {name: _rates(start, folder / name) for name, start in contenders().items()}
    names = list(rates)
    beside = [name for name in names if name != "gateway"]
    print("\naccepted mails a second")
    print("size    sessions " + "".join(f"{name:>10}" for name in names), end="")
    print("".join(f"  gateway/{name}" for name in beside))
    for case in rates["gateway"]:
        line = f"{case[0]:>3} KB {case[1]:>10} " + "".join(
            f"{rates[name][case]:>10.0f}" for name in names
        )
        for name in beside:
            ratio = rates["gateway"][case] / rates[name][case]
            line += f"{ratio:>{len(name) + 10}.2f}"
        print(line)


def decide(folder: Path) -> None:
    """Requests a second that are recorded with their notifications."""
    print("\nrequests a second, recorded, with five people notified (from the median)")
    roundup, desk = Roundup(folder / "roundup"), Desk(folder / "desk")
    for tickets in TICKETS:
        rates = {
            "Roundup": _per_second(roundup.seconds(tickets, MAILS)),
            "one by one": _per_second(desk.seconds(tickets, MAILS)),
            "from a queue": _per_second(desk.seconds(tickets, 5 * MAILS, TOGETHER)),
        }
        line = f"{tickets:>7} tickets  " + "".join(f"  {n} {rate:.0f}" for n, rate in rates.items())
        print(f"{line}  gateway/Roundup {rates['from a queue'] / rates['Roundup']:.1f}")


def _per_second(times: list[float]) -> float:
    return 1 / statistics.median(times)


def _rates(start: Callable, folder: Path) -> dict[tuple[int, int], float]:
    folder.mkdir()
    with start(folder) as port:
        cases = [(size, sessions) for size in SIZES for sessions in SESSIONS]
        return {case: _rate(port, *case) for case in cases}


def _rate(port: int, size: int, sessions: int) -> float:
    command = [sys.executable, "-m", "bench.load"]
    command += [str(each) for each in (port, size * 1024, sessions, SECONDS)]
    result = json.loads(subprocess.check_output(command, text=True))
    if result["rejected"]:
        print(f"rejected: {result['rejected']}")
    if result["share"] > BUSY:
        print(f"the load generator used {result['share']:.0%} of a core")
    return result["rate"]


def lists(folder: Path) -> None:
    """Milliseconds that lists and searches take, beside more and more tickets."""
    place = folder / "lists"
    place.mkdir()
    measure(place, f"sqlite:///{place}/gateway.db", "SQLite")


def main() -> None:
    """Measure in a folder that goes away, on the disk of the temporary folder."""
    parts = {
        "accept": accept,
        "decide": decide,
        "lists": lists,
        "parse": lambda _: parse.main(),
        "openpgp": openpgp.main,
        "rules": rules.main,
    }
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # for Postfix's own users
        for part in sys.argv[1:] or parts:
            parts[part](folder)


if __name__ == "__main__":
    main()
