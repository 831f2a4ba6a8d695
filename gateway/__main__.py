"""The command `gateway`: which command is which function. Everything else is in `cli`."""

from cyclopts import App

app = App(
    name="gateway",
    help="A mail gateway that lets an organisation run its whole help desk by email.",
)
ticket = App(name="ticket", help="Look at tickets.")
queue = App(name="queue", help="Look at mail on its way.")
agent = App(name="agent", help="Accounts of agents.")

app.command("gateway.cli.operate:init")
app.command("gateway.cli.operate:serve")
app.command("gateway.cli.operate:check")
app.command("gateway.cli.demo:demo")
app.command("gateway.cli.look:inspect")
app.command("gateway.cli.look:explain")
ticket.command("gateway.cli.look:list_tickets", name="list")
ticket.command("gateway.cli.look:show_ticket", name="show")
queue.command("gateway.cli.look:list_queue", name="list")
agent.command("gateway.cli.people:add", name="add")
agent.command("gateway.cli.people:list_agents", name="list")
for group in (ticket, queue, agent):
    app.command(group)


def main() -> None:
    """Run the command; a mistake of the person at the terminal is one line, not a traceback."""
    from gateway.cli.mistakes import told  # noqa: PLC0415

    with told():
        app()


if __name__ == "__main__":
    main()
