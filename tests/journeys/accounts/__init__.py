"""Accounts kept by mail, on a desk of their own."""
