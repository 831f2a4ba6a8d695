"""What no mail sets off: duties that are due by time, and what the operator orders.

A duty has two halves: a look-up of what is due now, and one of it done. The doing reads what is
there, lets a pure function decide, and writes all of it in one transaction, in which the thing also
ceases to be due: it is done once, by whichever node comes first. `workers/timed` runs each duty in
a loop of its own. A new one is a file here and a line in `ALL`.
"""

from gateway.duties.absences import Absences
from gateway.duties.accounts import Inactivity, Leaving
from gateway.duties.digests import Digests
from gateway.duties.duty import AnyDuty, Duty, Office
from gateway.duties.escalations import Escalations
from gateway.duties.held import HeldMails
from gateway.duties.keys import EndingKeys
from gateway.duties.reminders import Reminders
from gateway.duties.retention import Cleaning, Deletions, Proposals, Purges

ALL: tuple[type[AnyDuty], ...] = (
    Reminders,
    Digests,
    Absences,
    Inactivity,
    Leaving,
    EndingKeys,
    HeldMails,
    Escalations,
    Deletions,
    Proposals,
    Purges,
    Cleaning,
)

__all__ = ["ALL", "AnyDuty", "Duty", "Office"]
