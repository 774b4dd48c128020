"""What a broken conversation with a provider means for the message: was it never sent, or perhaps sent?"""

from collections.abc import Iterator
from contextlib import contextmanager

from feedback_gateway.channels.contract import AmbiguousError, TryLaterError


@contextmanager
def provider_call() -> Iterator[None]:
    """Wraps one HTTP call made by a provider's SDK through requests.

    Raises TryLaterError when the request cannot have arrived, AmbiguousError when it may have. In doubt it may
    have: a second SMS is a nuisance, and only the delivery report knows.
    """
    # requests and the SDKs cost 0.4 s and 30 MB: only a process that sends should load them.
    from requests.exceptions import RequestException

    try:
        yield
    except RequestException as error:
        name = type(error).__name__
        raise (TryLaterError(name) if _never_left(error) else AmbiguousError(name)) from error


def _never_left(error: Exception) -> bool:
    """True when there was no connection to send the request on: refused, unknown host, timed out, not trusted."""
    from requests.exceptions import ConnectTimeout, InvalidURL, ProxyError, SSLError
    from urllib3.exceptions import NewConnectionError

    if isinstance(error, ConnectTimeout | ProxyError | InvalidURL):
        return True
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(error, SSLError):
        return "CERTIFICATE_VERIFY_FAILED" in str(reason)
    return isinstance(reason, NewConnectionError)
