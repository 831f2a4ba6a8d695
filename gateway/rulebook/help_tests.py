"""What every key of the rule tests means, in one sentence each, for editors (`editors`)."""

from collections.abc import Mapping

from gateway.model.text import Text, say

_CONTAINS = say("Contained in it; case and line breaks make no difference.")

HELP: Mapping[str, Mapping[str, Text]] = {
    "RuleTestsFile": {
        "": say("Mails, and what is to become of them; gateway check tries them all."),
        "tests": say("The tests, in any order but for after."),
    },
    "RuleTestPart": {
        "": say("One test."),
        "name": say("What it is called when it fails; each name stands once in a file."),
        "after": say("A test above: this mail answers what was sent there."),
        "mail": say("The mail as it would arrive, or the name of a file beside the test."),
        "expect": say("What is to happen; only what is written is compared."),
    },
    "SamplePart": {
        "": say("A mail as it would arrive."),
        "file": say("A mail in the same folder (mail.eml), instead of what it is made of here."),
        "from": say("The author, with or without a name; “@anna” is an agent's address."),
        "to": say("The recipients."),
        "cc": say("Who gets copies."),
        "subject": say("The subject."),
        "text": say("The text."),
        "headers": say("Further header fields, by their names."),
        "attachments": say("Names of attachments, or their name, type and size."),
        "form": say("The fields of the contact form; the mail is as the website writes it."),
        "envelope_from": say("The sender of the envelope; “<>” is the null sender of machines."),
        "envelope_to": say("The recipients of the envelope, where they are others than to and cc."),
        "proved": say("false: nothing proves who wrote it. Without it, it is proved (DKIM)."),
        "proof": say("What proves who wrote it."),
        "forged": say("true: the author's domain says that the mail is not theirs."),
        "at": say("When it arrives: 2026-12-24 18:30, or Sa 20:00; without it Wednesday noon."),
    },
    "AttachmentPart": {
        "": say("A file that the mail brings."),
        "name": say("The name of the file."),
        "type": say("Its type, for example image/png; without it as its name says."),
        "size": say("How large it is: 5 MB, 200 KB."),
    },
    "ExpectPart": {
        "": say("What is to become of the mail."),
        "outcome": say("How it ends; refused: the server does not take it."),
        "ticket": say("new, known (that of the mail before) or none."),
        "department": say("Where the ticket is then."),
        "topic": say("Its help topic."),
        "priority": say("Its priority."),
        "status": say("Its status."),
        "responsible": say("Short name of the agent who is responsible, or nobody."),
        "language": say("Its language: de or en."),
        "requester": say("The address of the person whose ticket it is."),
        "tags": say("Just these tags; [] for none."),
        "fields": say("What stands in the fields of the help topic."),
        "refer": say("Who has access beside the department: departments, and agents as “@anna”."),
        "notes": say("Contained in a note of the ticket."),
        "rules": say("Rules of routing.yaml that hold."),
        "not_rules": say("Rules of routing.yaml that do not hold."),
        "sent": say("Mails that are sent; nothing: nobody gets one."),
        "not_sent": say("Mails that are not sent."),
    },
    "SentPart": {
        "": say("A mail that is sent: all of what is given holds."),
        "to": say("Who gets it: an address, or an agent as “@anna”."),
        "kind": say("What sort of mail it is."),
        "subject": _CONTAINS,
        "contains": _CONTAINS,
    },
}
