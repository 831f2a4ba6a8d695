"""What one server will bear: connections, bytes under way, and patience with one session."""

from collections import Counter

IDLE_COMMANDS = 1000
"""Commands in a session since its last accepted message (recipients come on top)."""
ERRORS = 50
"""Refused commands in a session since its last accepted message."""
COMMAND_LINE = 2048
"""Longest command line; MAIL with a long internationalised address and all parameters fits."""
CHUNK = 262_144
"""Most bytes taken from a connection at a time."""
STREAM_BUFFER = 131_072
"""Bytes buffered of a connection before it is no longer read (twice this is the most)."""

GOODBYE = 1.0
"""Seconds that a session which is cut off is still heard, so that the peer reads why."""
GOODBYE_CHUNKS = 64
"""Reads in that time, at most."""


class Pending:
    """Bytes of messages being received, over all sessions."""

    def __init__(self, limit: int) -> None:
        self._left = limit

    def has(self, size: int) -> bool:
        """True when so many more bytes would be taken now."""
        return size <= self._left

    def take(self, size: int) -> bool:
        """Count `size` more bytes; False, and nothing counted, when that is too much."""
        if size > self._left:
            return False
        self._left -= size
        return True

    def give(self, size: int) -> None:
        """Give back what was taken."""
        self._left += size


class Connections:
    """How many connections there are, in all and from each IP address."""

    def __init__(self, most: int, most_per_client: int) -> None:
        self._most = most
        self._most_per_client = most_per_client
        self._clients: Counter[str] = Counter()
        self.total = 0

    def enter(self, ip: str) -> bool:
        """Count one more; False, and nothing counted, when that is too much.

        The unix socket (`ip` empty) is one trusted server: only the total holds for it.
        """
        if self.total >= self._most or (ip and self._clients[ip] >= self._most_per_client):
            return False
        self.total += 1
        self._clients[ip] += 1
        return True

    def leave(self, ip: str) -> None:
        """Give back what `enter` counted."""
        self.total -= 1
        self._clients[ip] -= 1
        if not self._clients[ip]:
            del self._clients[ip]
