"""What every key of the rule files means, in one sentence each, for editors (`editors`).

By the name of the schema's class and the key as it is written; "" is the table itself. A class has
the keys of those it inherits from. `help_routing` has those of routing.yaml.
"""

from collections.abc import Mapping

from gateway.model.text import Text, say

Keys = Mapping[str, Text]

_NAME = say("What people read in mails.")
_ENGLISH = say("The same for those who read English; without it as name.")
_ALIASES = say("Further words for it in commands; umlauts may always be written out.")
_ADDRESS = say("One address; or domain instead.")
_DOMAIN = say("All addresses of a domain; or address instead.")
_SUBDOMAINS = say("true: and all domains below it.")
_REASON = say("Why, so that somebody still knows it in a year.")
_UNTIL = say("The last day, as 2027-12-31; without it for ever.")

HELP: Mapping[str, Keys] = {
    "OrganisationFile": {
        "": say("The organisation and its addresses."),
        "name": say("What the organisation is called in the mails that it sends."),
        "domain": say("The domain of all addresses below."),
        "language": say("The language that is written where no other is known: de or en."),
        "form_url": say("The page with the contact form; rejected mail is answered with it."),
        "postmaster": say("The department that reads mail to postmaster@ and abuse@."),
        "number_start": say("Tickets are counted from here: behind 1000 comes #1001."),
        "confirm_new_tickets": say("Whether requesters get a confirmation with the number."),
        "reject_window_days": say("After so many days an author is told again of a rejection."),
        "send_delay": say("Seconds that an answer waits, so that it can still be taken back."),
        "automatic_per_day": say("At most so many automatic mails go to one address in a day."),
        "timezone": say("The time zone by which times of the day are meant."),
        "digest_at": say("When digests come, for example 7:00."),
        "addresses": say("All addresses by their kind; everything else is refused."),
    },
    "Addresses": {
        "": say("On the left what stands before the @, on the right where it leads to."),
        "public": say("Direct mail opens a ticket in this department."),
        "members": say("Direct mail of agents and members opens a ticket; others are rejected."),
        "internal": say("Only answers to tickets get in; direct mail is rejected."),
        "form": say("Where the website sends its contact form to."),
        "command": say("The mailbox for commands of agents that are no answer."),
        "relay": say("Passed on unchanged: smarthost, or a server as host:port."),
    },
    "DepartmentsFile": {
        "": say("Departments: groups of agents that own tickets."),
        "departments": say("On the left the short name for commands and the other rule files."),
    },
    "DepartmentPart": {
        "": say("A department."),
        "name": _NAME,
        "kind": say(
            "office: has members of its own; location: and rejected mail of its own;"
            " supraregional: open to the members of all locations."
        ),
        "address": say("Where its answers come from; only where several addresses lead to it."),
        "aliases": _ALIASES,
        "admins": say("true: all admins are members."),
        "silent": say("true: nobody is notified."),
    },
    "AgentsFile": {
        "": say("The first agents, and who else is a member."),
        "agents": say("On the left the short name, as in: !assign @anna. Made once."),
        "members": say("Members without an account, who may write to the addresses for members."),
    },
    "AgentPart": {
        "": say("An agent."),
        "name": say("How the others see this person."),
        "address": say("Their own address, never one of the organisation's."),
        "departments": say("Short names of the departments that they belong to."),
        "admin": say("true: may administer."),
        "language": say("de or en; without it the organisation's language."),
        "notify": say(
            "What they hear of a department: all, mine (their tickets), digest (the rest in their"
            " digest) or none."
        ),
        "digest": say("How often their digest comes: daily or weekly; without it never."),
    },
    "MembersPart": {
        "": say("Members without an account."),
        "addresses": say("Their addresses."),
        "domains": say("Whole domains, where nobody else has a mailbox."),
    },
    "AllowFile": {
        "": say("Whose direct mail to internal addresses is not rejected, and who is blocked."),
        "allow": say("Who may write to internal addresses."),
        "block": say("Whose mail reaches nobody any more; it comes before all that allows."),
    },
    "AllowPart": {
        "": say("Who may write, to whom, why, and until when."),
        "address": _ADDRESS,
        "domain": _DOMAIN,
        "subdomains": _SUBDOMAINS,
        "reason": _REASON,
        "until": _UNTIL,
        "departments": say("Only to these; without it to all."),
        "authenticated": say("true: only if more than the From field proves who writes."),
        "header": say("A header field that the mail must have."),
        "fingerprint": say("The whole fingerprint of a key that must have signed all of the mail."),
        "key": say("The file with that key in the folder keys; else it comes with the mails."),
    },
    "BlockPart": {
        "": say("Who is blocked, why, and until when."),
        "address": _ADDRESS,
        "domain": _DOMAIN,
        "subdomains": _SUBDOMAINS,
        "reason": _REASON,
        "until": _UNTIL,
    },
    "HeaderPart": {
        "": say("A header field: its name, and equals, contains or regex."),
        "name": say("The name of the header field, for example X-Mailer."),
        "equals": say("The whole value; case makes no difference."),
        "contains": say("A part of the value; case makes no difference."),
        "regex": say("A regular expression (RE2) that is found in the value."),
    },
    "FormFile": {
        "": say("How the mails of the website's contact form are read."),
        "fields": say(
            "On the left the field in the mail, on the right what it means: name, email, language,"
            " subject, topic, location, postcode, devices, text, or a field of topics.yaml."
        ),
        "locations": say("On the left the chosen location, on the right the department."),
        "topics": say("Topics that belong to a department wherever they come from."),
        "postcode_pattern": say("What a postcode looks like (regular expression, RE2)."),
        "postcodes": say("Which postcodes lead to a department: 10115, 10115-14199 or 80*."),
        "required": say("What must not be missing, beside email and text."),
        "refuse": say("Which forms are answered at once and closed."),
        "fallback": say("Where a form without a known location goes."),
        "broken": say("Where a form goes in which something is missing or impossible."),
        "secret": say("The key with which the website proves that a mail is its own."),
        "secret_file": say("The file with that key and nothing else, by its whole path."),
        "signature_hours": say("How many hours old a signature may be."),
        "senders": say("Senders of the website, where there is no signature."),
    },
    "FormFilterPart": {
        "": say("Forms that are answered and closed: all that stands here must be true of them."),
        "topics": say("Only with these topics."),
        "locations": say("Only with these chosen locations."),
        "postcodes": say("Only with these postcodes."),
        "outside": say("Only with other postcodes than these."),
        "elsewhere": say("true: only with postcodes that belong to no department."),
        "canned": say("The canned response that is sent."),
    },
    "TopicsFile": {
        "": say("Help topics and the fields that they bring."),
        "default": say("The topic of new tickets of which nothing else is known."),
        "fields": say("On the left the short name; topics that name a field share it."),
        "topics": say("On the left the short name."),
    },
    "FieldPart": {
        "": say("A field of help topics."),
        "name": say("What the field is called in mails and commands."),
        "english": _ENGLISH,
        "aliases": _ALIASES,
        "type": say(
            "flag (yes or no), text (a line), long-text, choice (one of choices), date, number,"
            " identifiers (numbers by a pattern)."
        ),
        "choices": say("For choice: the values that are permitted."),
        "pattern": say("For identifiers: a regular expression for a whole one (RE2)."),
        "example": say("For identifiers: a right one, for mails that give back a wrong one."),
        "unique": say("true: a value stands in one open ticket only."),
        "required_to_close": say("true: without a value the ticket cannot be closed."),
        "matched": say("true: offers and requests are matched by it."),
        "departments": say("Only their members see the field; without it all who see the ticket."),
    },
    "TopicPart": {
        "": say("A help topic."),
        "name": _NAME,
        "english": _ENGLISH,
        "aliases": _ALIASES,
        "fields": say("The fields, in the order in which people see them."),
        "department": say("Where a new ticket goes, if the mail does not say where it belongs."),
        "priority": say("low, normal, high or urgent."),
        "autoresponse": say(
            "The canned response that the requester of a new ticket gets at once, in place of the"
            " confirmation."
        ),
        "side": say("offer: somebody offers something; request: somebody looks for something."),
    },
    "WorkflowFile": {
        "": say("The statuses of tickets and the ways between them."),
        "reopen_within_days": say(
            "After so many days a message opens a new ticket, not the closed one; without it never."
        ),
        "statuses": say("On the left the short name. Seven must stay: the gateway sets them."),
    },
    "StatusPart": {
        "": say("A status."),
        "name": say("What the status is called in mails and commands."),
        "english": _ENGLISH,
        "state": say("open: in the lists of open tickets; closed; archived; deleted."),
        "to": say("Where tickets may go to from here."),
        "words": say("Further words for it in commands."),
        "holder": say(
            "Who is responsible afterwards: keep (as it is), actor (who sets it), nobody."
        ),
        "admins": say("true: only admins set it, and fetch back from there."),
        "needs_fields": say("true: all fields that are required to close must be filled in."),
        "needs_tasks": say("true: no task may be left."),
        "informs": say("true: the requester hears of it."),
        "reopens": say("true: a message of the requester opens the ticket again."),
    },
    "AccountsFile": {
        "": say("How long accounts are kept from which nothing comes. 0 months: for ever."),
        "lock_after_months": say("After so many months the account is locked. 0: never."),
        "warn_days": say("So many days before it is announced."),
        "delete_after_months": say("So many months after that the account is removed. 0: never."),
        "exempt": say("Members of these are not locked, but lose all other departments."),
    },
    "RetentionFile": {
        "": say("How long closed tickets and copies of mails are kept."),
        "rules": say("The first rule that fits a ticket counts."),
        "purge_days": say("So many days after it was deleted a ticket is gone for good."),
        "again_months": say("What admins wanted to keep is proposed again after so many months."),
        "mail_days": say("Copies of mails that belong to no ticket go after so many days."),
        "history_months": say("What was typed in commands is kept for so many months."),
    },
    "RetentionPart": {
        "": say("How long which tickets are kept; what is left out is true of all."),
        "closed_months": say("So many months after the ticket was closed."),
        "then": say("delete; propose: admins are asked in a mail; keep: for ever."),
        "departments": say("Only tickets of these departments."),
        "topics": say("Only tickets of these help topics."),
        "rejected": say("true: rejected direct mail that nobody took in."),
        "spam": say("true: tickets that were closed as spam."),
    },
    "SecurityFile": {
        "": say("How much proof the mails of agents need."),
        "second_factor": say(
            "required: of all agents; enrolled: of those who have one; off: of nobody."
        ),
        "confirmation_mail": say("Whether !yes to our question counts as a second factor."),
        "session_hours": say("So many hours one second factor is enough. 0: for one mail."),
        "code_minutes": say("So many minutes old a one-time code may be."),
        "code_ahead_seconds": say("So many seconds the clock of the app may be ahead."),
        "wrong_codes": say("So many wrong codes lock the second factor."),
        "wrong_code_minutes": say("In so many minutes."),
        "lock_minutes": say("So many minutes the second factor is locked."),
        "held_hours": say("So many hours a mail waits for the answer to our question."),
        "levels": say("Other levels (0 to 3) for commands, without the exclamation mark."),
    },
    "EscalationsFile": {
        "": say("What happens to tickets that nobody looks after for too long."),
        "calendar": say("Which days are no working days."),
        "escalations": say("On the left the short name of the rule."),
    },
    "CalendarPart": {
        "": say("Which days are no working days."),
        "weekend": say("Days of the week, in English; without it saturday and sunday."),
        "holidays": say("The public holidays of a place: BE, NW, …, or AT-9."),
        "days_off": say("Days off of one's own, as 2026-12-24."),
    },
    "EscalationPart": {
        "": say("Which tickets, from when the time counts, and what is done after which time."),
        "name": say("What the rule is called in the history of tickets."),
        "when": say("Which tickets; what is left out is true of all."),
        "since": say(
            "matching: since when says what it does; opened; message: the requester waits; answer:"
            " we wait; due: a task should be done."
        ),
        "steps": say("What is done, by time."),
    },
    "WhenPart": {
        "": say("Which tickets; what is left out is true of all."),
        "departments": say("Only tickets of these departments."),
        "statuses": say("Only tickets with these statuses; without it all open ones."),
        "topics": say("Only tickets of these help topics."),
        "taken": say("false: nobody is responsible; true: somebody is."),
        "fields": say("Fields of help topics with their value, for example {laptop: ja}."),
        "filled": say("Fields with something in them."),
        "empty": say("Fields with nothing in them."),
    },
    "StepPart": {
        "": say("What is done after which time."),
        "after": say("How long after: 30 minutes, 4 hours, 7 days, 3 working days, 1 month."),
        "remind": say("true: who is responsible gets a mail, else the department or the admins."),
        "notify": say("Who else gets one: short names of agents and departments, or admins."),
        "move": say("The ticket moves to this department."),
        "status": say("It gets this status."),
        "assign": say("This agent becomes responsible."),
        "note": say("This note comes into the ticket."),
        "text": say("This sentence stands in the mails."),
    },
}  # fmt: skip
