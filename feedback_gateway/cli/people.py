"""Log-ins and cases, by hand."""

import json
from datetime import datetime

import click

from feedback_gateway import work
from feedback_gateway.cli.base import bound, main
from models.words import Role


@main.command()
@click.argument("reference")
@click.option("--json", "as_json", is_flag=True)
def case(reference: str, as_json: bool) -> None:
    """Show a case by its reference: codes and times, nothing of what the person said."""
    from feedback_gateway.case_view import describe_case

    bound()
    with work.reading() as db:
        found = describe_case(db, "".join(filter(str.isdigit, reference)))
    if found is None:
        raise click.ClickException("no case has this reference")
    if as_json:
        click.echo(json.dumps(found, indent=2, default=_plain))
        return
    for name, value in found.items():
        if name != "events":
            click.echo(f"{name:16} {value if not isinstance(value, dict) else json.dumps(value, default=_plain)}")
    for event in found["events"]:
        click.echo(f"  {event['at']:%Y-%m-%d %H:%M:%S}  {event['actor']:7} {event['kind']}")


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


@main.command("create-user")
@click.argument("login")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--name", help="What colleagues see; the log-in if left out.")
@click.option("--agency", help="The agency's code.")
@click.option("--email", default="")
@click.option("--restricted", is_flag=True, help="May read restricted cases (the protection role).")
@click.option("--sealed", multiple=True, metavar="CATEGORY", help="May read sealed cases of this category (* for all).")
def create_user(
    login: str, role: str, name: str | None, agency: str | None, email: str, restricted: bool, sealed: tuple[str, ...]
) -> None:
    """Create a log-in for the console and print its password, which is kept nowhere else."""
    from feedback_gateway import administration

    bound()
    try:
        with work.unit_of_work() as db:
            user, password = administration.create_user(
                db,
                login=login,
                name=name or login,
                role=Role(role),
                agency_id=administration.find_agency(db, agency).id if agency else None,
                email=email,
                restricted=restricted,
                sealed=sealed,
            )
    except administration.RefusedError as error:
        raise click.ClickException(f"refused: {error.code}") from error
    click.echo(f"{user.login}\t{password}")


@main.command("reset-password")
@click.argument("login")
def reset_password(login: str) -> None:
    """Give a log-in a new password and print it; every session of that user ends."""
    from feedback_gateway import administration

    bound()
    try:
        with work.unit_of_work() as db:
            user, password = administration.reset_password(db, login)
    except administration.RefusedError as error:
        raise click.ClickException(f"refused: {error.code}") from error
    click.echo(f"{user.login}\t{password}")
