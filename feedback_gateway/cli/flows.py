"""What people are asked: checking and drawing it."""

import os
import sys

import click

from feedback_gateway.cli.base import main


@main.group()
def flows() -> None:
    """What people are asked."""


@flows.command("check")
def check_flows() -> None:
    """Walk every screen in every language: missing texts, dead ends, screens that are too long, with a table."""
    from flows.check import check_folder
    from flows.screens import Limits
    from flows.table import render_table

    size = os.environ.get("USSD_LIMIT", "")
    report = check_folder(limits=Limits(int(size)) if size.isdecimal() else None)
    click.echo(render_table(report))
    sys.exit(1 if report.problems else 0)


@flows.command("draw")
@click.argument("flow", required=False)
def draw_flows(flow: str | None) -> None:
    """Draw a flow (or all of them) as SVG on standard output."""
    from flows.book import load_book
    from flows.draw import draw

    book = load_book()
    if flow is not None and flow not in book.flows:
        raise click.ClickException(f"no flow is called {flow}: {', '.join(sorted(book.flows))}")
    click.echo(draw(book, flow))
