"""What can be learned about the web server from outside: is its port free, is everything behind it ready."""

import errno
import http.client
import ipaddress
import json
import socket

from feedback_gateway.settings import Settings


def port_problem(host: str, port: int) -> str | None:
    """Why nothing can listen there, in a sentence that names the port; None when it is free."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                return f"port {port} is taken by another program: stop that one, or set PORT to another number"
            return f"it may not listen on {host} port {port} ({error.strerror}): set HOST or PORT"
    return None


def readiness_problem(settings: Settings) -> str | None:
    """What GET /ready still complains of; None when everything works. Asks on this machine, past any proxy."""
    connection = http.client.HTTPConnection(_reachable(settings.host), settings.port, timeout=2)
    try:
        connection.request("GET", "/ready")
        response = connection.getresponse()
        body = response.read(2000).decode(errors="replace").strip()
    except (OSError, http.client.HTTPException) as error:
        return f"the web server does not answer ({error})"
    finally:
        connection.close()
    return None if response.status == http.client.OK else f"/ready says {response.status} {_one_line(body)}"


def _one_line(body: str) -> str:
    try:
        return json.dumps(json.loads(body), ensure_ascii=False)
    except ValueError:
        return " ".join(body.split())


def _reachable(host: str) -> str:
    """The address to call for a server that listens on `host`: `0.0.0.0` and `::` mean every address."""
    address = ipaddress.ip_address(host)
    if not address.is_unspecified:
        return host
    return "127.0.0.1" if address.version == 4 else "::1"
