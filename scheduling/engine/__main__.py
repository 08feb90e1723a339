"""Command line of the engine: `python -m scheduling.engine {solve,warm}`."""

import sys

from .cli import main

sys.exit(main(sys.argv[1:]))
