"""The line that parts an answer from our own quoted mail, and the prefix of quoted text in it."""

MARKER = "===== reply above this line / bitte darüber antworten ====="
"""First line of every notification. What stands below it in an answer is our own text."""

QUOTE = "| "
"""Stands before each line of somebody else's text in our mails, so that a `!` line of theirs
never stands at the start of a line, whatever an agent's program quotes and how."""
