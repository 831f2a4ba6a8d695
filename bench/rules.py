"""Ten thousand rules and allow entries: what reading them costs, and what each mail then costs."""

import shutil
import statistics
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.desk import ADDRESS, RULES, Desk, request
from gateway.mail.parse import parse
from gateway.model.envelope import Envelope
from gateway.model.organisation import Organisation
from gateway.model.rules import MailKind
from gateway.model.ticket import Priority, Status
from gateway.policy.facts import Proof, Trust
from gateway.policy.recipients import resolve
from gateway.policy.rules.case import Case, Standing
from gateway.policy.rules.run import run
from gateway.rulebook.load import load

SIZES = (10, 10_000)
MAILS = 200
MATCHES = 2_000


def main(folder: Path) -> None:
    """The table, with the ratios of each size to the first."""
    print("\nrules and allow entries: seconds of processor time to read, milliseconds a mail")
    first: tuple[float, ...] = ()
    for size in SIZES:
        rules = written(folder / f"rules-{size}", size)
        figures = (_reading(rules), *_a_mail(folder / f"desk-{size}", rules))
        first = first or figures
        shown = zip(("read", "match", "whole"), figures, first, strict=True)
        line = "".join(f"  {name} {each:.3f} ({each / one:.2f})" for name, each, one in shown)
        print(f"{size:>6} {line}")


def written(folder: Path, size: int) -> Path:
    """The shipped rules with `size` rules by author, subject or text, and `size` allow entries."""
    shutil.copytree(RULES, folder, ignore=shutil.ignore_patterns("tests"))
    rules = [
        f"  - name: Regel {n}\n    if: {_condition(n)}\n    then: {{priority: high, tag: t{n}}}\n"
        for n in range(size)
    ]
    entries = [
        f"  - address: p{n}@haus{n}.example\n    departments: [berlin]\n    reason: Grund {n}\n"
        for n in range(size)
    ]
    (folder / "routing.yaml").write_text("rules:\n" + "".join(rules), encoding="utf-8")
    (folder / "allow.yaml").write_text("allow:\n" + "".join(entries), encoding="utf-8")
    return folder


def _condition(number: int) -> str:
    return (
        f'{{from: "kunde{number}@firma{number}.example", subject: {{contains: Rechnung}}}}',
        f"{{subject: {{word: Vorgang{number}}}}}",
        f"{{body: {{contains: Kennzeichen {number}}}}}",
    )[number % 3]


def _reading(rules: Path) -> float:
    start = time.process_time()
    load(rules)
    return time.process_time() - start


def _a_mail(folder: Path, rules: Path) -> tuple[float, float]:
    """Running the rules alone, and the whole road of a new request; medians in milliseconds."""
    rulebook = load(rules)
    case = _case(rulebook.organisation)
    times = []
    for _ in range(MATCHES):
        start = time.perf_counter()
        run(rulebook.rules, case, rulebook.organisation.topics)
        times.append(time.perf_counter() - start)
    whole = Desk(folder, rules).seconds(1_000, MAILS)
    return statistics.median(times) * 1_000, statistics.median(whole) * 1_000


def _case(organisation: Organisation) -> Case:
    sender = "neu@requester.example"
    return Case(
        kind=MailKind.NEW,
        message=parse(request(sender)),
        envelope=Envelope(sender, (ADDRESS,)),
        recipients=(resolve(ADDRESS, organisation),),
        trust=Trust(Proof.NONE, forged=False, reason="nothing proves it"),
        form=None,
        standing=Standing(
            department=organisation.postmaster,
            topic=organisation.topics.default,
            priority=Priority.NORMAL,
            status=Status.OPEN,
            language=organisation.language,
        ),
        now=datetime.now(UTC),
        zone=organisation.zone,
    )
