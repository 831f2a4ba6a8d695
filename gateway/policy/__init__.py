"""Every decision of the house, as pure functions from facts to values.

`decide` asks the questions in their order; each other file answers one of them. Nothing here reads
a clock, a database or a file: whatever may be known stands in `Facts`.
"""
