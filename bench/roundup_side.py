"""Roundup's mail gateway in this process: `python roundup_side.py TRACKER TICKETS MAILS`.

Runs inside an environment that has Roundup. Fills the tracker up to TICKETS, hands over MAILS new
requests with five people on the nosy list each, and prints the seconds that each one took. The
notifications (by default one mail to all five) go into a file, Roundup's own way of not sending.
"""

import argparse
import json
import sqlite3
import sys
import time
from email import message_from_bytes
from pathlib import Path

import roundup.instance
from roundup.mailgw import MailGW, RoundupMessage

AGENTS = ("anna", "ben", "clara", "dora", "emil")
STAMP = "20261101100000.000"


def prepare(tracker) -> None:
    """The five agents and one requester, once."""
    db = tracker.open("admin")
    if "anna" not in db.user.getnodeids() and not db.user.stringFind(username="anna"):
        for name in (*AGENTS, "neu"):
            db.user.create(username=name, address=f"{name}@mitglieder.example", roles="User")
        db.commit()
    db.close()


def fill(database: Path, tickets: int) -> None:
    """Rows of issues with one message, five nosy people and journals each, up to `tickets`."""
    with sqlite3.connect(database) as db:
        have = db.execute("select count(*) from _issue").fetchone()[0]
        first_issue = db.execute("select num from ids where name='issue'").fetchone()[0]
        first_msg = db.execute("select num from ids where name='msg'").fetchone()[0]
        people = [row[0] for row in db.execute("select id from _user where id > 2 limit 5")]
        rows = range(max(0, tickets - have))
        db.executemany(
            "insert into _issue (id,_title,_status,_priority,_activity,_actor,_creation,_creator)"
            f" values (?, ?, 1, 4, '{STAMP}', 1, '{STAMP}', 1)",
            ((first_issue + row, f"Laptop {row}") for row in rows),
        )
        db.executemany(
            "insert into _msg (id,_author,_messageid,_summary,_activity,_actor,_creation,_creator,"
            f"_date) values (?, 1, ?, 'Laptop', '{STAMP}', 1, '{STAMP}', 1, '{STAMP}')",
            ((first_msg + row, f"<old.{first_msg + row}@requester.example>") for row in rows),
        )
        db.executemany(
            "insert into issue_messages (linkid, nodeid) values (?, ?)",
            ((first_msg + row, first_issue + row) for row in rows),
        )
        db.executemany(
            "insert into issue_nosy (linkid, nodeid) values (?, ?)",
            ((person, first_issue + row) for row in rows for person in people),
        )
        for name, first in (("issue", first_issue), ("msg", first_msg)):
            db.executemany(
                f"insert into {name}__journal values (?, '{STAMP}', '1', 'create', '{{}}')",
                ((first + row,) for row in rows),
            )
            db.execute("update ids set num=? where name=?", (first + len(rows), name))


def request(number: int) -> bytes:
    """A mail that opens a ticket."""
    return (
        "From: neu@mitglieder.example\r\nTo: issue_tracker@truhe.example\r\n"
        f"Message-ID: <{time.time_ns()}@requester.example>\r\n"
        f"Subject: Laptop {number} [nosy={','.join(AGENTS)}]\r\n"
        "Date: Mon, 02 Nov 2026 10:00:00 +0100\r\n\r\n"
        + "Der Laptop startet, aber der Bildschirm bleibt dunkel.\r\n"
        * 35
    ).encode()


def main(home: Path, tickets: int, mails: int) -> None:
    """Prepare, fill, measure, print."""
    tracker = roundup.instance.open(str(home))
    prepare(tracker)
    fill(home / "db" / "db", tickets)
    gateway = MailGW(tracker, argparse.Namespace(default_class="issue", set_value=[]))
    sent = home / "sent"
    seconds = []
    for number in range(mails):
        message = message_from_bytes(request(number), RoundupMessage)
        start = time.perf_counter()
        gateway.handle_Message(message)
        seconds.append(time.perf_counter() - start)
    envelopes = [line for line in sent.read_text().splitlines() if line.startswith("TO: ")]
    notified = sum(line.count("@") for line in envelopes)
    assert notified == mails * len(AGENTS), f"{notified} notifications for {mails} mails"
    sent.unlink()
    print(json.dumps(seconds))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
