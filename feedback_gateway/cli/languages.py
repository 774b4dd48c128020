"""Languages: telling them, building what they are told by, and measuring it."""

from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from feedback_gateway.cli.base import main

if TYPE_CHECKING:
    from feedback_gateway.classify.profile_measure import Measure


@main.command("detect-language")
@click.argument("file", type=click.File("r", encoding="utf-8", errors="replace"))
@click.option("--prior", help="The code of the language that the person chose.")
def detect_languages(file: TextIO, prior: str | None) -> None:
    """Print a line for each line of FILE (- for standard input): a code, a tab, a probability.

    The code is `und` when it is none of our languages or too little to tell; the probability is that of the likeliest.
    """
    from feedback_gateway.classify.language import detect_language

    for line in file:
        language = detect_language(line, prior)
        click.echo(f"{language.code or 'und'}\t{language.confidence:.4f}")


@main.group()
def languages() -> None:
    """What languages are told by."""


@languages.command("build")
@click.option("--corpus", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--out", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Default: the program's own."
)
def build_languages(corpus: Path, out: Path | None) -> None:
    """Count a folder of texts (fra, eng, mos, dyu, bam, fuv, fuf, gux, hau, taq, background) and write the tables.

    Each folder holds text files, one sentence a line; `background` one file a language that is none of ours. Only
    counts are written. One line in ten is left out: half of them set the confidence, half are for `measure`.
    """
    from feedback_gateway.classify import profiles
    from feedback_gateway.classify.profile_build import build

    folder = out or Path(next(iter(profiles.__path__)))
    try:
        tables = build(corpus, folder)
    except (ValueError, OSError) as error:
        raise click.ClickException(str(error)) from error
    click.echo(
        f"{len(tables.grams):,} n-grams, {len(tables.codes)} languages, {len(tables.background)} others: {folder}"
    )


@languages.command("measure")
@click.option("--corpus", required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--neighbours", type=click.Path(exists=True, file_okay=False, path_type=Path), help="CODE.txt files.")
@click.option("--crops", default=400, type=click.IntRange(min=20), help="Crops a language and length.")
def measure_languages(corpus: Path, neighbours: Path | None, crops: int) -> None:
    """Measure on the lines that were left out, in crops of 20-40 and 40-80 characters, small letters without accents.

    With --neighbours also how many texts in languages that are none of ours are rejected while 95 % of ours are kept.
    """
    from feedback_gateway.classify.language import read_shipped
    from feedback_gateway.classify.profile_measure import measure

    click.echo(render(measure(read_shipped(), corpus, neighbours, crops)))


def render(found: "Measure") -> str:
    """The tables, in percent."""
    lines = ["text      length  crops  right   best unknown   sure right if sure langdetect  stock"]
    for span, threshold in found.thresholds.items():
        length = f"{span[0]}-{span[1]}"
        rows = [row for row in found.rows if row.span == span]
        for row in rows:
            lines.append(
                f"{row.name:9} {length:6} {row.crops:6} {row.right:6.1%} {row.best:6.1%} {row.unknown:7.1%} "
                f"{row.sure:6.1%} {row.sure_right:13.1%} {row.langdetect:10.1%} {row.stock:6.1%}"
            )
        if rows:
            right, best = (sum(values) / len(rows) for values in zip(*((r.right, r.best) for r in rows), strict=True))
            lines.append(
                f"{'mean':9} {length:6} {'':6} {right:6.1%} {best:6.1%}; 95 % are kept from {threshold:.4f} on"
            )
        for (name, at), (rejected, unknown, sure) in found.neighbours.items():
            if at == span:
                lines.append(f"{name:9} {length:6} rejected {rejected:.1%}, unknown {unknown:.1%}, sure {sure:.1%}")
    for code, (share, taken) in found.ranked.items():
        lines.append(f"{code:9} known from 4-grams only: found {share:.1%}, others taken for it {taken:.2%}")
    for words, (helped, alone) in found.with_prior.items():
        lines.append(f"words {words}: likeliest right {helped:.1%} with the right prior, {alone:.1%} without")
    ratio = found.stock_micros / max(found.micros, 1e-9)
    lines.append(
        f"microseconds a text: {found.micros:.0f}, stock langdetect {found.stock_micros:.0f} ({ratio:.0f} times)"
    )
    return "\n".join(lines)
