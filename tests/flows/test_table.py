"""The printed report: a line a screen, a column a language, what it costs folded and unfolded."""

from dataclasses import replace
from pathlib import Path

from flows.book import open_book
from flows.check import Problem, Report, report
from flows.screens import Limits
from flows.table import render_drafts, render_table
from tests.flows.small_book import load_small_book, write_small_book

REPORT = report(open_book())


def row(start: str) -> list[str]:
    return next(line for line in render_table(REPORT).splitlines() if line.startswith(start)).split("  ")


def cells(start: str) -> list[str]:
    return [cell.strip() for cell in row(start) if cell.strip()]


def test_each_screen_has_a_line_with_every_language() -> None:
    assert cells("screen ") == ["screen", "medium", *open_book().languages]
    table = render_table(REPORT)
    for shown in REPORT.screens:
        assert f"\n{shown.flow}/{shown.node} " in table
    assert len(cells("home/menu")) == 2 + len(open_book().languages)


def test_a_cell_shows_both_sizes_and_where_the_words_come_from(tmp_path: Path) -> None:
    write_small_book(tmp_path)
    (tmp_path / "texts/mos.yaml").write_text("language: mos\nname: Mooré\ntexts:\n  heard: {draft: Ça}\n")
    (tmp_path / "texts/ff.yaml").write_text("language: ff\nname: Fulfulde\ntexts: {}\n")
    book = load_small_book(tmp_path, {"help": "said: {say: heard}"}, {"heard": "reçu"}, {"heard": "heard [1]"})
    table = render_table(report(book))
    row = next(line for line in table.splitlines() if line.startswith("help/said"))
    shown = [cell.strip() for cell in row.split("  ") if cell.strip()]
    assert shown == ["help/said", "sms", "11/1", "=4/1 (4u/1)", "4/1 (4u/1)", "~2/1"]


def test_pages_are_counted_and_kept_letters_are_units(tmp_path: Path) -> None:
    write_small_book(tmp_path)
    book = load_small_book(tmp_path, {"tried": "said: {say: tried}"}, {"tried": "Deux mots ça. " * 12})
    folded, kept = (render_table(report(book, Limits(156, folds=folds), languages=["fr"])) for folds in (True, False))
    row = next(line for line in folded.splitlines() if line.startswith("tried/said"))
    assert row.endswith("  155 (155u) 2p")
    row = next(line for line in kept.splitlines() if line.startswith("tried/said"))
    assert row.endswith("  67u 3p")


def test_the_cost_of_all_messages_is_added_up() -> None:
    sent = [shown for shown in REPORT.screens if shown.medium == "sms" and shown.language == "fr"]
    (cost,) = [cost for cost in REPORT.costs if cost.language == "fr"]
    line = next(line.split() for line in render_table(REPORT).splitlines() if line.startswith("fr ") and "/" in line)
    paid = [len(sent), sum(s.parts for s in sent), sum(s.kept_parts for s in sent), cost.folded, cost.kept]
    assert line[-5:] == [str(number) for number in paid]


def test_it_comes_to_a_few_lines_of_sums() -> None:
    table = render_table(REPORT)
    screens = [shown for shown in REPORT.screens if shown.medium == "ussd"]
    (cost,) = [cost for cost in REPORT.costs if cost.language == "fr"]
    longest = max(screens, key=lambda shown: shown.size)
    sms = len(REPORT.screens) - len(screens)
    assert f"\n{len(screens)} screens and {sms} SMS in {', '.join(open_book().languages)}.\n" in table
    assert f"\nThe longest screen: {longest.flow}/{longest.node} [{longest.language}], {longest.size}.\n" in table
    assert (
        f"A complete SMS complaint in French (5 messages from us) costs {cost.folded} paid segments folded, "
        f"{cost.kept} unfolded."
    ) in table
    assert "Screens of 156 septets, folded." in table
    assert "Screens of 182 septets, letters kept; 156 septets, folded." in render_table(
        report(open_book(), Limits(182, folds=False), Limits(156))
    )


def test_drafts_are_listed_with_their_words() -> None:
    lines = render_drafts(REPORT).splitlines()
    assert len(lines) == sum(line.drafts for line in REPORT.languages)
    words = open_book().texts.words["mos"]["home"].words
    assert next(line for line in lines if line.startswith("mos  home ")).endswith(" / ".join(words.splitlines()))
    assert render_drafts(report(open_book(), languages=["fr"])) == "no drafts"


def test_problems_come_last_and_alone_when_nothing_could_be_read() -> None:
    problem = Problem("tell", "what", "en", "is wrong")
    table = render_table(replace(REPORT, problems=(problem,), costs=()))
    assert table.endswith("\n\ntell/what [en]: is wrong")
    assert render_table(Report((Problem("", "", "", "home.yaml: no"),), (), ())) == "home.yaml: no"
