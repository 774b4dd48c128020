"""A conversation that breaks: either the message cannot have left, or it may have. The same for both SDKs."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import NoReturn

import pytest

from feedback_gateway.channels.contract import AmbiguousError, Channel, TryLaterError
from tests.fakes.africastalking import FakeAfricasTalking
from tests.fakes.server import FakeProvider
from tests.fakes.twilio import FakeTwilio
from tests.feedback_gateway.channels.wire import MESSAGE, africastalking, twilio
from tests.processes.installation import wait_for

Build = Callable[..., Channel]


@pytest.fixture(params=[(FakeAfricasTalking, africastalking), (FakeTwilio, twilio)], ids=["africastalking", "twilio"])
def line(request: pytest.FixtureRequest) -> Iterator[tuple[FakeProvider, Build]]:
    provider_type, build = request.param
    with provider_type() as provider:
        yield provider, build


def raising(error: Exception) -> Callable[..., NoReturn]:
    def fail(*args: object, **kwargs: object) -> NoReturn:
        raise error

    return fail


def test_a_dropped_connection_is_ambiguous(line: tuple[FakeProvider, Build]) -> None:
    provider, build = line
    provider.script(provider.drop)
    with pytest.raises(AmbiguousError, match="ConnectionError"):
        build(provider.url).send(MESSAGE)
    assert len(provider.sent) == 1  # and it was not repeated behind our back


def test_an_answer_that_comes_too_late_is_ambiguous(line: tuple[FakeProvider, Build]) -> None:
    provider, build = line
    provider.script(provider.hang(20.0))
    with pytest.raises(AmbiguousError, match="ReadTimeout"):
        build(provider.url, 0.3).send(MESSAGE)
    wait_for(lambda: bool(provider.sent), "the provider to take it")
    assert len(provider.sent) == 1


def test_nobody_listening_is_tried_later(line: tuple[FakeProvider, Build]) -> None:
    _, build = line
    with closing(socket.socket()) as bound:
        bound.bind(("127.0.0.1", 0))  # held but not listening: refused, and nobody else can take it
        with pytest.raises(TryLaterError, match="ConnectionError"):
            build(f"http://127.0.0.1:{bound.getsockname()[1]}").send(MESSAGE)


def test_an_unknown_host_is_tried_later(line: tuple[FakeProvider, Build], monkeypatch: pytest.MonkeyPatch) -> None:
    provider, build = line
    monkeypatch.setattr(socket, "getaddrinfo", raising(socket.gaierror(-2, "Name or service not known")))
    with pytest.raises(TryLaterError):
        build(provider.url).send(MESSAGE)


def test_a_connection_that_never_opens_is_tried_later(
    line: tuple[FakeProvider, Build], monkeypatch: pytest.MonkeyPatch
) -> None:
    provider, build = line
    monkeypatch.setattr("urllib3.util.connection.create_connection", raising(TimeoutError("timed out")))
    with pytest.raises(TryLaterError, match="ConnectTimeout"):
        build(provider.url).send(MESSAGE)


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate"), TryLaterError),
        (ssl.SSLEOFError(8, "[SSL: UNEXPECTED_EOF_WHILE_READING] EOF occurred"), AmbiguousError),
    ],
)
def test_a_certificate_that_is_not_trusted_stops_the_request_before_it_leaves(
    line: tuple[FakeProvider, Build], monkeypatch: pytest.MonkeyPatch, error: Exception, meaning: type[Exception]
) -> None:
    provider, build = line
    monkeypatch.setattr("urllib3.connection.ssl_wrap_socket", raising(error))
    with pytest.raises(meaning, match="SSLError"):
        build(provider.url.replace("http://", "https://")).send(MESSAGE)
    assert provider.requests == []
