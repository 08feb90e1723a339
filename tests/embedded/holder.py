"""A user of the embedded servers in a process of its own: prints the addresses as JSON, waits for a line, leaves.

With the argument `fork` it first forks a child, which ends right after it.
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
    if sys.argv[1:] == ["fork"]:
        parent_lives, kept_by_parent = os.pipe()
        if os.fork() == 0:
            os.close(kept_by_parent)
            os.read(parent_lives, 1)
            # The child ends as a program does, what it inherited for its exit included.
            sys.exit(0)
    sys.stdout.write(json.dumps({name: os.environ[name] for name in ("DATABASE_URL", "REDIS_URL")}) + "\n")
    sys.stdout.flush()
    sys.stdin.readline()


if __name__ == "__main__":
    main()
