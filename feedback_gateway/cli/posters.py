"""Posters for the sites: how to reach the line, in the languages of the place, one printable page each."""

from pathlib import Path
from urllib.parse import quote

import click

from feedback_gateway import work
from feedback_gateway.cli.base import bound, main


@main.command()
@click.option(
    "--site", "sites", multiple=True, metavar="CODE", help="This place (again for more); a commune or region too."
)
@click.option("--below", metavar="CODE", help="Every site in this region, province or commune.")
@click.option("--languages", metavar="LIST", default="", help="Beside French, as mos,ff; else those of the place.")
@click.option("--code", help="What to dial; else AT_SERVICE_CODE.")
@click.option("--no-code", is_flag=True, help="This line cannot be dialled.")
@click.option("--sms", metavar="NUMBER", help="Where SMS go; else AT_SHORT_CODE, AT_SENDER or TWILIO_SENDER.")
@click.option("--no-sms", is_flag=True, help="This line takes no SMS.")
@click.option("--not-free", is_flag=True, help="Dialling and SMS cost the person something: do not say they are free.")
@click.option("--out", default="affiches", show_default=True, type=click.Path(file_okay=False, path_type=Path))
def posters(
    sites: tuple[str, ...],
    below: str | None,
    languages: str,
    code: str | None,
    no_code: bool,
    sms: str | None,
    no_sms: bool,
    not_free: bool,
    out: Path,
) -> None:
    """Print posters: an A4 page (PDF) for each site, or for the places that are named.

    A place that can have none does not stop the others: such places are listed at the end, and the exit code is 1.
    """
    from feedback_gateway import posters as printing
    from feedback_gateway.editions import book_in_force
    from feedback_gateway.places import place_tree

    settings = bound()
    wished = [language.strip() for language in languages.split(",") if language.strip()]
    drafts: dict[str, None] = {}
    failed: dict[str, str] = {}
    try:
        line = printing.read_line(
            settings,
            code=printing.NONE if no_code else code,
            sms=printing.NONE if no_sms else sms,
            free=not not_free,
        )
        with work.reading() as db:
            tree = place_tree(db)
        texts = book_in_force().texts
        for place in printing.places_to_print(tree, sites, below):
            spoken = printing.languages_for(tree, place, texts, wished)
            poster = printing.compose(place, tree, texts, line, spoken)
            try:
                printing.check_code(tree, place)
                page = printing.draw(poster)
            except printing.PosterError as error:
                failed[place.code] = str(error)
                continue
            out.mkdir(parents=True, exist_ok=True)
            path = out / f"affiche-{quote(place.code, safe='')}.pdf"
            path.write_bytes(page)
            drafts |= dict.fromkeys(poster.drafts)
            click.echo(f"{path}: {', '.join(poster.languages)}")
    except printing.PosterError as error:
        raise click.ClickException(str(error)) from error
    if drafts:
        click.echo(f"Drafts, to be read by a speaker before you print: {', '.join(drafts)}", err=True)
    if failed:
        reasons = "".join(f"\n  {place}: {why}" for place, why in failed.items())
        raise click.ClickException(f"no poster for {len(failed)} of the places:{reasons}")
