"""A setting that may differ from one channel to the next: `fold`, or `fold,twilio=keep`."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class ByChannel(Generic[T]):
    """The usual value, and the channels that have another one."""

    usual: T
    exceptions: Mapping[str, T] = field(default_factory=dict)

    def __getitem__(self, channel: str) -> T:
        """The value for a channel; the usual one for a channel that is not named."""
        return self.exceptions.get(channel, self.usual)


def read_by_channel(
    written: str, usual: str, channels: Collection[str], read_value: Callable[[str], T]
) -> ByChannel[T]:
    """Reads `VALUE,CHANNEL=VALUE,...`: at most one value for all channels (else it is `usual`), then exceptions.

    `read_value` raises ValueError with what a value must be. Raises ValueError that goes on from the setting's name,
    and names the channel where it is about one.
    """
    parts = [part.strip() for part in written.split(",")]
    plain = [part for part in parts if "=" not in part]
    if len(plain) > 1:
        raise ValueError(f"has two values for all channels, {plain[0]!r} and {plain[1]!r}: write CHANNEL=VALUE for one")
    exceptions: dict[str, T] = {}
    for part in parts:
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not equals:
            continue
        if name not in channels:
            raise ValueError(f"names no channel with {name!r}: they are {', '.join(channels)}")
        if name in exceptions:
            raise ValueError(f"names {name} twice")
        try:
            exceptions[name] = read_value(value)
        except ValueError as fault:
            raise ValueError(f"for {name} must be {fault}, not {value!r}") from None
    try:
        return ByChannel(read_value(plain[0] if plain else usual), exceptions)
    except ValueError as fault:
        raise ValueError(f"must be {fault}, not {plain[0]!r}") from None
