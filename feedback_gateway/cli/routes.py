"""Trying a route by hand: who would get such a case now, and why."""

import click

from feedback_gateway import work
from feedback_gateway.cli.base import bound, main
from models.words import Sensitivity


@main.command()
@click.argument("category")
@click.argument("place", required=False)
@click.option("--sensitivity", type=click.Choice([word.value for word in Sensitivity]))
@click.option("--about", metavar="AGENCY", multiple=True, help="The code of an agency that the complaint is about.")
def route(category: str, place: str | None, sensitivity: str | None, about: tuple[str, ...]) -> None:
    """Say who would get a case of this CATEGORY in this PLACE (a code or a name), and why. Changes nothing."""
    from feedback_gateway import administration
    from feedback_gateway.places import place_tree
    from feedback_gateway.responsibility import RefusedError
    from feedback_gateway.responsibility.trial import describe_trial, try_route

    bound()
    try:
        with work.unit_of_work() as db:
            found = place_tree(db).find_typed(place) if place else []
            if place and len(found) != 1:
                raise RefusedError("place")
            trial = try_route(
                db,
                category.upper(),
                found[0].code if found else None,
                Sensitivity(sensitivity) if sensitivity else None,
                [administration.find_agency(db, code).id for code in about],
            )
            lines = describe_trial(db, trial)
    except RefusedError as error:
        raise click.ClickException(f"refused: {error.code}") from error
    click.echo("\n".join(lines))
