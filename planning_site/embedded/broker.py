"""The embedded broker and cache: a Valkey on loopback, with a generated password and an append-only file."""

import json
import signal
import subprocess
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from planning_site.embedded import ports, processes
from planning_site.embedded.errors import WrongPasswordError
from planning_site.embedded.programs import broker_program
from planning_site.embedded.server import Server


class Broker(Server):
    """The Redis-protocol server of one installation."""

    label = "broker"
    first_port = 16379
    instead = "REDIS_URL"

    @property
    def directory(self) -> Path:
        return self.var.broker

    def recorded(self) -> tuple[int, int] | None:
        try:
            record = json.loads(self.var.broker_state.read_text())
        except FileNotFoundError:
            return None
        return int(record["pid"]), int(record["port"])

    def forget(self) -> None:
        self.var.broker_state.unlink(missing_ok=True)

    def is_ready(self, port: int) -> bool:
        # The caller asks again and again itself.
        once = Retry(NoBackoff(), retries=0)
        client = redis.Redis(host=ports.LOOPBACK, port=port, password=self._password(), socket_timeout=3, decode_responses=True, retry=once)
        try:
            client.ping()
            where = client.config_get("dir")["dir"]
        except redis.AuthenticationError as error:
            raise WrongPasswordError(f"Port {port} is held by a server that does not know the password of {self.var.root}.") from error
        except (redis.ConnectionError, redis.TimeoutError):
            # Not listening yet, or still reading its file (BusyLoadingError is a ConnectionError).
            return False
        finally:
            client.close()
        return where is not None and Path(where) == self.directory

    def url(self, port: int) -> str:
        return f"redis://:{self._password()}@{ports.LOOPBACK}:{port}/0"

    def prepare(self) -> None:
        """Nothing: the server makes its files itself."""

    def launch(self, port: int) -> "subprocess.Popen[bytes]":
        settings = {
            "bind": ports.LOOPBACK,
            "port": str(port),
            "requirepass": self._password(),
            "appendonly": "no" if self.var.throwaway else "yes",
            "appendfsync": "everysec",
            "save": '""',
            "databases": "256",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
            "set-proc-title": "no",
        }
        # Through standard input: other users can read a command line, and a file would have to be opened for the server's user.
        configuration = "".join(f"{name} {value}\n" for name, value in settings.items())
        program = broker_program(self.runner, self.var.root)
        process = self.runner.popen([str(program), "-", "--dir", str(self.directory)], log=self.log, stdin=configuration.encode())
        draft = self.var.broker_state.with_suffix(".new")
        draft.write_text(json.dumps({"pid": process.pid, "port": port}))
        draft.rename(self.var.broker_state)
        return process

    def complete(self, port: int) -> None:
        """Nothing: queues and keys come with their use."""

    def stop_process(self, pid: int) -> bool:
        # SIGTERM writes and syncs the append-only file before the end.
        return processes.stop(pid, [(signal.SIGTERM, 3.0), (signal.SIGKILL, 1.0)])

    def _password(self) -> str:
        return self.var.secret("broker-password")
