"""A web server in this process, for one test."""

import threading
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.serving import make_server

WSGI = Callable[[dict[str, Any], Any], Iterable[bytes]]


class Serving:
    """An application at an address of its own (`port` 0: any), until it is stopped."""

    def __init__(self, app: WSGI, port: int = 0) -> None:
        self._server = make_server("127.0.0.1", port, _whole(app), threaded=True)
        self._server.daemon_threads = False  # stopping waits for what is under way: the next test has another database
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _whole(app: WSGI) -> WSGI:
    """The application, its files read and closed before they are sent: where a browser that is closed breaks off, this
    server forgets to close them."""

    def answer(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        body = app(environ, start_response)
        try:
            return [b"".join(body)]
        finally:
            close = getattr(body, "close", None)
            if close is not None:
                close()

    return answer
