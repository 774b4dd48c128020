"""The printed report: a line a screen, a column a language, what it costs folded and unfolded."""

from flows.book import open_book
from flows.check import Problem, Report, report
from flows.table import render_table

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


def test_a_cell_shows_both_sizes_and_where_the_words_come_from() -> None:
    by_language = dict(zip(open_book().languages, cells("intake/added")[2:], strict=True))
    assert by_language["fr"] == "47/1 (47u/1)"
    assert by_language["en"] == "45/1"
    assert by_language["gux"] == "=47/1 (47u/1)"
    assert by_language["mos"].startswith("~")


def test_the_cost_of_all_messages_is_added_up() -> None:
    sent = [shown for shown in REPORT.screens if shown.medium == "sms" and shown.language == "fr"]
    line = next(line.split() for line in render_table(REPORT).splitlines() if line.startswith("fr ") and "/" in line)
    assert line[-3:] == [str(len(sent)), str(sum(s.parts for s in sent)), str(sum(s.kept_parts for s in sent))]


def test_problems_come_last_and_alone_when_nothing_could_be_read() -> None:
    problem = Problem("tell", "what", "en", "is wrong")
    assert render_table(Report((problem,), REPORT.screens, REPORT.languages)).endswith("\n\ntell/what [en]: is wrong")
    assert render_table(Report((Problem("", "", "", "home.yaml: no"),), (), ())) == "home.yaml: no"
