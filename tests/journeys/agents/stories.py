"""How most stories begin: somebody has written, and agents have been told."""

from dataclasses import dataclass

from gateway.model.ticket import Ticket
from tests.journeys.desk import Arrived, Desk, fresh

ANNA = "anna@mitglieder.example"
BEN = "ben@mitglieder.example"
CLARA = "clara@mitglieder.example"
DORA = "dora@mitglieder.example"
EMIL = "emil@mitglieder.example"
FRITZ = "fritz@mitglieder.example"
TICKETS = "tickets@truhe.example"

NOTHING = "Es wurde NICHTS geändert und NICHTS verschickt."

_FORM = """\
Name: Maria Muster
E-Mail: {requester}
Standort: {location}
Thema: Spendenangebot
Nachricht: {text}
"""


@dataclass(frozen=True)
class Story:
    """A new ticket of `maria` at a location; `notice` told the agent about it."""

    desk: Desk
    maria: str
    number: str
    notice: Arrived
    confirmation: Arrived
    other: Arrived | None = None
    """Ben's notification, in Berlin."""

    @property
    def ticket(self) -> Ticket:
        """The ticket as it stands."""
        return self.desk.ticket(self.number).ticket

    @property
    def responsible(self) -> str:
        """The handle of the responsible agent, empty when there is none."""
        found = self.desk.ticket(self.number).responsible
        return found.handle if found else ""

    @property
    def events(self) -> list[str]:
        """Texts and kinds of the thread, for looking at what was kept."""
        return [f"{e.kind}: {e.text or e.event}" for e in self.desk.ticket(self.number).entries]

    def does(self, agent: str, text: str, to: Arrived | None = None) -> Arrived:
        """The agent answers the notification (or another mail); the receipt comes back."""
        self.desk.answer(agent, to or self.notice, text)
        return self.desk.arrives(agent)


def berlin(desk: Desk, text: str = "Ich suche einen Laptop.", agent: str = ANNA) -> Story:
    """A ticket in Berlin, where Anna and Ben are; `notice` is `agent`'s."""
    return at_location(desk, "Berlin", text, agent)


def at_location(desk: Desk, location: str, text: str, agent: str) -> Story:
    """A ticket that came by the contact form of the website."""
    maria = fresh()
    form = _FORM.format(requester=maria, location=location, text=text)
    desk.write("website@truhe.example", "kontaktformular@truhe.example", "Kontaktformular", form)
    number = desk.only_ticket(maria).ticket.number
    other = desk.arrives(BEN) if location == "Berlin" and agent == ANNA else None
    story = Story(desk, maria, number, desk.arrives(agent), desk.arrives(maria), other)
    desk.forget()
    return story
