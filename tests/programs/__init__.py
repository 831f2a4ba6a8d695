"""Agents' answers as mail programs write them."""
