"""The promises under fire: a real daemon that is killed, starved and stopped, and what is left.

    daemon      the daemon as a process of its own, to be started, killed, stopped
    load        people who write, answer and command, and send again until they are told 250
    oracle      what must be true of the database and the Maildirs afterwards
    smarthost   a next server that notes everything and fails as it is told
    server      a PostgreSQL server that can be stopped and started

`make test` goes through every fault point once; `make torture` kills some hundred times.
"""
