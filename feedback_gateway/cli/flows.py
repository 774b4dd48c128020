"""What people are asked: checking and drawing it."""

import sys
from pathlib import Path

import click

from feedback_gateway.cli.base import main


@main.group()
def flows() -> None:
    """What people are asked."""


@flows.command("check")
@click.option("--limit", "limits", type=click.IntRange(min=20), multiple=True, help="Septets of a screen; repeatable.")
@click.option("--fold/--keep", "folds", default=None, help="Letters that GSM-7 lacks become plain, or stay.")
@click.option("--parts", type=click.IntRange(min=1), help="The most paid parts of an SMS (1; 2 with letters kept).")
@click.option("--language", "languages", multiple=True, help="Only this language; repeatable.")
@click.option("--drafts", is_flag=True, help="List the texts that await a speaker's word, instead of the table.")
def check_flows(
    limits: tuple[int, ...], folds: bool | None, parts: int | None, languages: tuple[str, ...], drafts: bool
) -> None:
    """Walk every screen in every language: missing texts, dead ends, screens that are too long, with a table.

    Without --limit, --fold or --keep every screen is measured as each channel would show it (USSD_LIMIT, USSD_LETTERS),
    and without --fold or --keep every SMS as the channels send it (SMS_LETTERS).
    """
    from dataclasses import replace

    from feedback_gateway.settings import CHANNELS, SettingsError, load_carriage
    from flows.book import HERE
    from flows.check import check_folder, dearest_letters
    from flows.screens import Limits
    from flows.table import render_drafts, render_table

    known = sorted(path.stem for path in (HERE / "texts").glob("*.yaml"))
    if unknown := sorted(set(languages) - set(known)):
        raise click.ClickException(f"no texts in {unknown[0]}: {', '.join(known)}")
    try:
        carriage = load_carriage()
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
    screens = [Limits(size) for size in limits] or list(carriage.screens())
    letters = dearest_letters(carriage.sms_letters[channel] for channel in CHANNELS)
    if folds is not None:
        letters = "fold" if folds else "keep"
        screens = list(dict.fromkeys(replace(each, folds=folds) for each in screens))
    report = check_folder(HERE, *screens, most_parts=parts, letters=letters, languages=languages)
    click.echo(render_drafts(report) if drafts else render_table(report))
    sys.exit(1 if report.problems and not drafts else 0)


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


@flows.command("try")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--update", is_flag=True, help="Write what comes now into the files, to be read before it is kept.")
def try_flows(files: tuple[Path, ...], update: bool) -> None:
    """Play dialogue files (or folders of them) against the flows, and say every turn that goes otherwise."""
    from flows.book import open_book
    from flows.dialogue import play, read_dialogues, rerecord, write_dialogues
    from flows.errors import BookError

    book = open_book()
    played = differing = 0
    for path in [path for given in files for path in (sorted(given.rglob("*.yaml")) if given.is_dir() else [given])]:
        try:
            dialogues = read_dialogues(path)
            if update:
                path.write_text(write_dialogues([rerecord(book, each) for each in dialogues]), encoding="utf-8")
            found = [(each.about, play(book, each)) for each in ([] if update else dialogues)]
        except BookError as error:
            raise click.ClickException(f"{path}: {error}") from error
        played += len(dialogues)
        for about, mismatches in found:
            if mismatches:
                differing += 1
                click.echo("\n  ".join([f"{path}: {about}", *map(str, mismatches)]))
    if not played:
        raise click.ClickException("no conversation is written there")
    if update:
        click.echo(f"{played} conversations were written as they go now")
    else:
        click.echo(f"{played - differing} of {played} conversations go as written")
    sys.exit(1 if differing else 0)
