"""A user of the embedded servers in a process of its own: prints the addresses as JSON, waits for a line, leaves.

With the argument `fork` it first forks a child, which outlives it until the input ends.
"""

import json
import os
import sys

from planning_site.embedded import EmbeddedError, ensure


def main() -> None:
    """Hold a lease until a line comes."""
    try:
        ensure()
    except EmbeddedError as error:
        sys.exit(str(error))
    if sys.argv[1:] == ["fork"] and os.fork() == 0:
        # The child ends as a program does, what it inherited for its exit included.
        sys.stdin.read()
        sys.exit(0)
    sys.stdout.write(json.dumps({name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL")}) + "\n")
    sys.stdout.flush()
    sys.stdin.readline()


if __name__ == "__main__":
    main()
