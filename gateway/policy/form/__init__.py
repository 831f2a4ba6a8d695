"""The website's contact form: its mail is proved, read, routed, and becomes a ticket.

`proof` says whether the form wrote it, `body` takes the mail apart into lines (`key: value` or
JSON), `reading` says what they mean and what is wrong with them, `routing` which department they
belong to and which filter refuses them, `opening` decides. A form is never lost: what is missing or
impossible is told to the board in plain words, with all that was sent.
"""
