"""What `gateway doctor` looks at. Reading is here; what to think of it is in `policy.health`.

Nothing is made, written, migrated or sent. Each part is looked at by itself: what is broken in one
hides nothing of the others.
"""
