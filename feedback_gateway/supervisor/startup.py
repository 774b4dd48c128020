"""The order in which everything is started, and what is said about it."""

import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from feedback_gateway.settings import Settings, redis_socket
from feedback_gateway.supervisor import embedded_redis
from feedback_gateway.supervisor.children import Child, StopRequestedError, Supervisor
from feedback_gateway.supervisor.console import say, warn
from feedback_gateway.supervisor.front_door import port_problem, readiness_problem
from feedback_gateway.supervisor.home_lock import AlreadyRunningError, hold
from feedback_gateway.supervisor.welcome import welcome

QUEUES = ("send", "cases")
PREPARATIONS = (
    ("migrate", "the database could not be brought up to date"),
    ("seed", "the first data could not be put in"),
)
FEEDBACK = (sys.executable, str(Path(sys.executable).with_name("feedback")))
SECONDS_TO_READY = 30.0
SECONDS_FOR_PORT = 3.0  # the web server of a supervisor that was killed a moment ago may still hold it


class StartError(Exception):
    """It cannot start. The message is a plain sentence for who typed `./run`."""


def run(settings: Settings, feedback: Sequence[str] = FEEDBACK) -> int:
    """Starts Redis (unless REDIS_URL names another), the workers, the dispatcher and the web server; watches them.

    Returns the exit code: 0 after an orderly stop (Ctrl-C, SIGTERM, SIGHUP), 130 when a second Ctrl-C cut it short,
    1 when it could not start or already runs on this home. `feedback` is the command whose sub-commands the
    children are. Needs the main thread, and a home in which `home.init` has been.
    """
    os.umask(0o077)  # the database and all that stands beside it: for this account only
    try:
        with hold(settings.home, f"pid {os.getpid()}, http://localhost:{settings.port}"):
            return _run(settings, feedback)
    except AlreadyRunningError as error:
        warn(f"feedback_gateway is already running here ({error})")
    except StartError as error:
        warn(f"feedback_gateway cannot start: {error}")
    return 1


def _run(settings: Settings, feedback: Sequence[str]) -> int:
    environment = {**os.environ, "FEEDBACK_HOME": str(settings.home), "PYTHONUNBUFFERED": "1"}
    with Supervisor(environment) as supervisor:
        try:
            _start(supervisor, settings, feedback)
            supervisor.watch()
        except StopRequestedError:
            say("stopping (Ctrl-C once more to stop at once)")
    if supervisor.killed:
        warn("stopped at once, without waiting for what was under way")
        return 130
    say("stopped")
    return 0


def _start(supervisor: Supervisor, settings: Settings, feedback: Sequence[str]) -> None:
    _check_port(supervisor, settings)
    if settings.embedded_redis:
        _start_redis(supervisor, redis_socket(settings.home), settings.home)
    for name, failure in PREPARATIONS:
        if supervisor.complete(Child(name, [*feedback, name])) != 0:
            raise StartError(f"{failure} (`feedback {name}` failed: see the lines above)")
    supervisor.start(*(Child(f"worker-{queue}", [*feedback, "worker", queue]) for queue in QUEUES))
    supervisor.start(Child("dispatcher", [*feedback, "dispatcher"]))
    supervisor.start(Child("web", [*feedback, "web"]))
    if not supervisor.wait_until(lambda: not readiness_problem(settings), SECONDS_TO_READY):
        warn(f"not ready after {SECONDS_TO_READY:g} s: {readiness_problem(settings)} (going on; see the lines above)")
    say(welcome(settings))


def _check_port(supervisor: Supervisor, settings: Settings) -> None:
    problem = partial(port_problem, settings.host, settings.port)
    if not supervisor.wait_until(lambda: not problem(), SECONDS_FOR_PORT):
        raise StartError(problem() or f"port {settings.port} was taken until now: try again")


def _start_redis(supervisor: Supervisor, path: Path, home: Path) -> None:
    try:
        program = embedded_redis.find_program()
        embedded_redis.prepare_socket(path, home)
        supervisor.start(Child("redis", embedded_redis.command(program, path), hush=embedded_redis.CHATTER))
    except (embedded_redis.NoRedisError, embedded_redis.UnsafeDirectoryError, OSError) as error:
        raise StartError(str(error)) from error
    if not supervisor.wait_until(lambda: embedded_redis.answers(path), 10):
        raise StartError(f"Redis ({program}) does not answer: see the lines above")
