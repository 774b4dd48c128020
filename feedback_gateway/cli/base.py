"""The root of the command `feedback`, and what every command begins with: the settings."""

import logging

import click

from feedback_gateway import work
from feedback_gateway.settings import Settings, SettingsError, load


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """A complaints line over SMS and USSD: answered at once, routed, followed until the person has been told."""


def read_settings() -> Settings:
    """The settings, or a plain sentence and exit code 2."""
    try:
        settings = load()
    except SettingsError as error:
        raise click.UsageError(str(error)) from error
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    for talkative in ("alembic", "fontTools", "twilio.http_client"):
        logging.getLogger(talkative).setLevel(logging.WARNING)
    return settings


def bound() -> Settings:
    """The settings, with this process bound to them."""
    settings = read_settings()
    work.bind(settings)
    return settings
