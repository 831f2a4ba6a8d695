"""The filter language of `!list` and `!search`, in German and English.

`words` has the table of its words, `read` makes a `Query` of what was typed, `printed` writes it
down again, `resolve` puts ids and moments in the place of names and ages, `folding` makes words of
text as the full-text index keeps them. The rules for readers are in docs/commands.md.
"""
