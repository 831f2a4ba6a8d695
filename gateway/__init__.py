"""The ticket gateway: an organisation runs its whole help desk by email.

The road of a message, and where each station lives:

    accept    smtp/server     aiosmtpd; the reply 250 is given only after the commit
    queue     store/inbound   the inbound queue, a table: any node may process a row
    parse     mail/parse      bytes -> Message, once, with every defect named
    gather    gather          everything that reads the world comes first
    trust     policy/trust    who wrote this, and what proves it
    screen    policy/screen   bounce, automatic mail, loop, duplicate
    match     policy/match    which ticket does it belong to
    decide    policy/decide   facts -> Decision (changes, outgoing mail, reason); pure
    record    store           one transaction writes all of the decision
    duties    duties          what is due by time: reminders, digests, accounts, held mails
    deliver   workers         the outbox goes to the smarthost or to Maildirs, with retries

`doctor` looks at all of it for the operator; its verdicts are in `policy/health`.

Read `pipeline.py` first: it is that road, top to bottom. Then `policy/decide.py`: the questions
that are asked of every message, in their order.

Imports go down only (import-linter holds it):

    __main__ > cli > daemon > doctor > workers
      > [ pipeline | duties | smtp | store | crypto | render | rulebook ]
      > gather > ports > policy > mail > [ model | config ]

`model`, `mail` and `policy` know no socket, no database and no clock: they are functions from
values to values. Time and randomness are arguments. `store` is the only place that knows
SQLAlchemy, `smtp` the only one that knows aiosmtpd and aiosmtplib, `mail/parse` the only one that
knows mail-parser, `render` the only one that knows Jinja2, and `daemon` the only one that knows
all parts.

Three kinds of failure, and no more: a `Refusal` (the answer to the peer is part of it), a temporary
failure (tried again with backoff, then kept for a person), and a broken promise of our own, which
rises to `workers` and is logged there.
"""
