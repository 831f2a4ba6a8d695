"""One conversation with the smarthost, step by step, that hands over no mail."""

import asyncio
import ssl

import aiosmtplib

from gateway.config import DeliverySettings, Security
from gateway.model.health import SmarthostSeen, Stage
from gateway.smtp.pool import Connector

PATIENCE = 15.0
"""Seconds for all steps together."""


async def probe(
    settings: DeliverySettings, hostname: str, patience: float = PATIENCE
) -> SmarthostSeen:
    """How far it goes: connected, encrypted, greeted, logged in as the settings want it."""
    address = f"{settings.host}:{settings.port}"
    login, encrypted = bool(settings.user), settings.security is not Security.NONE
    try:
        connector = Connector(settings, hostname)
    except OSError as wrong:  # ssl.SSLError is one
        return SmarthostSeen(address, Stage.SETTINGS, _reason(wrong), encrypted, login)
    steps = _Steps(settings, connector)
    try:
        async with asyncio.timeout(patience):
            await steps.run()
    except TimeoutError:
        return SmarthostSeen(address, steps.stage, f"{patience:g} s", encrypted, login)
    except (aiosmtplib.SMTPException, OSError, ValueError) as wrong:
        stage = Stage.TLS if isinstance(wrong.__cause__, ssl.SSLError) else steps.stage
        return SmarthostSeen(address, stage, _reason(wrong), encrypted, login)
    finally:
        steps.client.close()
    return SmarthostSeen(address, Stage.ALL, "", encrypted, login)


class _Steps:
    """`stage` is the step under way."""

    def __init__(self, settings: DeliverySettings, connector: Connector) -> None:
        self._settings, self._password = settings, connector.password
        self.client = connector.to_smarthost()
        self.stage = Stage.CONNECT

    async def run(self) -> None:
        client, settings = self.client, self._settings
        await client.connect(start_tls=False, username=None, password=None)
        self.stage = Stage.EHLO
        await client.ehlo()
        if settings.security is Security.STARTTLS:
            self.stage = Stage.TLS
            await client.starttls()
            self.stage = Stage.EHLO
            await client.ehlo()
        if settings.user:
            self.stage = Stage.LOGIN
            await client.login(settings.user, self._password)
        await client.quit()


def _reason(wrong: Exception) -> str:
    """One line, whatever a server says."""
    return " ".join(str(wrong).split())[:300] or type(wrong).__name__
