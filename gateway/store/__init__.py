"""The store: one database for queue, tickets, people and outbox. Nothing else knows SQLAlchemy.

`store.open_store` opens it; `SqlStore.begin` gives the transactions of the road (`transaction`:
reading in `lookups` and `ticketfacts`, writing in `recording` and `finishing`). The queues are
`inbound` and `outbox`; `people` and `tickets` serve the command line.

What holds the promises:
- A message is in `inbound` before 250 is said. Its decision is written in one transaction with the
  mark `done`; a row that is no longer `queued` makes that transaction fail, so that a message has
  effect once, whoever processes it.
- `seen_message` has one row for each different message, by Message-ID and digest. Its primary key
  stops two nodes that record two copies of one message at the same time.
- A claim counts the attempt before the work begins and moves `next_attempt_at` to the end of the
  lease. A node that dies gives everything back without anybody's help.
- Every statement of the road goes through an index; the tests ask the planner. No step costs more
  with more tickets.

On SQLite there is one writer at a time, and readers see a snapshot. On PostgreSQL a ticket is
locked while it is decided about, and what is read after the lock is current.
"""
