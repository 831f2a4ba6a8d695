"""The store: one database for queue, tickets, people and outbox. Nothing else knows SQLAlchemy."""
