"""The command `feedback`: every part of the house, started or asked by hand."""

import json
import logging
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import TextIO

import click
from rich.console import Console
from rich.progress import Progress

from feedback_gateway import work
from feedback_gateway.lib import clock
from feedback_gateway.settings import Settings, SettingsError, load
from models.words import Role

screen = Console()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """A complaints line over SMS and USSD: answered at once, routed, followed until the person has been told."""


def _settings() -> Settings:
    """The settings, or a plain sentence and exit code 2."""
    try:
        settings = load()
    except SettingsError as error:
        raise click.UsageError(str(error)) from error
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    for talkative in ("alembic", "twilio.http_client"):
        logging.getLogger(talkative).setLevel(logging.WARNING)
    return settings


def _bound() -> Settings:
    """The settings, with this process bound to them."""
    settings = _settings()
    work.bind(settings)
    return settings


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
    sys.exit(supervisor.run(_settings()))


@main.command()
def web() -> None:
    """Serve the webhooks and the console."""
    from feedback_gateway import supervisor

    supervisor.serve(_settings())


@main.command()
@click.argument("queue_name", metavar="QUEUE", type=click.Choice(work.QUEUES))
def worker(queue_name: str) -> None:
    """Work on one queue (send: messages to people; cases: reading, routing, notices)."""
    from feedback_gateway import classify, queue

    settings = _bound()
    if queue_name == "cases":
        classify.warm_up()
    queue.run_worker(settings, queue_name)


@main.command()
def dispatcher() -> None:
    """Ring for everything in the outbox that is due, for ever."""
    from feedback_gateway.dispatcher import run_dispatcher

    _bound()
    run_dispatcher()


@main.command()
def migrate() -> None:
    """Bring the tables up to date."""
    from feedback_gateway.migrate import migrate as bring_up_to_date

    settings = _bound()
    bring_up_to_date(work.bind(settings))
    click.echo("the tables are up to date")


@main.command()
@click.option("--no-samples", is_flag=True, help="Only categories and places; no sample agencies and log-ins.")
def seed(no_samples: bool) -> None:
    """Fill an empty house: categories, places, and samples marked as such."""
    from feedback_gateway import seed as seeding

    settings = _bound()
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

    _bound()
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

    found = [{"channel": address.channel, "kind": address.kind, "url": address.url} for address in addresses(_bound())]
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for row in found:
        click.echo(f"{row['channel']:16}{row['kind']:13}{row['url']}")


@main.command()
@click.argument("reference")
@click.option("--json", "as_json", is_flag=True)
def case(reference: str, as_json: bool) -> None:
    """Show a case by its reference: codes and times, nothing of what the person said."""
    from feedback_gateway.case_view import describe_case

    _bound()
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

    _bound()
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

    _bound()
    try:
        with work.unit_of_work() as db:
            user, password = administration.reset_password(db, login)
    except administration.RefusedError as error:
        raise click.ClickException(f"refused: {error.code}") from error
    click.echo(f"{user.login}\t{password}")


@main.command()
@click.argument("phone", default="+22670000001")
@click.option("--sms", "text", help="Send one SMS instead of dialling.")
def simulate(phone: str, text: str | None) -> None:
    """The phone in a terminal: dials the code, or sends an SMS, and shows what comes back."""
    from feedback_gateway import simulate as phones
    from feedback_gateway.lib.phone import normalise

    settings = _bound()
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

    settings = _bound()
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


@main.command()
def doctor() -> None:
    """Check settings, database, Redis, outbox, channels, owners, clock."""
    from feedback_gateway.doctor import examine

    _bound()
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

    _bound()
    for table, count in rotate_all().items():
        click.echo(f"{table}: {count} rows")


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
