"""`python -m planning_site.embedded run|stop`: the whole site on one machine, and the end of what a killed one left behind."""

import argparse
import os
import sys

from planning_site.embedded.errors import EmbeddedError
from planning_site.embedded.leases import stop_abandoned
from planning_site.embedded.site import run


def main() -> int:
    """Read the command line and run it; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m planning_site.embedded", description="The site with its own database and broker.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("run", help="start everything; Ctrl-C stops everything").set_defaults(call=run)
    commands.add_parser("stop", help="stop servers that nobody uses, as a killed site leaves them").set_defaults(call=stop_abandoned)
    chosen = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planning_site.settings.dev")
    try:
        status: int = chosen.call()
    except EmbeddedError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return status


if __name__ == "__main__":
    sys.exit(main())
