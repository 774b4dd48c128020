"""Settings: the environment read once into one frozen value. A bad value stops the start with its name and why.

Secrets that `feedback run` has generated stand in FEEDBACK_HOME/secrets.env (mode 600); the environment wins.
"""

import hashlib
import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from feedback_gateway.lib.by_channel import ByChannel, read_by_channel
from feedback_gateway.lib.safe_hours import QuietHours, read_quiet_hours
from flows.gsm7 import Letters, SmsPolicy
from flows.screens import Limits

SECRETS_FILE = "secrets.env"

CHANNELS = ("africastalking", "twilio", "simulator")
"""The names of the channels, for the settings that may differ between them."""

T = TypeVar("T")


class SettingsError(ValueError):
    """A setting is missing or wrong. The message names it and says what it should be."""


@dataclass(frozen=True)
class AfricasTalking:
    """The Africa's Talking account. Without `api_key` nothing is ever sent to it."""

    webhook_token: str = field(repr=False)
    username: str = "sandbox"
    api_key: str = field(default="", repr=False)
    sender: str = ""
    service_code: str = ""
    short_code: str = ""
    base_url: str = ""


@dataclass(frozen=True)
class Twilio:
    """The Twilio account. Without `auth_token` no webhook is believed and nothing is sent."""

    account_sid: str = ""
    auth_token: str = field(default="", repr=False)
    sender: str = ""
    base_url: str = ""


@dataclass(frozen=True)
class Mail:
    """How focal points are notified by e-mail: `console` prints, `smtp` sends."""

    backend: str = "console"
    host: str = "localhost"
    port: int = 25
    user: str = ""
    password: str = field(default="", repr=False)
    sender: str = "feedback@localhost"


@dataclass(frozen=True)
class Carriage:
    """What the channels carry of a screen and of an SMS: see Settings for what each says.

    `ussd_limit` in septets, without the provider's own prefix; `long_sms` in paid parts, None for as many as it takes.
    """

    ussd_limit: ByChannel[int]
    ussd_letters: ByChannel[Letters]
    sms_letters: ByChannel[Letters]
    long_sms: ByChannel[int | None]

    def screens(self) -> tuple[Limits, ...]:
        """The kinds of USSD screens that there are, each once: those that flows must fit."""
        folds = {channel: self.ussd_letters[channel] == "fold" for channel in CHANNELS}
        return tuple(dict.fromkeys(Limits(self.ussd_limit[channel], folds[channel]) for channel in CHANNELS))


@dataclass(frozen=True)
class Settings:
    """Everything that may differ between two installations. docs/configuration.md lists each; a test holds it so."""

    home: Path
    database_url: str
    redis_url: str
    host: str
    port: int
    public_base_url: str
    keys: tuple[str, ...] = field(repr=False)
    lookup_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    africastalking: AfricasTalking
    twilio: Twilio
    mail: Mail
    simulator: bool
    secure_cookies: bool
    country_code: str
    default_language: str
    carriage: Carriage
    ussd_session_seconds: int
    join_minutes: int
    satisfaction_delay_minutes: int
    settle_minutes: int
    lease_seconds: int
    route_confirm_days: int
    digest_minutes: int
    wait_days: int
    link_days: int
    sms_price: int
    quiet_hours: QuietHours
    report_days: int

    @property
    def embedded_redis(self) -> bool:
        """True when `feedback run` starts a Redis of its own."""
        return self.redis_url == f"unix://{redis_socket(self.home)}"

    def ussd_limit_for(self, channel: str) -> int:
        """How many septets a USSD screen of this channel holds. UCS-2 gets the same octets: see flows.gsm7.fits."""
        return self.carriage.ussd_limit[channel]

    def ussd_folds_for(self, channel: str) -> bool:
        """Whether letters that GSM-7 lacks become plain on this channel's USSD screens."""
        return self.carriage.ussd_letters[channel] == "fold"

    def sms_policy_for(self, channel: str) -> SmsPolicy:
        """What becomes of the letters and of the length of an SMS that leaves by this channel."""
        return SmsPolicy(self.carriage.sms_letters[channel], self.carriage.long_sms[channel])


