"""The least that aiosmtpd can do: `python -m bench.null` accepts every mail and forgets it.

Prints `ready: smtp 127.0.0.1:PORT`, the line that the gateway prints too.
"""

import asyncio

from aiosmtpd.smtp import SMTP


class Null:
    """A handler that says yes."""

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        return "250 OK"


async def serve() -> None:
    """Accept until the process is ended."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(Null(), hostname="null.example", loop=loop), "127.0.0.1", 0
    )
    print(f"ready: smtp 127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve())
