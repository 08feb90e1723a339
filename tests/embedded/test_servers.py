"""The embedded servers start, are shared, survive what can happen to them, and go without a trace."""

import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from planning_site.embedded.broker import Broker
from planning_site.embedded.postgres import Database
from planning_site.embedded.processes import is_alive, wait_until
from tests.embedded.conftest import Installation, broker, query

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes users")


@pytest.fixture
def open_directory() -> Iterator[Path]:
    """A temporary directory that every user may pass through."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o711)
        yield Path(name)


def port_of(url: str) -> int:
    return int(url.rsplit(":", 1)[1].split("/")[0])


def test_servers_keep_their_data_and_leave_no_process(installation: Installation) -> None:
    holder = installation.hold()
    query(holder.database_url, "CREATE TABLE size_run (pairs int)")
    query(holder.database_url, "INSERT INTO size_run VALUES (120)")
    broker(holder.redis_url).set("queue", "one")
    holder.leave()
    installation.assert_no_process()

    again = installation.hold()
    assert query(again.database_url, "SELECT pairs FROM size_run") == [(120,)]
    assert broker(again.redis_url).get("queue") == "one"
    again.leave()
    installation.assert_no_process()


def test_passwords_are_needed_and_readable_by_the_owner_only(installation: Installation) -> None:
    holder = installation.hold()
    secrets = sorted(installation.root.glob("*-password"))
    assert [path.name for path in secrets] == ["broker-password", "database-admin-password", "database-password"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in secrets} == {0o600}
    assert stat.S_IMODE(installation.var.database.stat().st_mode) == 0o700
    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(host="127.0.0.1", port=port_of(holder.database_url), user="postgres", dbname="postgres", password="guess")
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=port_of(holder.redis_url), retry=Retry(NoBackoff(), 0)).ping()
    for secret in secrets:
        assert not any(secret.read_text() in command for command in installation.processes().values())
    assert query(holder.database_url, "SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user") == [(False, True)]


def test_servers_listen_on_loopback_only(installation: Installation) -> None:
    holder = installation.hold()
    listening = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    for url in (holder.database_url, holder.redis_url):
        wanted = f"{port_of(url):04X}"
        assert {entry[1] for entry in listening if entry[1].endswith(f":{wanted}") and entry[3] == "0A"} == {f"0100007F:{wanted}"}


def test_the_first_user_out_stops_nothing_and_the_last_one_everything(installation: Installation) -> None:
    first, second = installation.hold(), installation.hold()
    assert (first.database_url, first.redis_url) == (second.database_url, second.redis_url)
    servers = installation.server_pids()
    first.leave()
    assert query(second.database_url, "SELECT 1") == [(1,)]
    assert broker(second.redis_url).ping()
    third = installation.hold()
    second.leave()
    assert installation.server_pids() == servers
    third.leave()
    installation.assert_no_process()


def test_users_who_start_together_share_one_pair_of_servers(installation: Installation) -> None:
    waiting = [installation.spawn("-m", "tests.embedded.holder") for _ in range(4)]
    holders = [installation.answer(*one) for one in waiting]
    assert len({(holder.database_url, holder.redis_url) for holder in holders}) == 1
    for holder in holders:
        holder.leave()
    installation.assert_no_process()


def test_the_last_user_stops_servers_that_it_did_not_want_itself(installation: Installation) -> None:
    both = installation.hold()
    installation.environment = {"REDIS_URL": "redis://elsewhere:6379/0"}
    database_only = installation.hold()
    assert database_only.redis_url == "redis://elsewhere:6379/0"
    both.leave()
    database_only.leave()
    installation.assert_no_process()


def test_a_killed_user_does_not_count(installation: Installation) -> None:
    killed, living = installation.hold(), installation.hold()
    killed.kill()
    living.leave()
    installation.assert_no_process()


def test_servers_of_a_killed_last_user_are_used_on_and_then_stopped(installation: Installation) -> None:
    killed = installation.hold()
    servers = installation.server_pids()
    killed.kill()
    assert all(is_alive(pid) for pid in servers)
    heir = installation.hold()
    assert installation.server_pids() == servers
    heir.leave()
    installation.assert_no_process()


def test_the_stop_command_ends_what_a_killed_user_left_and_nothing_in_use(installation: Installation) -> None:
    holder = installation.hold()
    in_use, _ = installation.spawn("-m", "planning_site.embedded", "stop")
    assert in_use.wait() == 1
    assert query(holder.database_url, "SELECT 1") == [(1,)]
    holder.kill()
    abandoned, _ = installation.spawn("-m", "planning_site.embedded", "stop")
    assert abandoned.wait() == 0
    installation.assert_no_process()


def test_a_forked_child_neither_stops_servers_nor_keeps_them(installation: Installation) -> None:
    parent = installation.hold("fork")
    other = installation.hold()
    parent.leave()
    assert query(other.database_url, "SELECT 1") == [(1,)]
    other.leave()
    installation.assert_no_process()


def test_everything_killed_at_once_starts_again_with_what_was_committed(installation: Installation) -> None:
    holder = installation.hold()
    query(holder.database_url, "CREATE TABLE size_run AS SELECT generate_series(1, 1000) AS pairs")
    broker(holder.redis_url).set("queue", "one")
    # The broker syncs its file every second; what it was told before that is written, though not synced.
    installation.kill_everything()
    installation.assert_no_process()
    again = installation.hold()
    assert query(again.database_url, "SELECT count(*) FROM size_run") == [(1000,)]
    assert broker(again.redis_url).get("queue") == "one"
    again.leave()
    installation.assert_no_process()


def test_one_killed_server_is_started_again_beside_the_living_one(installation: Installation) -> None:
    holder = installation.hold()
    _, broker_pid = installation.server_pids()
    database_pid, _ = installation.server_pids()
    os.kill(database_pid, signal.SIGKILL)
    assert wait_until(lambda: not is_alive(database_pid), 5)
    other = installation.hold()
    assert query(other.database_url, "SELECT 1") == [(1,)]
    assert installation.server_pids()[1] == broker_pid
    holder.leave()
    other.leave()
    installation.assert_no_process()


def test_a_record_whose_number_belongs_to_a_stranger_is_no_server(installation: Installation) -> None:
    holder = installation.hold()
    record = installation.var.database / "postmaster.pid"
    kept = record.read_text().splitlines(keepends=True)
    state = installation.var.broker_state.read_text()
    database_pid, broker_pid = installation.server_pids()
    holder.leave()
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        record.write_text("".join([f"{stranger.pid}\n", *kept[1:]]))
        installation.var.broker_state.write_text(state.replace(str(broker_pid), str(stranger.pid)))
        again = installation.hold()
        assert query(again.database_url, "SELECT 1") == [(1,)]
        again.leave()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()
    assert not is_alive(database_pid)


def test_a_half_made_cluster_is_made_anew(installation: Installation) -> None:
    draft = installation.root / "database.new"
    draft.mkdir(parents=True)
    (draft / "PG_VERSION").write_text("18\n")
    (installation.root / "database-password.new").write_text("half")
    holder = installation.hold()
    assert query(holder.database_url, "SELECT 1") == [(1,)]
    holder.leave()


def test_a_taken_port_gives_way_to_the_next_and_that_is_said(installation: Installation) -> None:
    taken = []
    for first in (Database.first_port, Broker.first_port):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", first))
            listener.listen()
        except OSError:
            # Another installation has it already, which is as good.
            listener.close()
        else:
            taken.append(listener)
    holder = installation.hold()
    assert port_of(holder.database_url) > Database.first_port
    assert port_of(holder.redis_url) > Broker.first_port
    said = holder.errors.read_text()
    assert f"Port 15432 is taken; the database listens on {port_of(holder.database_url)}." in said
    assert f"Port 16379 is taken; the broker listens on {port_of(holder.redis_url)}." in said
    holder.leave()
    for listener in taken:
        listener.close()


def test_two_installations_live_side_by_side(installation: Installation, other_installation: Installation) -> None:
    waiting = [one.spawn("-m", "tests.embedded.holder") for one in (installation, other_installation)]
    one, other = installation.answer(*waiting[0]), other_installation.answer(*waiting[1])
    assert len({port_of(url) for url in (one.database_url, one.redis_url, other.database_url, other.redis_url)}) == 4
    query(one.database_url, "CREATE TABLE only_here (pairs int)")
    with pytest.raises(psycopg2.errors.UndefinedTable):
        query(other.database_url, "SELECT * FROM only_here")
    with pytest.raises(psycopg2.OperationalError, match="password"):
        query(one.database_url.replace(f":{port_of(one.database_url)}/", f":{port_of(other.database_url)}/"), "SELECT 1")
    one.leave()
    installation.assert_no_process()
    assert broker(other.redis_url).ping()
    other.leave()
    other_installation.assert_no_process()


def test_addresses_from_the_environment_start_nothing(installation: Installation) -> None:
    installation.environment = {"DATABASE_URL": "postgres://elsewhere/luyue", "REDIS_URL": "redis://elsewhere:6379/0"}
    holder = installation.hold()
    assert (holder.database_url, holder.redis_url) == ("postgres://elsewhere/luyue", "redis://elsewhere:6379/0")
    assert not installation.root.exists()
    holder.leave()


def test_a_command_that_is_told_to_end_stops_its_servers(installation: Installation) -> None:
    process, errors = installation.spawn(
        "manage.py", "shell", "--no-imports", "-c", "print('up', flush=True); import time; time.sleep(600)"
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n", errors.read_text()
    process.terminate()
    assert process.wait() == 128 + signal.SIGTERM
    installation.assert_no_process()


def test_a_lost_password_is_named(installation: Installation) -> None:
    installation.hold().leave()
    (installation.root / "database-admin-password").write_text("another")
    assert "does not know the password" in installation.refusal()
    installation.assert_no_process()


def test_data_of_another_version_are_refused_by_name(installation: Installation) -> None:
    installation.hold().leave()
    (installation.var.database / "PG_VERSION").write_text("16\n")
    assert "are of PostgreSQL 16" in installation.refusal()


@AS_ROOT
@pytest.mark.parametrize("way", ["unshare", "setuid"])
def test_no_server_of_root_has_the_rights_of_root(installation: Installation, open_directory: Path, way: str) -> None:
    # Pytest's own temporary directories are closed to other users, which only a user namespace gets past.
    if way == "setuid":
        installation.root = open_directory / "var"
    installation.environment = {"EMBEDDED_PRIVILEGES": way}
    holder = installation.hold()
    for pid in installation.server_pids():
        status = Path(f"/proc/{pid}/status").read_text()
        [effective] = [line.split()[1] for line in status.splitlines() if line.startswith("CapEff:")]
        assert int(effective, 16) == 0
    assert query(holder.database_url, "SELECT 1") == [(1,)]
    holder.leave()
    installation.assert_no_process()


@AS_ROOT
def test_a_folder_closed_to_the_servers_user_is_named_and_stays_closed(installation: Installation) -> None:
    closed = installation.root.parent
    closed.chmod(0o700)
    installation.environment = {"EMBEDDED_PRIVILEGES": "setuid"}
    assert "Set VAR_DIR to a directory that others may pass through" in installation.refusal()
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    installation.assert_no_process()


@AS_ROOT
def test_an_installation_of_another_user_is_refused(installation: Installation) -> None:
    installation.root.mkdir()
    os.chown(installation.root, 65534, 65534)
    assert "belongs to another user" in installation.refusal()
