"""Phones to try the line with, and messages by the thousand."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.progress import Progress

from feedback_gateway.cli.base import bound, main
from feedback_gateway.lib import clock

if TYPE_CHECKING:
    from feedback_gateway.cli.terminal import Terminal

screen = Console()


@main.command()
@click.argument("phone", default="+22670000001")
@click.option("--sms", "text", help="Send one SMS instead of dialling.")
@click.option("--pure", is_flag=True, help="Without a database, settings or home: in the flows as they are shipped.")
@click.option("--language", help="What a --pure phone has chosen before: fr, en, mos, dyu, ff or gux.")
@click.option(
    "--record", type=click.Path(dir_okay=False, path_type=Path), help="Write what was done as a dialogue file."
)
def simulate(phone: str, text: str | None, pure: bool, language: str | None, record: Path | None) -> None:
    """The phone in a terminal: dials the code and shows what comes back; /help lists what can be typed."""
    terminal = _open_pure(language) if pure else _open_live(phone, language)
    if text is None:
        terminal.talk()
    else:
        terminal.do(f"/sms {text}")
    if record is not None:
        about = f"Recorded by feedback simulate on {clock.now():%Y-%m-%d at %H:%M}"
        record.write_text(terminal.recording(about), encoding="utf-8")
        click.echo(f"{record} written")


def _open_pure(language: str | None) -> "Terminal":
    from feedback_gateway.cli.terminal import PureTerminal
    from flows.book import open_book

    book = open_book()
    if language is not None and language not in book.languages:
        raise click.UsageError(f"--language is one of {', '.join(book.languages)}")
    return PureTerminal(book, language)


def _open_live(phone: str, language: str | None) -> "Terminal":
    from feedback_gateway.cli.terminal import LiveTerminal
    from feedback_gateway.lib.phone import is_number, normalise

    if language is not None:
        raise click.UsageError("--language is for a --pure phone: a live one speaks what it has chosen on the line")
    settings = bound()
    if not settings.simulator:
        raise click.ClickException("the simulator is off here (SIMULATOR=0)")
    number = normalise(phone, settings.country_code)
    if not is_number(number):
        raise click.UsageError(f"{phone} is not a telephone number")
    return LiveTerminal(number, settings)


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--rate", default=20.0, show_default=True, help="Messages a second.")
@click.option("--limit", type=int, help="Only the first so many rows.")
def replay(file: Path, rate: float, limit: int | None) -> None:
    """Post a CSV of messages to the live Africa's Talking webhook and count what comes back."""
    from feedback_gateway import replay as replaying
    from feedback_gateway.channels.registry import addresses

    settings = bound()
    url = next(a.url for a in addresses(settings) if a.channel == "africastalking" and a.kind == "sms")
    url = url.replace(settings.public_base_url, f"http://127.0.0.1:{settings.port}", 1)
    try:
        rows = replaying.read_rows(file)[:limit]
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    if not replaying.answers(settings.port):
        raise click.ClickException(f"nothing answers on port {settings.port}: start ./run (or `feedback web`) first")
    result = replaying.Result()
    with Progress(console=screen) as progress:
        bar = progress.add_task(file.name, total=len(rows))
        for posted in replaying.post_rows(rows, url, rate, f"{clock.now():%Y-%m-%d %H:%M:%S}"):
            result.add(posted)
            progress.advance(bar)
    for status, count in sorted(result.statuses.items()):
        click.echo(f"{status:>8}  {count}")
    click.echo(f"{result.again:>8}  posted again")
    for name, share in (("median", 0.5), ("p95", 0.95), ("p99", 0.99)):
        click.echo(f"{name:>8}  {result.quantile(share):.1f} ms")
    sys.exit(0 if set(result.statuses) <= {"200"} else 1)