def redis_socket(home: Path) -> Path:
    """Where the embedded Redis of this home listens: in the home, or in a short directory when that will not do.

    It will not do when it is long (the kernel takes 107 bytes, unix(7)) or holds a space, a `=` and the like:
    Redis tells the path in CLIENT INFO, which redis-py cuts at spaces, so that no RQ worker could start. The short
    directory is always in /tmp, whatever TMPDIR says: every process of one home must come to the same path.
    """
    path = home / "redis.sock"
    if re.fullmatch(r"[A-Za-z0-9_./+@-]{1,100}", str(path)):
        return path
    return Path("/tmp") / f"feedback-{hashlib.sha256(os.fsencode(home)).hexdigest()[:16]}" / "redis.sock"  # noqa: S108


def read_secrets(home: Path) -> dict[str, str]:
    """The generated secrets, or nothing when there are none yet."""
    path = home / SECRETS_FILE
    if not path.exists():
        return {}
    pairs = (line.split("=", 1) for line in path.read_text().splitlines() if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, value in pairs}


class _Reader:
    """Reads one mapping of names to values, loudly."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values

    def text(self, name: str, default: str = "") -> str:
        return self.values.get(name, "").strip() or default

    def secret(self, name: str) -> str:
        value = self.text(name)
        if not value:
            raise SettingsError(f"{name} is not set: run `feedback init` to generate it, or set it yourself")
        return value

    def number(self, name: str, default: int, least: int = 0) -> int:
        value = self.text(name, str(default))
        try:
            return _whole_number(value, least)
        except ValueError as fault:
            raise SettingsError(f"{name} must be {fault}, not {value!r}") from None

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.text(name, "1" if default else "0").lower()
        if value not in {"0", "1", "true", "false", "yes", "no"}:
            raise SettingsError(f"{name} must be 1 or 0, not {value!r}")
        return value in {"1", "true", "yes"}

    def address(self, name: str, default: str) -> str:
        value = self.text(name, default)
        try:
            return str(ipaddress.ip_address(value))
        except ValueError:
            raise SettingsError(f"{name} must be an IP address such as 127.0.0.1 or 0.0.0.0, not {value!r}") from None

    def choice(self, name: str, default: str, allowed: tuple[str, ...]) -> str:
        value = self.text(name, default)
        if value not in allowed:
            raise SettingsError(f"{name} must be one of {', '.join(allowed)}, not {value!r}")
        return value

    def by_channel(self, name: str, default: str, read_value: Callable[[str], T]) -> ByChannel[T]:
        try:
            return read_by_channel(self.text(name, default), default, CHANNELS, read_value)
        except ValueError as fault:
            raise SettingsError(f"{name} {fault}") from None

    def quiet_hours(self, name: str, default: str) -> QuietHours:
        value = self.text(name, default)
        try:
            return read_quiet_hours(value)
        except ValueError:
            raise SettingsError(f"{name} must be two full hours such as 21-6, or none, not {value!r}") from None

    def url(self, name: str, default: str, schemes: tuple[str, ...]) -> str:
        value = self.text(name, default)
        if value and urlsplit(value).scheme not in schemes:
            raise SettingsError(f"{name} must begin with {' or '.join(s + '://' for s in schemes)}")
        return value


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Reads the settings. Raises SettingsError naming the first bad one."""
    read, home = _open(os.environ if environ is None else environ)
    port = read.number("PORT", 8000, least=1)
    sending = bool(read.text("AT_API_KEY") or read.text("TWILIO_AUTH_TOKEN"))
    base_url = read.url("PUBLIC_BASE_URL", f"http://localhost:{port}", ("http", "https")).rstrip("/")
    database = read.url("DATABASE_URL", f"sqlite:///{home / 'feedback.db'}", _DATABASES)
    return Settings(
        home=home,
        database_url=re.sub(r"^postgres(ql)?://", "postgresql+psycopg://", database),
        redis_url=read.url("REDIS_URL", f"unix://{redis_socket(home)}", ("redis", "rediss", "unix")),
        host=read.address("HOST", "127.0.0.1"),
        port=port,
        public_base_url=base_url,
        keys=tuple(read.secret("FEEDBACK_KEYS").split(",")),
        lookup_key=read.secret("FEEDBACK_LOOKUP_KEY"),
        secret_key=read.secret("SECRET_KEY"),
        africastalking=AfricasTalking(
            webhook_token=read.secret("AT_WEBHOOK_TOKEN"),
            username=read.text("AT_USERNAME", "sandbox"),
            api_key=read.text("AT_API_KEY"),
            sender=read.text("AT_SENDER"),
            service_code=read.text("AT_SERVICE_CODE"),
            short_code=read.text("AT_SHORT_CODE"),
            base_url=read.url("AT_BASE_URL", "", ("http", "https")),
        ),
        twilio=Twilio(
            account_sid=read.text("TWILIO_ACCOUNT_SID"),
            auth_token=read.text("TWILIO_AUTH_TOKEN"),
            sender=read.text("TWILIO_SENDER"),
            base_url=read.url("TWILIO_BASE_URL", "", ("http", "https")),
        ),
        mail=Mail(
            backend=read.choice("MAIL_BACKEND", "console", ("console", "smtp")),
            host=read.text("MAIL_HOST", "localhost"),
            port=read.number("MAIL_PORT", 25, least=1),
            user=read.text("MAIL_USER"),
            password=read.text("MAIL_PASSWORD"),
            sender=read.text("MAIL_SENDER", "feedback@localhost"),
        ),
        simulator=read.flag("SIMULATOR", default=not sending),
        secure_cookies=base_url.startswith("https://"),
        country_code=str(read.number("COUNTRY_CODE", 226, least=1)),
        default_language=read.choice("DEFAULT_LANGUAGE", "fr", ("fr", "en", "mos", "dyu", "ff", "gux")),
        carriage=_read_carriage(read),
        ussd_session_seconds=read.number("USSD_SESSION_SECONDS", 180, least=60),
        join_minutes=read.number("JOIN_MINUTES", 30),
        satisfaction_delay_minutes=read.number("SATISFACTION_DELAY_MINUTES", 0),
        settle_minutes=read.number("SETTLE_MINUTES", 15),
        lease_seconds=read.number("LEASE_SECONDS", 60, least=2),
        route_confirm_days=read.number("ROUTE_CONFIRM_DAYS", 180),
        digest_minutes=read.number("DIGEST_MINUTES", 30),
        wait_days=read.number("WAIT_DAYS", 14, least=1),
        link_days=read.number("LINK_DAYS", 7, least=1),
        sms_price=read.number("SMS_PRICE", 0),
        quiet_hours=read.quiet_hours("QUIET_HOURS", "21-6"),
        report_days=read.number("REPORT_DAYS", 3, least=1),
    )


