"""`feedback detect-language`, `feedback languages build` and `measure`."""

import random
from pathlib import Path

import pytest
from click.testing import CliRunner

from feedback_gateway.classify import profile_measure
from feedback_gateway.classify.profile_corpus import CLASSES
from feedback_gateway.classify.profile_tables import read_tables
from feedback_gateway.cli import languages
from feedback_gateway.cli.base import main

LETTERS = ("bald", "font", "gims", "vurk", "jelp", "chaw", "quiz", "towy", "rsen", "hulm")


def speak(seed: int, lines: int = 60) -> str:
    """Lines in a language that nobody speaks: words of a few letters of its own."""
    chance = random.Random(seed)
    own = LETTERS[seed % len(LETTERS)] + "aei"
    words = ["".join(chance.choices(own, k=chance.randint(2, 6))) for _ in range(60)]
    return "\n".join(" ".join(chance.choices(words, k=16)) for _ in range(lines))


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "corpus"
    for seed, name in enumerate(names[0] for names in CLASSES.values()):
        (folder / name).mkdir(parents=True)
        (folder / name / "text.txt").write_text(speak(seed), "utf-8")
        (folder / name / "funlangid_4grams.txt").write_text("aaei\n ae\nie\n", "utf-8")
    (folder / "background").mkdir()
    for seed in (18, 19):
        (folder / "background" / f"q{seed}.txt").write_text(speak(seed), "utf-8")
    (folder / CLASSES["gux"][0] / "text.txt").unlink()
    return folder


def test_a_line_a_text_and_no_line_stops_it(tmp_path: Path) -> None:
    file = tmp_path / "texts.txt"
    file.write_bytes(
        "le forage est en panne depuis hier\n\nok\nya\xff\x00\nWszyscy ludzie rodzą się wolni\n".encode(
            "latin-1", "replace"
        )
    )
    done = CliRunner().invoke(main, ["detect-language", str(file)])
    assert done.exit_code == 0, done.output
    rows = [line.split("\t") for line in done.output.splitlines()]
    assert [row[0] for row in rows] == ["fr", "und", "und", "und", "und"]
    assert all(len(row[1]) == 6 and 0 <= float(row[1]) <= 1 for row in rows)


def test_standard_input_and_a_prior() -> None:
    done = CliRunner().invoke(main, ["detect-language", "-", "--prior", "mos"], input="koom\nwe have no water here\n")
    assert [line.split("\t")[0] for line in done.output.splitlines()] == ["mos", "en"]


def test_build_writes_the_same_files_twice(corpus: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for out in (first, second):
        out.mkdir()
        done = CliRunner().invoke(main, ["languages", "build", "--corpus", str(corpus), "--out", str(out)])
        assert done.exit_code == 0, done.output
    assert (first / "tables.npz").read_bytes() == (second / "tables.npz").read_bytes()
    assert (first / "confidence.json").read_bytes() == (second / "confidence.json").read_bytes()
    tables = read_tables((first / "tables.npz").read_bytes())
    assert (tables.codes, tables.background) == (tuple(CLASSES), ("q18", "q19"))
    assert tables.ranked == {"gux"}


def test_build_says_which_language_has_no_text(corpus: Path, tmp_path: Path) -> None:
    (corpus / "mos" / "text.txt").unlink()
    (corpus / "mos" / "funlangid_4grams.txt").unlink()
    done = CliRunner().invoke(main, ["languages", "build", "--corpus", str(corpus), "--out", str(tmp_path)])
    assert done.exit_code == 1
    assert "no text for mos" in done.output


def test_measure_prints_what_was_found(corpus: Path, tmp_path: Path) -> None:
    built = CliRunner().invoke(main, ["languages", "build", "--corpus", str(corpus), "--out", str(tmp_path)])
    assert built.exit_code == 0, built.output
    tables = read_tables((tmp_path / "tables.npz").read_bytes())
    neighbours = tmp_path / "neighbours"
    neighbours.mkdir()
    (neighbours / "qzz.txt").write_text("\n".join(["xyx xxy yyx xyxy xx yy xyxx yxxy"] * 30), "utf-8")
    found = profile_measure.measure(tables, corpus, neighbours, 20)
    best = [row.best for row in found.rows if row.span == (20, 40)]
    assert len(best) == len(CLASSES) - 1
    assert min(best) > 0.8
    text = languages.render(found)
    for said in ("fra", "20-40", "40-80", "rejected", "known from 4-grams only", "words 2", "microseconds a text"):
        assert said in text
