"""The command language: an agent's new text to a CommandMail. Pure.

lines      one line: the copy that is read, is it a command, is it escaped
arguments  what stands behind the word, to typed commands
words      the table of all words; help and the card are printed from it
near       lines that are almost commands, which must not reach a requester
read       all lines to a CommandMail
plan       commands as a set: printed form, order of running, contradictions
"""
