"""Sealing: what is to be signed or encrypted is so before anybody is dialled, in a thread."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import structlog

from gateway.model.delivery import Deferred, DeliveryOutcome, Failed
from gateway.model.outbox import OutboxMail
from gateway.ports import Unsealable
from gateway.workers.deliver import Deliver

log = structlog.get_logger()

Seal = Callable[[OutboxMail], bytes]


def sealing(deliver: Deliver, seal: Seal) -> Deliver:
    """`deliver`, for mails as they are to leave.

    What cannot be sealed now waits, whatever the reason; what never can be is given up, and its
    agents hear of it. It is never sent as it is.
    """

    async def carry(mail: OutboxMail) -> DeliveryOutcome:
        if mail.seal.is_open:
            return await deliver(mail)
        try:
            content = await asyncio.to_thread(seal, mail)
        except Unsealable as never:
            return Failed(str(never), "5.7.5", unsealed=True)  # Cryptographic failure (RFC 3463)
        except Exception as trouble:
            log.exception("a mail could not be sealed", message_id=mail.message_id)
            return Deferred(f"not sealed: {type(trouble).__name__}", here=True)
        return await deliver(replace(mail, content=content))

    return carry
