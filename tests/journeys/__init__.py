"""Journeys through real programs, from outside."""
