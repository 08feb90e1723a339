"""The embedded PostgreSQL: loopback only, scram with generated passwords, UTF-8 without the system's locales."""

import locale
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg2
from psycopg2 import sql

from planning_site.embedded import ports, processes
from planning_site.embedded.errors import EmbeddedError, WrongPasswordError
from planning_site.embedded.programs import postgres_programs
from planning_site.embedded.server import Server

ADMIN = "postgres"
NAME = "luyue"

SETTINGS = {
    "listen_addresses": ports.LOOPBACK,
    "unix_socket_directories": "",
    "max_connections": "150",
    "shared_buffers": "128MB",
    "timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
}
# For data that is thrown away afterwards: a power cut may lose it, so nothing waits for the disk.
THROWAWAY_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum_naptime": "10min",
    "checkpoint_timeout": "1h",
}


def _ctype() -> str:
    """Return the system's character classes for initdb: pg_trgm asks them, and by those of C no Chinese character is a letter."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return "C"  # search by part of a Chinese name then reads the table instead of an index
    locale.setlocale(locale.LC_CTYPE, before)
    return "C.UTF-8"


class Database(Server):
    """PostgreSQL of one installation. The site's role owns its database and may create others, but is no superuser."""

    label = "database"
    first_port = 15432
    instead = "DATABASE_URL"

    @property
    def directory(self) -> Path:
        return self.var.database

    def recorded(self) -> tuple[int, int] | None:
        # PostgreSQL's own record: process id in its first line, port in its fourth.
        try:
            lines = (self.directory / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return None
        if len(lines) < 4:
            return None
        return int(lines[0]), int(lines[3])

    def forget(self) -> None:
        # A record whose number now belongs to another process would keep PostgreSQL from starting.
        (self.directory / "postmaster.pid").unlink(missing_ok=True)

    def is_ready(self, port: int) -> bool:
        try:
            connection = self._connect_as_admin(port)
        except psycopg2.OperationalError as error:
            if "password authentication failed" in str(error):
                raise WrongPasswordError(
                    f"The database on port {port} does not know the password in {self.var.root / 'database-admin-password'}. "
                    "Put the file back that belongs to this data."
                ) from error
            return False
        try:
            with connection.cursor() as cursor:
                cursor.execute("SHOW data_directory")
                row = cursor.fetchone()
        finally:
            connection.close()
        return row is not None and Path(row[0]) == self.directory

    def url(self, port: int) -> str:
        return f"postgres://{NAME}:{self.var.secret('database-password')}@{ports.LOOPBACK}:{port}/{NAME}"

    def prepare(self) -> None:
        programs = self._programs()
        if not (self.directory / "PG_VERSION").exists():
            self._create_cluster(programs)
        kept = (self.directory / "PG_VERSION").read_text().strip()
        told = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True, check=True)
        serves = told.stdout.split()[2].partition(".")[0]
        if kept != serves:
            raise EmbeddedError(
                f"The data in {self.directory} are of PostgreSQL {kept}, the installed server is {serves}. "
                "docs/deployment.md tells how to carry them over."
            )

    def _create_cluster(self, programs: Path) -> None:
        """Make the cluster in a draft directory that takes its place when complete, so that a crash leaves nothing half done."""
        draft = self.var.root / "database.new"
        if draft.exists():
            shutil.rmtree(draft)
        draft.mkdir(mode=0o700)
        password = self.var.root / "initdb.password"
        password.unlink(missing_ok=True)
        password.touch(mode=0o600)
        password.write_text(self.var.secret("database-admin-password"))
        self.runner.hand_over(draft)
        self.runner.hand_over(password)
        command = [str(programs / "initdb"), "-D", str(draft), f"--username={ADMIN}", f"--pwfile={password}", "--auth=scram-sha-256"]
        command += ["--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", f"--lc-ctype={_ctype()}"]
        if self.var.throwaway:
            command.append("--no-sync")
        try:
            status = self.runner.run(command, log=self.log)
        finally:
            password.unlink()
        if status != 0:
            raise EmbeddedError(f"The database cannot be created (exit status {status}). {self.log_tail()}")
        self.directory.rmdir()
        draft.rename(self.directory)

    def launch(self, port: int) -> "subprocess.Popen[bytes]":
        settings = SETTINGS | {"port": str(port)} | (THROWAWAY_SETTINGS if self.var.throwaway else {})
        command = [str(self._programs() / "postgres"), "-D", str(self.directory)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        return self.runner.popen(command, log=self.log)

    def complete(self, port: int) -> None:
        connection = self._connect_as_admin(port)
        connection.autocommit = True
        role = sql.Identifier(NAME)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [NAME])
                if cursor.fetchone() is None:
                    cursor.execute(sql.SQL("CREATE ROLE {} LOGIN CREATEDB").format(role))
                cursor.execute(sql.SQL("ALTER ROLE {} PASSWORD %s").format(role), [self.var.secret("database-password")])
                cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME])
                if cursor.fetchone() is None:
                    cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(role, role))
        finally:
            connection.close()

    def stop_process(self, pid: int) -> bool:
        # SIGINT is a fast shutdown: clients are sent away. SIGQUIT leaves the rest to recovery at the next start.
        return processes.stop(pid, [(signal.SIGINT, 5.0), (signal.SIGQUIT, 2.0), (signal.SIGKILL, 1.0)])

    def _programs(self) -> Path:
        return postgres_programs(self.runner, self.var.root)

    def _connect_as_admin(self, port: int) -> "psycopg2.extensions.connection":
        return psycopg2.connect(
            host=ports.LOOPBACK,
            port=port,
            user=ADMIN,
            password=self.var.secret("database-admin-password"),
            dbname="postgres",
            connect_timeout=3,
        )
