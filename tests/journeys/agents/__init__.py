"""Stories of agents: replies, notes and commands by mail, and mail that only pretends to be theirs.

Each is played over SMTP against a running gateway and read as a volunteer on a phone reads it.
"""
