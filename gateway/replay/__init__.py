"""`gateway explain --since`: stored mail, decided by the rules in force and by edited ones.

    run       each mail that was accepted since then, decided by both
    effect    what a decision means: where the mail goes, what its ticket is, who is written to
    telling   what is different, as sentences and as an object

Both are decided by the same function at the same time, that of the mail's arrival, in one snapshot
of the database: what differs is the rules' doing alone. The tickets are as they are now. How much
automatic mail an address got since does not count, so that it shows who would be answered.
"""
