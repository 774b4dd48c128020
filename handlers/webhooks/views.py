"""One webhook view for every provider: verify -> parse -> act -> render. The dialects live in channels/."""

import logging

from flask import Blueprint, Response, current_app, request

from feedback_gateway import delivery, receive, unfinished, work
from feedback_gateway.channels.contract import (
    Arrival,
    BadPayloadError,
    Channel,
    Inbound,
    Kind,
    OptOutNotice,
    RefusedError,
    Reply,
    Report,
    SessionEnd,
    WebhookRequest,
    WebhookResponse,
)
from feedback_gateway.lib.fault import describe
from feedback_gateway.outgoing import frame

log = logging.getLogger(__name__)

webhooks = Blueprint("webhooks", __name__, url_prefix="/webhooks")


@webhooks.post("/<channel_name>/<kind_name>")
@webhooks.post("/<channel_name>/<token>/<kind_name>")
def webhook(channel_name: str, kind_name: str, token: str | None = None) -> Response:
    """200 with the provider's dialect; 403 for a caller who is not the provider; 400 names a missing field.

    When the message cannot be stored: 500 for SMS, so that the provider sends it again; for USSD, which is never
    sent again, an END with an apology.
    """
    channel: Channel | None = current_app.extensions["channels"].get(channel_name)
    if channel is None or kind_name not in channel.kinds or channel.with_token != (token is not None):
        return Response("not found\n", 404, content_type="text/plain")
    kind = Kind(kind_name)
    arriving = WebhookRequest(
        kind=kind,
        url=_public_url(),
        form=request.form,
        query=request.args,
        headers=dict(request.headers.items()),
        token=token,
    )
    try:
        channel.verify(arriving)
        arrival = channel.parse(arriving)
        reply = _act(arrival)
    except RefusedError:
        return Response("refused\n", 403, content_type="text/plain")
    except BadPayloadError as error:
        log.warning("%s/%s: field %s is missing or makes no sense", channel_name, kind_name, error)
        if kind == Kind.USSD:
            return _respond(channel.render(kind, _apology()))
        return Response(f"bad field: {error}\n", 400, content_type="text/plain")
    except Exception as error:
        log.error("%s/%s failed: %s", channel_name, kind_name, describe(error))
        if kind == Kind.USSD:
            return _respond(channel.render(kind, _apology()))
        return Response("try again\n", 500, content_type="text/plain")
    return _respond(channel.render(kind, reply))


def _act(arrival: Arrival) -> Reply:
    match arrival:
        case Inbound():
            return receive.take(arrival)
        case Report():
            work.persist(lambda db: delivery.record_report(db, arrival))
        case SessionEnd():
            work.persist(lambda db: unfinished.end_session(db, arrival))
        case OptOutNotice():
            work.persist(lambda db: receive.opt_out(db, arrival))
    return Reply()


def _apology() -> Reply:
    return Reply(frame(work.settings().default_language, "system.unavailable"), ends=True)


def _public_url() -> str:
    """The address as the provider knows (and signed) it: behind a proxy the request's own host is another."""
    query = request.query_string.decode("ascii", "replace")
    return work.settings().public_base_url + request.path + (f"?{query}" if query else "")


def _respond(answer: WebhookResponse) -> Response:
    return Response(answer.body, answer.status, content_type=answer.content_type)
