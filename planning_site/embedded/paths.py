"""Where an installation keeps what it owns: one directory, VAR_DIR, and nothing outside it."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from planning_site.embedded.errors import EmbeddedError

PROJECT_ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class VarDir:
    """The files of one installation below its VAR_DIR."""

    root: Path

    @classmethod
    def from_environment(cls) -> "VarDir":
        """Read VAR_DIR, by default `var/` in the project, and make it absolute. Nothing is created yet."""
        return cls(Path(os.environ.get("VAR_DIR") or PROJECT_ROOT / "var").expanduser().resolve())

    @property
    def mutex(self) -> Path:
        """Held exclusively while servers are found, started or stopped."""
        return self.root / "mutex.lock"

    @property
    def lease(self) -> Path:
        """Held shared by every process that uses the servers."""
        return self.root / "lease.lock"

    @property
    def site_lock(self) -> Path:
        """Held exclusively by the running site (`make run`)."""
        return self.root / "site.lock"

    @property
    def log(self) -> Path:
        """The directory of the servers' logs."""
        return self.root / "log"

    @property
    def database(self) -> Path:
        """PostgreSQL's data directory."""
        return self.root / "database"

    @property
    def broker(self) -> Path:
        """The broker's append-only files."""
        return self.root / "broker"

    @property
    def broker_state(self) -> Path:
        """Process id and port of the broker that was started last."""
        return self.root / "broker.json"

    @property
    def demo_loaded(self) -> Path:
        """Exists once the demo factory is in the database, and names its people."""
        return self.root / "demo-loaded"

    @property
    def throwaway(self) -> bool:
        """Say whether the data need not outlive a power cut: true where someone put a file `throwaway`, as the tests do."""
        return (self.root / "throwaway").exists()

    def create(self) -> None:
        """Create VAR_DIR and its log directory. Parents that exist keep their permissions.

        Raises EmbeddedError if VAR_DIR belongs to another user: two users' servers cannot take turns with the same files.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        if self.root.stat().st_uid != os.geteuid():
            raise EmbeddedError(f"{self.root} belongs to another user. Run as that user, or set VAR_DIR to a directory of your own.")
        self.log.mkdir(mode=0o700, exist_ok=True)

    def secret(self, name: str) -> str:
        """Return the secret kept in the file `name`, generated at the first call; only the owner can read the file."""
        path = self.root / name
        if not path.exists():
            # Written beside and renamed, so that a crash never leaves an empty secret behind.
            draft = path.with_suffix(".new")
            draft.unlink(missing_ok=True)
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48))
                file.flush()
                os.fsync(file.fileno())
            draft.rename(path)
        return path.read_text().strip()
