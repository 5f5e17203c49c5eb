"""Loopback ports for the sandbox's servers."""

import atexit
import random
import socket
import ssl
from collections import deque
from contextlib import suppress
from typing import Final

from bot.core.errors import ConfigurationError

PAGE: Final = range(8700, 8710)  # where the page is, the first that is free
NO_TLS: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # for clients: it trusts nobody
SERVERS: Final = range(20000, 32768)  # below the ports that Linux gives to connections

# A port is told to one process at a time: who was told holds UDP's port of the same number.
KEPT: Final = 64  # tokens; the server of an older one has started long ago
_told: deque[socket.socket] = deque()


def kept_port() -> int:
    """Return the first of the sandbox's own loopback ports that nobody has; else 0, any other."""
    for port in PAGE:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with suppress(OSError):
                probe.bind(("127.0.0.1", port))
                return port
    return 0


def free_port() -> int:
    """Return a loopback port for a server that starts soon.

    It is none of those that the kernel gives to connections, since one of them could take it before
    the server does; and no other process is told the same one meanwhile.

    Raises:
        ConfigurationError: none is free.
    """
    for port in random.sample(SERVERS, len(SERVERS)):
        token = socket.socket(type=socket.SOCK_DGRAM)
        try:
            token.bind(("127.0.0.1", port))
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            token.close()
            continue
        _keep(token)
        return port
    spoken = f"from {SERVERS.start} to {SERVERS.stop - 1}"
    raise ConfigurationError([f"no loopback port {spoken} is free; end what listens there"])


def _keep(token: socket.socket) -> None:
    _told.append(token)
    if len(_told) > KEPT:
        _told.popleft().close()


@atexit.register
def _give_back() -> None:
    while _told:
        _told.pop().close()
