"""The one-machine default: our own PostgreSQL and Redis-protocol server, started when nobody named others.

`ensure()` is the one entry. It sets DATABASE_URL and REDIS_URL where they are unset, so it must run before Django's settings load.
"""

from planning_site.embedded.errors import EmbeddedError
from planning_site.embedded.leases import Lease, ensure

__all__ = ["EmbeddedError", "Lease", "ensure"]
