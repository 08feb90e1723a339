"""Free ports on the loopback address."""

import errno
import socket
from collections.abc import Iterator

from planning_site.embedded.errors import EmbeddedError

LOOPBACK = "127.0.0.1"
TRIES = 200


def is_free(port: int, host: str = LOOPBACK) -> bool:
    """Say whether a server could listen on the port now.

    Raises OSError where it is not a question of another listener: no right to a port below 1024, an address that is not ours.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: a port is not taken by connections that linger after their server has gone.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return False
            raise
        return True


def free_from(first: int) -> Iterator[int]:
    """Yield the free ports from `first` upwards."""
    return (port for port in range(first, min(first + TRIES, 65536)) if is_free(port))


def bind_from(listener: socket.socket, host: str, first: int) -> int:
    """Bind the socket to `first` or the next free port, listen, and return the port.

    Raises EmbeddedError if the address is not ours, the port is not allowed, or none is free.
    """
    for port in range(first, min(first + TRIES, 65536)):
        try:
            listener.bind((host, port))
            listener.listen(2048)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise EmbeddedError(f"Cannot listen on {host}, port {port}: {error.strerror}.") from error
        else:
            return port
    raise EmbeddedError(f"No free port from {first} upwards.")
