"""The tables of time rules, of the clock, and of the rules in force."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, LargeBinary, Table, Text

from gateway.store.schema import metadata
from gateway.store.types import Key, Moment, Words

# What a ticket has behind it of an escalation (`model.escalation.Mark`).
mark = Table(
    "escalation_mark",
    metadata,
    Column("ticket_id", ForeignKey("ticket.id"), primary_key=True),
    Column("rule", Key, primary_key=True),
    Column("occasion", Moment, nullable=False),
    Column("since", Moment, nullable=False),
    Column("done", Integer, nullable=False),
)

# The clock of each machine since it was started, and whether it is believed (`model.clock.Beat`).
beat = Table(
    "clock_beat",
    metadata,
    Column("boot", Key, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("up", BigInteger, nullable=False),
    Column("right_at", Moment),
    Column("right_up", BigInteger),
    Column("suspect_up", BigInteger),
)

# What is wrong with the rule files of a node, since when, and whether the admins were told.
trouble = Table(
    "rule_trouble",
    metadata,
    Column("node", Key, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("text", Words, nullable=False),
    Column("since", Moment, nullable=False),
    Column("told", Boolean, nullable=False),
)

# The rule files and templates of a node as they were when they were last in order.
good_rules = Table(
    "good_rules",
    metadata,
    Column("node", Key, primary_key=True),
    Column("digest", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("files", LargeBinary, nullable=False),
)
