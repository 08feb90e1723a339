#!/usr/bin/env python
"""Django's command line, with the embedded database and broker where no others are named."""

import os
import signal
import sys
from types import FrameType

# These only read and write source files. Settings still want addresses; nothing listens on these.
UNUSED = {"DATABASE_URL": "postgres://unused@127.0.0.1:1/unused", "REDIS_URL": "redis://127.0.0.1:1/0"}
WITHOUT_SERVERS = {
    "help",
    "version",
    "--version",
    "--help",
    "-h",
    "compilemessages",
    "makemessages",
    "translations",
    "collectstatic",
    "findstatic",
}


def needs_servers(arguments: list[str]) -> bool:
    """Say whether the command may ask the database or the broker."""
    return bool(arguments) and arguments[0] not in WITHOUT_SERVERS and not {"-h", "--help"} & set(arguments)


def end_in_order(number: int, frame: FrameType | None) -> None:
    """Turn a request to end into an ordinary exit, so that servers started for this command are stopped."""
    raise SystemExit(128 + number)


def main() -> None:
    """Run one command."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planning_site.settings.dev")
    if needs_servers(sys.argv[1:]):
        from planning_site.embedded import EmbeddedError, ensure

        signal.signal(signal.SIGTERM, end_in_order)
        signal.signal(signal.SIGHUP, end_in_order)
        try:
            ensure()
        except EmbeddedError as error:
            sys.exit(str(error))
    else:
        for name, address in UNUSED.items():
            os.environ.setdefault(name, address)
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
