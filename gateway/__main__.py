"""The command `gateway`: which command is which function. Everything else is in `cli`."""

import sys
from importlib.metadata import version

from cyclopts import App

app = App(
    name="gateway",
    help="A mail gateway that lets an organisation run its whole help desk by email.",
    version=lambda: version("ticket-gateway"),
)
ticket = App(name="ticket", help="Look at tickets.")
queue = App(name="queue", help="Look at mail on its way.")
agent = App(name="agent", help="Accounts of agents.")
department = App(name="department", help="Departments in the rule files.")
keys = App(name="keys", help="Our own OpenPGP keys.")
openpgp = App(name="openpgp", help="Encrypted mail that could not be opened.")
person = App(name="person", help="What is stored about a person: give it to them, forget it.")
retention = App(name="retention", help="How long things are kept.")
audit = App(name="audit", help="The history of what agents and the operator did.")
rules = App(name="rules", help="The rules in force, and what they kept out.")

_OPERATE, _LOOK, _PEOPLE = (f"gateway.cli.{name}:" for name in ("operate", "look", "people"))

app.command(_OPERATE + "init", help="Make a folder to start from.")
app.command(_OPERATE + "serve", help="Receive, process and send mail until told to stop.")
app.command("gateway.cli.checking:check", help="Check configuration, rules, templates, rule tests.")
app.command("gateway.cli.doctor:doctor", help="Say what is not in order, and what to do.")
app.command("gateway.cli.preview:preview", help="Show an outgoing mail with example data.")
app.command("gateway.cli.demo:demo", help="Play a whole story over SMTP and show every mail.")
app.command(_LOOK + "inspect", help="Show what a mail says.")
app.command(_LOOK + "explain", help="Show what would happen to a mail, without doing it.")
ticket.command(_LOOK + "list_tickets", name="list", help="List tickets.")
ticket.command(_LOOK + "show_ticket", name="show", help="Show one ticket with its thread.")
ticket.command(
    "gateway.cli.exporting:export_tickets", name="export", help="Write tickets into a ZIP file."
)
queue.command(_LOOK + "list_queue", name="list", help="List mail that waits or failed.")
queue.command(_LOOK + "retry_queue", name="retry", help="Try quarantined or failed mail again.")
agent.command(_PEOPLE + "add", help="Add an agent.")
agent.command(_PEOPLE + "change", name="set", help="Change departments, role or state of an agent.")
agent.command(_PEOPLE + "remove", help="Remove an agent.")
agent.command(
    "gateway.cli.second_factor:otp", name="otp", help="Set up or reset an agent's one-time codes."
)
agent.command(
    "gateway.cli.password:password",
    name="password",
    help="Make a password with which an agent sends mail through the gateway.",
)
_AGENT_KEYS = "gateway.cli.agent_keys:"
agent.command(_AGENT_KEYS + "key_add", name="key-add", help="Pin an OpenPGP key to an agent.")
agent.command(_AGENT_KEYS + "key_del", name="key-del", help="Take an agent's OpenPGP key away.")
agent.command(_PEOPLE + "list_agents", name="list", help="List all agents.")
agent.command(
    "gateway.cli.importing:import_agents", name="import", help="Add the people of a table."
)
department.command(
    "gateway.cli.importing:import_departments",
    name="import",
    help="Write the departments of a table into the rule files.",
)
_KEYS = "gateway.cli.keys:"
keys.command(_KEYS + "list_keys", name="list", help="List our keys.")
keys.command(_KEYS + "generate", help="Make a key for one of our addresses.")
keys.command(_KEYS + "import_keys", name="import", help="Take over secret keys from a file.")
keys.command(_KEYS + "export", help="Print the public half of a key.")
keys.command(_KEYS + "expiry", help="Put off the end of a key.")
keys.command(_KEYS + "wkd", help="Write our keys as a Web Key Directory.")
openpgp.command("gateway.cli.openpgp:retry", help="Open what could not be opened before.")
rules.command("gateway.cli.rules:show", help="Show the rules in force, with their sources.")
rules.command(
    "gateway.cli.schemas:schema", help="Write JSON Schemas of the rule files, for editors."
)
rules.command("gateway.cli.rules:rejected", help="Show how much mail was not let in, and why.")
person.command("gateway.cli.person:export", help="Write all about a person into a ZIP file.")
person.command("gateway.cli.person:forget", help="Purge a person's tickets; dry without --yes.")
retention.command("gateway.cli.retention:show", help="Show what is due to be deleted.")
retention.command("gateway.cli.retention:sweep", help="Take what was removed out of the files.")
audit.command("gateway.cli.audit:verify", help="Check that the history is whole and unchanged.")
for group in (ticket, queue, keys, openpgp, agent, audit, person, retention, department, rules):
    app.command(group)


def main() -> None:
    """Run the command; a mistake of the person at the terminal is one line, not a traceback."""
    from gateway.cli.mistakes import told  # noqa: PLC0415

    with told():
        app(sys.argv[1:])


if __name__ == "__main__":
    main()
