"""The command line: arguments and printing only. Each file here is one group of commands.

Parts are imported inside the commands, so that `gateway inspect` starts without a database library.
Every mistake a person can make ends in one line on standard error and exit status 1 or 2, never in
a traceback.
"""