def load_carriage(environ: Mapping[str, str] | None = None) -> Carriage:
    """What the channels carry, of an installation or, where there is none, as usual. Raises SettingsError."""
    return _read_carriage(_open(os.environ if environ is None else environ)[0])


def _open(environ: Mapping[str, str]) -> tuple[_Reader, Path]:
    home = Path(environ.get("FEEDBACK_HOME") or "var").resolve()
    return _Reader({**read_secrets(home), **{name: value for name, value in environ.items() if value}}), home


def _read_carriage(read: _Reader) -> Carriage:
    return Carriage(
        ussd_limit=read.by_channel("USSD_LIMIT", "156", lambda value: _whole_number(value, least=60)),
        ussd_letters=read.by_channel("USSD_LETTERS", "fold", _letters),
        sms_letters=read.by_channel("SMS_LETTERS", "fold", _letters),
        long_sms=read.by_channel("LONG_SMS", "split", _long_sms),
    )


def _whole_number(value: str, least: int) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", value) or int(value) < least:
        raise ValueError(f"a whole number of at least {least}")
    return int(value)


def _letters(value: str) -> Letters:
    letters: Mapping[str, Letters] = {"keep": "keep", "fold": "fold"}
    if value not in letters:
        raise ValueError("keep or fold")
    return letters[value]


def _long_sms(value: str) -> int | None:
    """The most parts that may be paid, None for all that a text takes."""
    if value == "split":
        return None
    if not re.fullmatch(r"shorten:[1-9]", value):
        raise ValueError("split, or shorten: and the most parts from 1 to 9 (shorten:3)")
    return int(value[-1])


_DATABASES = ("sqlite", "postgresql", "postgres", "postgresql+psycopg")
