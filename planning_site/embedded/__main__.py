"""`python -m planning_site.embedded run`: the whole site on one machine."""

import argparse
import os
import sys

from planning_site.embedded.errors import EmbeddedError
from planning_site.embedded.site import run


def main() -> int:
    """Read the command line and run it; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m planning_site.embedded", description="The site with its own database and broker.")
    parser.add_argument("command", choices=["run"], help="run: start everything, stop everything at Ctrl-C")
    parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "planning_site.settings.dev")
    try:
        return run()
    except EmbeddedError as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
