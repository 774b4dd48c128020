"""Starting the parts of the house, and looking after it."""

import json
import os
import sys
from pathlib import Path
from typing import TextIO

import click

from feedback_gateway import work
from feedback_gateway.cli.base import bound, main, read_settings


@main.command()
def init() -> None:
    """Create FEEDBACK_HOME and its secrets, if they are not there yet."""
    from feedback_gateway import home

    place = Path(os.environ.get("FEEDBACK_HOME") or "var").resolve()
    click.echo(f"{place}: {'created' if home.init(place) else 'already there'}")


@main.command()
def run() -> None:
    """Start everything under one supervisor: Redis, web, workers, dispatcher."""
    from feedback_gateway import home, supervisor

    home.init(Path(os.environ.get("FEEDBACK_HOME") or "var").resolve())
    sys.exit(supervisor.run(read_settings()))


@main.command()
def web() -> None:
    """Serve the webhooks and the console."""
    from feedback_gateway import supervisor

    supervisor.serve(read_settings())


@main.command()
@click.argument("queue_name", metavar="QUEUE", type=click.Choice(work.QUEUES))
def worker(queue_name: str) -> None:
    """Work on one queue (send: messages to people; cases: reading, routing, notices)."""
    from feedback_gateway import classify, queue

    settings = bound()
    if queue_name == "cases":
        classify.warm_up()
    queue.run_worker(settings, queue_name)


@main.command()
def dispatcher() -> None:
    """Ring for everything in the outbox that is due, for ever."""
    from feedback_gateway.dispatcher import run_dispatcher

    bound()
    run_dispatcher()


@main.command()
def migrate() -> None:
    """Bring the tables up to date."""
    from feedback_gateway.migrate import migrate as bring_up_to_date

    settings = bound()
    bring_up_to_date(work.bind(settings))
    click.echo("the tables are up to date")


@main.command()
@click.option("--no-samples", is_flag=True, help="Only categories and places; no sample agencies and log-ins.")
def seed(no_samples: bool) -> None:
    """Fill an empty house: categories, places, and samples marked as such."""
    from feedback_gateway import seed as seeding

    settings = bound()
    with work.unit_of_work() as db:
        seeding.seed_reference(db)
        logins = [] if no_samples else seeding.seed_samples(db)
    if logins:
        seeding.write_logins(settings.home, logins)
        click.echo(f"sample log-ins are in {settings.home / seeding.LOGINS_FILE}")


@main.command("import-places")
@click.argument("file", type=click.File(encoding="utf-8"))
def import_places(file: TextIO) -> None:
    """Import places from CSV: code,parent_code,level,name,aliases."""
    from feedback_gateway.seed import import_places as read_places

    bound()
    try:
        with work.unit_of_work() as db:
            count = read_places(db, iter(file))
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{count} places imported")


@main.command()
@click.option("--json", "as_json", is_flag=True)
def channels(as_json: bool) -> None:
    """Print each webhook: channel, kind, full address. The addresses hold secrets: keep them to yourself."""
    from feedback_gateway.channels.registry import addresses

    found = [{"channel": address.channel, "kind": address.kind, "url": address.url} for address in addresses(bound())]
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for row in found:
        click.echo(f"{row['channel']:16}{row['kind']:13}{row['url']}")


@main.command()
def doctor() -> None:
    """Check settings, database, Redis, outbox, channels, owners, clock."""
    from feedback_gateway.doctor import examine

    bound()
    checks = examine()
    for check in checks:
        mark = click.style("ok  ", fg="green") if check.ok else click.style("FAIL", fg="red")
        click.echo(f"{mark} {check.name}: {check.detail}")
    sys.exit(0 if all(check.ok for check in checks) else 1)


@main.group()
def keys() -> None:
    """The key ring that encrypts personal data."""


@keys.command("rotate")
def rotate_keys() -> None:
    """Re-encrypt everything personal with the newest key of FEEDBACK_KEYS (the first one)."""
    from feedback_gateway.key_rotation import rotate_all

    bound()
    for table, count in rotate_all().items():
        click.echo(f"{table}: {count} rows")
