"""The commands, a family in each file: class, reading, handler and words stand together.

responsible   !claim !assign !release
status        !open !progress !wait !close !reopen !status !spam !ham !archive !delete !restore
departments   !move !accept
ask           !list !show !help

A new command is one `Verb` in one of these files, named in the table of `commands/words`.
"""
