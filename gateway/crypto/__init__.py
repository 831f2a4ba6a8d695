"""OpenPGP through gpg; one-time codes (RFC 6238) and the encryption of their secrets.

An agent's secret is kept encrypted; the key is a file of its own (a credential of the service,
say), never in the database and so in no backup of it. Whoever has the database alone can neither
make codes nor use recovery codes.
"""
