"""The way of every released database to the present tables."""

HEAD = "0009"
"""Revision of the tables in `schema`. Revisions are numbers with four digits, in their order."""
