"""A stand-in for the `feedback` command: what the supervisor starts, without the work.

FAIL names a sub-command that fails, HANG one that never ends by itself.
"""

import os
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer


class Ready(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/ready" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def main(command: str) -> None:
    print("pid", os.getpid(), flush=True)
    if command == os.environ.get("FAIL"):
        sys.exit("no such table")
    if command == "web":
        HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Ready).serve_forever()
    if command in {"worker", "dispatcher", os.environ.get("HANG")}:
        time.sleep(60)


if __name__ == "__main__":
    main(sys.argv[1])
