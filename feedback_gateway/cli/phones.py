"""Phones to try the line with, and messages by the thousand."""

import sys
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from feedback_gateway.cli.base import bound, main
from feedback_gateway.lib import clock

screen = Console()


@main.command()
@click.argument("phone", default="+22670000001")
@click.option("--sms", "text", help="Send one SMS instead of dialling.")
def simulate(phone: str, text: str | None) -> None:
    """The phone in a terminal: dials the code, or sends an SMS, and shows what comes back."""
    from feedback_gateway import simulate as phones
    from feedback_gateway.lib.phone import normalise

    settings = bound()
    if not settings.simulator:
        raise click.ClickException("the simulator is off here (SIMULATOR=0)")
    number = normalise(phone, settings.country_code)
    before = max((message.id for message in phones.inbox(number)), default=0)
    if text is not None:
        phones.send_sms(number, text)
    else:
        phones.dial(
            number, lambda prompt: click.prompt(prompt, prompt_suffix="", default="", show_default=False), click.echo
        )
    for message in phones.answers(number, before):
        click.echo(f"[SMS {message.delivery}] {message.text}")


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
