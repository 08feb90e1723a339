"""The whole site on one machine, from nothing to a page in the browser, and back to nothing but its data."""

import contextlib
import fcntl
import http.client
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator

from planning_site.embedded import ports
from planning_site.embedded.errors import EmbeddedError
from planning_site.embedded.leases import ensure
from planning_site.embedded.paths import PROJECT_ROOT, VarDir
from planning_site.embedded.processes import POLL_SECONDS
from planning_site.embedded.supervisor import Output, Program, Supervisor, stop_signals

PYTHON = [sys.executable, "-m"]
MANAGE = [sys.executable, str(PROJECT_ROOT / "manage.py")]
DEMO = ("load_demo", "supply_demo", "plan_demo", "trouble_demo")  # at the first start, in this order
READY_SECONDS = 60.0
ANSWER_SECONDS = 2.0
EVERY_ADDRESS = "0.0.0.0"
# Root may run the site here, and static files are served from where they are.
KNOWN_WARNINGS = "ignore:You're running the worker,ignore:No directory at"
YES, NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


def run() -> int:
    """Run the site until it is told to end; return the exit status: 0 if it was told, 1 if something failed.

    Raises EmbeddedError if the site cannot be started.
    """
    var = VarDir.from_environment()
    var.create()
    output = Output()
    with _only_one(var), stop_signals() as stop:
        with_own_database = not os.environ.get("DATABASE_URL")
        lease = ensure()
        try:
            return _serve(var, output, stop, with_demo=_wants_demo(with_own_database))
        finally:
            lease.release()
            output.line("Stopped." if not with_own_database else f"Stopped. The data stay in {var.root}.")


def _serve(var: VarDir, output: Output, stop: threading.Event, *, with_demo: bool) -> int:
    """Prepare the data, run the processes, and end them. The servers run before and after."""
    host = os.environ.get("HOST") or ports.LOOPBACK
    with _listening(host, _wanted_port(), output) as listener:
        port: int = listener.getsockname()[1]
        # Who listens on every address is asked on the loopback one.
        reachable = ports.LOOPBACK if host == EVERY_ADDRESS else host
        address = f"http://{reachable}:{port}"
        defaults = {"SITE_URL": address, "PYTHONWARNINGS": KNOWN_WARNINGS}
        environment = defaults | os.environ | {"PYTHONUNBUFFERED": "1", "DEMO": "1" if with_demo else "0"}
        supervisor = Supervisor(environment, output)
        if not _prepare(supervisor, var, stop, with_demo=with_demo):
            return 0 if stop.is_set() else 1
        try:
            supervisor.start(_programs(listener))
            accounts = var.demo_loaded.read_text(encoding="utf-8") if with_demo else ""
            return _watch(supervisor, output, stop, address, accounts)
        finally:
            output.line("Stopping: web, worker and beat first, then the servers.")
            supervisor.stop()


def _prepare(supervisor: Supervisor, var: VarDir, stop: threading.Event, *, with_demo: bool) -> bool:
    """Bring the tables up to date and, at the first start, the demo factory in; return whether all went well."""
    first_start = with_demo and not var.demo_loaded.exists()
    for command in ["migrate", *(DEMO if first_start else ())]:
        arguments = [command, "--no-input", "--verbosity=0"] if command == "migrate" else [command]
        status = supervisor.run_to_end(Program(command, [*MANAGE, *arguments]), stop)
        if status != 0:
            if not stop.is_set():
                supervisor.output.line(f"{command} failed (exit status {status}). The site is not started; the next start tries again.")
            return False
    if first_start:
        # Kept, because asking the database costs every later start a second.
        var.demo_loaded.write_text(supervisor.output_of([*PYTHON, "planning_site.embedded.accounts"]), encoding="utf-8")
    return True


def _programs(listener: socket.socket) -> list[Program]:
    """The three processes of the site."""
    web = [*PYTHON, "gunicorn", "planning_site.wsgi:application", "--bind", f"fd://{listener.fileno()}", "--worker-class", "gthread"]
    web += ["--workers", os.environ.get("WEB_WORKERS") or "2", "--threads", "8", "--graceful-timeout", "3", "--timeout", "120"]
    web += ["--no-control-socket"]
    worker = [*PYTHON, "celery", "-A", "planning_site", "worker", "--loglevel", "INFO"]
    worker += ["--concurrency", os.environ.get("WORKER_PROCESSES") or "2", "--without-gossip", "--without-mingle"]
    # Beat would keep its process id in a file here, and stumble over it after a power cut.
    beat = [*PYTHON, "celery", "-A", "planning_site", "beat", "--loglevel", "INFO", "--pidfile", ""]
    return [Program("web", web, (listener.fileno(),)), Program("worker", worker), Program("beat", beat)]


def _watch(supervisor: Supervisor, output: Output, stop: threading.Event, address: str, accounts: str) -> int:
    """Say when the site is ready, then wait for the request to stop or for a process that ends by itself."""
    give_up = time.monotonic() + READY_SECONDS
    ready = False
    while not stop.is_set():
        death = supervisor.died()
        if death is not None:
            output.line(f"{death[0]} has ended by itself (exit status {death[1]}); everything is stopped.")
            return 1
        if not ready:
            ready = _answers(address)
            if ready:
                _greet(output, address, accounts)
            elif time.monotonic() > give_up:
                output.line(f"The site does not answer within {READY_SECONDS:.0f} s; everything is stopped.")
                return 1
        stop.wait(POLL_SECONDS if not ready else 0.3)
    return 0


def _answers(address: str) -> bool:
    """Say whether a page comes back; which one does not matter, a server error does."""
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=ANSWER_SECONDS)
    try:
        connection.request("GET", "/health/")
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _greet(output: Output, address: str, accounts: str) -> None:
    """Print where the site is and who may look."""
    output.line("")
    output.line(f"  Ready: {address}")
    if accounts:
        output.line("")
        output.line("  People of the demo factory (user, password, department):")
        for line in accounts.splitlines():
            output.line(line)
    output.line("")
    output.line("  Ctrl-C stops everything.")
    output.line("")


def _wants_demo(with_own_database: bool) -> bool:
    """The demo belongs into our own database, unless DEMO=0; into another one only with DEMO=1."""
    wish = (os.environ.get("DEMO") or ("1" if with_own_database else "0")).lower()
    if wish not in YES + NO:
        raise EmbeddedError(f"DEMO is {wish}; it must be 1 or 0.")
    return wish in YES


def _wanted_port() -> int:
    wish = os.environ.get("PORT") or "8000"
    if not wish.isdecimal() or not 0 < int(wish) < 65536:
        raise EmbeddedError(f"PORT is {wish}; it must be a number from 1 to 65535.")
    return int(wish)


@contextlib.contextmanager
def _listening(host: str, wanted: int, output: Output) -> Iterator[socket.socket]:
    """Listen on the wanted port or the next free one. The socket is handed to the web server, so nobody can take the port meanwhile."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        port = ports.bind_from(listener, host, wanted)
        if port != wanted:
            output.line(f"Port {wanted} is taken; the site listens on {port}.")
        yield listener


@contextlib.contextmanager
def _only_one(var: VarDir) -> Iterator[None]:
    """Hold the installation's site lock: two beats would send every reminder twice."""
    descriptor = os.open(var.site_lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise EmbeddedError(f"The site of {var.root} already runs. Stop it first, or set VAR_DIR for a second one.") from None
    try:
        yield
    finally:
        os.close(descriptor)
