"""The web server: granian, which answers twice as many requests a second as gunicorn on the same two cores."""

import importlib
import multiprocessing
import os
import signal
from collections.abc import Callable
from typing import Any

from granian.constants import Interfaces
from granian.server import Server

from feedback_gateway.lib.process import die_with_parent
from feedback_gateway.settings import Settings

WORKERS = 2
THREADS = 4
SECONDS_TO_FINISH = 8  # less than the supervisor's own patience, so that the server can end its workers itself


def serve(settings: Settings) -> None:
    """Serves `wsgi:app` at settings.host and settings.port until SIGTERM or SIGINT. A worker that dies is replaced.

    There is no access log: the paths of webhooks carry their tokens.
    """
    server = Server(
        "wsgi:app",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        websockets=False,
        workers=WORKERS,
        blocking_threads=THREADS,
        log_access=False,
        respawn_failed_workers=True,
        workers_kill_timeout=SECONDS_TO_FINISH,
    )
    server.serve(target_loader=load_in_worker)


def load_in_worker(target: str) -> Callable[..., Any]:
    """The application named `module:attribute`, loaded in a worker process of the server.

    It is the first of our code that runs there, so it also ties the worker to the server: a worker that outlived a
    killed server would keep the port, and answer from it.
    """
    # Forked from the server, it has the server's handler, which would swallow a SIGTERM until the worker is ready.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    parent = multiprocessing.parent_process()
    die_with_parent(parent.pid if parent and parent.pid else os.getppid())
    module, _, name = target.partition(":")
    application: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return application
