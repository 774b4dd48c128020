"""Which channels there are, which one sends, and the addresses that are given to the providers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from feedback_gateway.channels.africastalking import AfricasTalkingChannel
from feedback_gateway.channels.contract import Channel, Kind
from feedback_gateway.channels.simulator import SimulatorChannel
from feedback_gateway.channels.twilio import TwilioChannel
from feedback_gateway.settings import Settings

# A new provider is one line here. None: this installation does not have it.
CHANNELS: tuple[Callable[[Settings], Channel | None], ...] = (
    lambda s: AfricasTalkingChannel(s.africastalking, s.country_code),
    lambda s: TwilioChannel(s.twilio, s.public_base_url, s.country_code),
    lambda s: SimulatorChannel(enabled=True, country_code=s.country_code) if s.simulator else None,
)


@dataclass(frozen=True)
class Address:
    """One webhook address, whole, as it is typed into the provider's page. May hold a secret: never log it."""

    channel: str
    kind: Kind
    url: str
    method: str = "POST"


def open_channels(settings: Settings) -> dict[str, Channel]:
    """Every channel by its name, those too that can only receive. Opens no connection."""
    channels = (build(settings) for build in CHANNELS)
    return {channel.name: channel for channel in channels if channel is not None}


def sender_for(channels: Mapping[str, Channel], preferred: str) -> Channel | None:
    """The channel that an answer leaves by: the preferred one if it can send, else the simulator, else any that can."""
    candidates = [channels.get(preferred), channels.get(SimulatorChannel.name), *channels.values()]
    return next((channel for channel in candidates if channel is not None and channel.can_send), None)


def other_sender(channels: Mapping[str, Channel], failed: str) -> str | None:
    """The name of another channel that can send, or None. Never the simulator: it would say that it has delivered."""
    others = [name for name, channel in channels.items() if channel.can_send]
    return next((name for name in others if name not in (failed, SimulatorChannel.name)), None)


def addresses(settings: Settings) -> list[Address]:
    """The webhook addresses of every channel, in a steady order."""
    return [
        Address(channel.name, kind, _url(settings, channel, kind))
        for channel in open_channels(settings).values()
        for kind in Kind
        if kind in channel.kinds
    ]


def _url(settings: Settings, channel: Channel, kind: Kind) -> str:
    # Only Africa's Talking proves itself by a secret in the path.
    token = f"/{settings.africastalking.webhook_token}" if channel.with_token else ""
    return f"{settings.public_base_url}/webhooks/{channel.name}{token}/{kind}"
