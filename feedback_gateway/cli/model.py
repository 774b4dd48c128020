"""The command `feedback model`: making, measuring, choosing what reads."""

import csv
import json
import os
from pathlib import Path
from typing import TextIO

import click

from feedback_gateway import work
from feedback_gateway.cli.base import bound, main
from feedback_gateway.cli.report_text import render

STARTER_FOLDER = Path(__file__).parent.parent / "classify" / "starter"


@main.group()
def model() -> None:
    """The model that says what a message is about: train it, measure it, go back."""


@model.command()
@click.option("--gently", is_flag=True, help="Let everything else go first, and end with whoever started this.")
def train(gently: bool) -> None:
    """Make a model from the seeds and all labels; it is taken only if it does not lose on texts kept for measuring."""
    from feedback_gateway import learning, model_making
    from feedback_gateway.lib import clock
    from feedback_gateway.lib.process import die_with_parent

    if gently:
        os.nice(10)
        die_with_parent(os.getppid())
    bound()
    began = clock.now()
    with work.unit_of_work() as db:
        if learning.is_training(db, began):
            raise click.ClickException("a training is under way; its end shows in `feedback model versions`")
        learning.begin_training(db, began)
    # Made outside any transaction: a training takes a minute, and a writer on SQLite keeps all others out.
    with work.reading() as db:
        made = model_making.make_and_measure(db)
    with work.unit_of_work() as db:
        outcome = model_making.store(db, made, began)
    click.echo(f"version {outcome.version}: {'taken' if outcome.taken else f'not taken ({outcome.reason})'}")
    click.echo(f"{outcome.labels} labels")
    click.echo(render(outcome.report))


@model.command()
@click.option("--json", "as_json", is_flag=True)
def report(as_json: bool) -> None:
    """Measure the model that reads, on texts that no model is made from."""
    from feedback_gateway import learning, lexicon_editions, model_making
    from feedback_gateway.classify.model.in_use import model_in_use
    from feedback_gateway.classify.model.measuring import measure

    bound()
    with work.reading() as db:
        name = learning.refresh(db)
        lexicon_editions.refresh(db)
        frozen = list(model_making.frozen_texts(db))
    found = measure(model_in_use()[1], frozen)
    if as_json:
        click.echo(json.dumps({"model": name, "thresholds": vars(model_in_use()[1].thresholds), **found}, indent=1))
        return
    click.echo(f"model {name}; thresholds {vars(model_in_use()[1].thresholds)}")
    click.echo(render(found))


@model.command()
def versions() -> None:
    """List the versions, and which one reads."""
    from feedback_gateway import learning

    bound()
    with work.reading() as db:
        status = learning.status(db)
    click.echo(f"reading: {status.model}; {status.new_labels} new labels; {status.frozen} frozen cases")
    for each in status.versions:
        part = each.report["sets"][0]
        said = "taken" if each.taken else f"refused: {each.reason}"
        click.echo(
            f"{each.id:>5}  {each.made_at:%Y-%m-%d %H:%M}  {each.labels} labels  F1 {part['macro_f1']:.3f}  {said}"
        )


@model.command()
@click.option("--to", "to", type=int, help="This version instead of the one before; 0 is the starter.")
def rollback(to: int | None) -> None:
    """Read with the version before, or with any that is kept."""
    from feedback_gateway import learning
    from feedback_gateway.case_states import NotAllowedError

    bound()
    try:
        with work.unit_of_work() as db:
            if to is None:
                name = learning.roll_back(db, by=None)
            else:
                learning.use(db, to or None, by=None)
                name = str(to or "starter")
    except NotAllowedError as refusal:
        said = {"no_older": "the starter reads already: there is nothing older"}.get(refusal.code, "no such version")
        raise click.ClickException(said) from refusal
    click.echo(f"reading from now on: {name}")


@model.command()
def starter() -> None:
    """Make the model that is shipped, from the lexicon and the written examples (for the makers of the product)."""
    from feedback_gateway.classify.lexicons import fingerprint, load_lexicons
    from feedback_gateway.classify.model import seeds
    from feedback_gateway.classify.model.starting import make_starter

    arrays, content = make_starter({"lexicon": fingerprint(load_lexicons()), "examples": seeds.fingerprint()})
    (STARTER_FOLDER / "model.npz").write_bytes(arrays)
    written = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    (STARTER_FOLDER / "model.json").write_text(written + "\n", "utf-8")
    click.echo(render(content["facts"]["report"]))


@model.command()
@click.argument("file", type=click.File(encoding="utf-8-sig", errors="replace"))
@click.option("--text", required=True, help="The column with the text.")
@click.option("--label", required=True, help="The column with what it is about: our codes, or any names.")
@click.option("--language", help="The column with the language (fr, en, ...).")
@click.option(
    "--map",
    "pairs",
    multiple=True,
    metavar="LABEL=CODE[,CODE]",
    help="What a label means, where its name does not say it.",
)
@click.option(
    "--learn",
    type=click.File(encoding="utf-8-sig", errors="replace"),
    help="Another CSV with the same columns, to learn labels from.",
)
@click.option("--labels", type=int, help="How many rows to learn from, drawn by chance (default: all).")
@click.option("--in-use", is_flag=True, help="Measure the model that reads, instead of one made for these labels.")
@click.option("--seed", default=1, show_default=True, help="The chance by which they are drawn.")
@click.option("--json", "as_json", is_flag=True)
def evaluate(
    file: TextIO,
    text: str,
    label: str,
    language: str | None,
    pairs: tuple[str, ...],
    learn: TextIO | None,
    labels: int | None,
    in_use: bool,
    seed: int,
    as_json: bool,
) -> None:
    """Measure on any labelled CSV, with no labels of it or with some of another file.

    Labels of any name are mapped to our categories by their names; --map says it where the name does not. One called
    other, none or autre takes whatever no other label covers. A file of sensitive texts has labels 0 and 1.
    """
    from feedback_gateway.classify.model.foreign import EvaluationError, evaluate_rows, read_map

    try:
        rows = _read_rows(file, text, label, language)
        taught = _read_rows(learn, text, label, language) if learn else []
        found = evaluate_rows(rows, read_map(pairs), taught, labels, seed, in_use=in_use)
    except (EvaluationError, csv.Error) as error:
        raise click.ClickException(str(error)) from error
    click.echo(json.dumps(found, indent=1) if as_json else render(found))


def _read_rows(file: TextIO, text: str, label: str, language: str | None) -> list[tuple[str, str, str | None]]:
    first = file.readline()
    delimiter = max(",;\t", key=first.count)
    names = next(csv.reader([first], delimiter=delimiter), [])
    for name in (text, label, *([language] if language else [])):
        if name not in names:
            raise click.ClickException(f"{file.name} has no column {name}: {', '.join(names)}")
    reader = csv.DictReader(file, fieldnames=names, delimiter=delimiter)
    return [
        (row[text] or "", (row[label] or "").strip(), (row[language] or None) if language else None)
        for row in reader
        if (row[label] or "").strip()
    ]
