"""One command brings the whole site up, and one signal takes it down without a trace."""

import http.client
import os
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from planning_site.embedded.processes import is_alive, wait_until
from tests.embedded.conftest import Installation

RUN = ("-m", "planning_site.embedded", "run")


class Site:
    """A running `make run`, read up to the line that says it is ready."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.process, self.errors = installation.spawn(*RUN)
        self.output: list[str] = []
        self.address = ""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.output.append(line)
            if "Ready: http://" in line:
                self.address = line.split()[-1]
                return
        raise AssertionError("".join(self.output) + self.errors.read_text())

    def status(self, path: str) -> int:
        """Ask for a page."""
        connection = http.client.HTTPConnection(self.address.removeprefix("http://"), timeout=30)
        connection.request("GET", path)
        return connection.getresponse().status

    def pids(self, *words: str) -> list[int]:
        """Process ids of the installation's processes whose command has all the words."""
        return [pid for pid, command in self.installation.processes().items() if all(word in command for word in words)]

    def end(self) -> int:
        """Read the rest of the output and return the exit status."""
        rest, _ = self.process.communicate()
        self.output += rest.splitlines(keepends=True)
        return self.process.returncode


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """An installation without demo, whose tables are made by the first test that starts it."""
    installation = Installation(tmp_path_factory.mktemp("site") / "var", {"DEMO": "0", "WORKER_PROCESSES": "1", "WEB_WORKERS": "1"})
    installation.var.create()
    (installation.root / "throwaway").touch()
    yield installation
    installation.kill_everything()


def test_the_site_serves_on_the_next_free_port_and_ctrl_c_leaves_no_process(prepared: Installation) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        prepared.environment["PORT"] = str(port)
        site = Site(prepared)
        assert any(f"Port {port} is taken; the site listens on " in line for line in site.output)
        assert site.status("/health/") == 200
        for words in (("gunicorn",), ("celery", "worker"), ("celery", "beat"), ("postgres", "-D"), ("valkey-server",)):
            assert site.pids(*words), words
        site.process.send_signal(signal.SIGINT)
        assert site.end() == 0
    prepared.assert_no_process()
    said = "".join(site.output)
    assert said.index("Stopping: web, worker and beat first") < said.index("Stopped. The data stay in")


def test_a_second_site_on_the_same_data_is_refused(prepared: Installation) -> None:
    site = Site(prepared)
    second, errors = prepared.spawn(*RUN)
    assert second.wait() == 1
    assert "already runs" in errors.read_text()
    assert site.status("/health/") == 200
    site.process.terminate()
    assert site.end() == 0
    prepared.assert_no_process()


def test_a_process_that_dies_is_named_and_takes_the_others_along(prepared: Installation) -> None:
    site = Site(prepared)
    os.kill(min(site.pids("celery", "beat")), signal.SIGKILL)
    assert site.end() == 1
    assert "beat has ended by itself (exit status -9); everything is stopped." in "".join(site.output)
    prepared.assert_no_process()


def test_processes_follow_a_killed_supervisor_and_the_next_start_finds_everything(prepared: Installation) -> None:
    killed = Site(prepared)
    children = killed.pids("gunicorn") + killed.pids("celery")
    servers = prepared.server_pids()
    killed.process.kill()
    killed.process.communicate()
    assert wait_until(lambda: not any(is_alive(pid) for pid in children), 15)
    assert all(is_alive(pid) for pid in servers)

    site = Site(prepared)
    assert site.status("/health/") == 200
    assert prepared.server_pids() == servers
    site.process.send_signal(signal.SIGINT)
    assert site.end() == 0
    prepared.assert_no_process()


def test_the_site_starts_after_a_kill_of_everything(prepared: Installation) -> None:
    Site(prepared)
    prepared.kill_everything()
    prepared.assert_no_process()
    site = Site(prepared)
    assert site.status("/health/") == 200
    site.process.send_signal(signal.SIGINT)
    assert site.end() == 0
    prepared.assert_no_process()


def test_a_failed_preparation_is_named_and_starts_nothing(prepared: Installation) -> None:
    prepared.environment["DATABASE_URL"] = "postgres://nobody@127.0.0.1:1/nothing"
    process, errors = prepared.spawn(*RUN)
    output, _ = process.communicate()
    del prepared.environment["DATABASE_URL"]
    assert process.returncode == 1, errors.read_text()
    assert "migrate failed" in output
    prepared.assert_no_process()


@pytest.mark.parametrize(("name", "value"), [("PORT", "80a"), ("PORT", "70000"), ("DEMO", "maybe")])
def test_a_bad_value_in_the_environment_is_refused_by_name(prepared: Installation, name: str, value: str) -> None:
    kept = dict(prepared.environment)
    prepared.environment[name] = value
    process, errors = prepared.spawn(*RUN)
    process.communicate()
    prepared.environment.clear()
    prepared.environment.update(kept)
    assert process.returncode == 1
    assert f"{name} is {value}" in errors.read_text()
    prepared.assert_no_process()


def test_make_passes_the_signal_on(project_root: Path) -> None:
    # `make test` hands its own flags down to what it runs.
    environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    command = ["make", "--dry-run", "run"]
    recipe = subprocess.run(command, cwd=project_root, env=environment, capture_output=True, text=True, check=True)
    # Without a shell in between: a shell that dies of the signal would leave the site alone.
    assert recipe.stdout.splitlines()[-1].startswith("exec ")
