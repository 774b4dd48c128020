"""The check's report as plain text: one line a screen, one column a language, then what it comes to."""

from collections.abc import Iterable, Sequence

from flows.check import Report
from flows.costs import Cost
from flows.gsm7 import septets
from flows.screens import Limits
from flows.survey import Shown
from flows.texts import FALLBACK

LEGEND = (
    "Septets as shown, and in brackets what the text would take unfolded (u: UCS-2 units); for an SMS /paid parts.",
    "Of a screen with pages (2p: two), the longest. ~ draft, = shown in French.",
)


def render_table(report: Report) -> str:
    """All screens with their sizes by language, the longest screen, the cost of all SMS, and how far each language is.

    Ends without a line break. A report without screens gives its problems alone.
    """
    problems = [str(problem) for problem in report.problems]
    if not report.screens:
        return "\n".join(problems)
    spoken = [line.language for line in report.languages]
    rows = [["screen", "medium", *spoken]]
    longest = _longest_steps(report.screens)
    for flow, node, medium in dict.fromkeys((shown.flow, shown.node, shown.medium) for shown in report.screens):
        cells = [longest.get((flow, node, medium, language)) for language in spoken]
        rows.append([f"{flow}/{node}", medium, *(_cell(shown) if shown else "" for shown in cells)])
    blocks = [LEGEND, _align(rows), _costs(report, spoken), _coverage(report), _summary(report), problems]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def render_drafts(report: Report) -> str:
    """Every text that awaits a speaker's word: language, key and words, a line each. Ends without a line break."""
    rows = [
        [line.language, key, " / ".join(words.splitlines())]
        for line in report.languages
        for key, words in line.draft_texts
    ]
    return "\n".join(_align(rows)) if rows else "no drafts"


def _longest_steps(screens: Iterable[Shown]) -> dict[tuple[str, str, str, str], Shown]:
    longest: dict[tuple[str, str, str, str], Shown] = {}
    for shown in screens:
        key = (shown.flow, shown.node, shown.medium, shown.language)
        if key not in longest or longest[key].size < shown.size:
            longest[key] = shown
    return longest


def _cell(shown: Shown) -> str:
    mark = "=" if shown.borrowed else "~" if shown.draft else ""
    pages = f" {shown.pages}p" if shown.pages > 1 else ""
    sms = shown.medium == "sms"
    unit = "" if septets(shown.text) is not None else "u"
    size = f"{shown.size}{unit}/{shown.parts}" if sms else f"{shown.size}{unit}"
    if unit or (not shown.ucs2 and shown.kept_size == shown.size):
        return f"{mark}{size}{pages}"
    unit = "u" if shown.ucs2 else ""
    kept = f"{shown.kept_size}{unit}/{shown.kept_parts}" if sms else f"{shown.kept_size}{unit}"
    return f"{mark}{size} ({kept}){pages}"


def _costs(report: Report, spoken: Sequence[str]) -> list[str]:
    rows = [["language", "screens", "longest", "at", "SMS", "parts", "unfolded", "a complaint", "unfolded"]]
    complaints = {cost.language: cost for cost in report.costs}
    for language in spoken:
        own = [shown for shown in report.screens if shown.language == language]
        dialled = [shown for shown in own if shown.medium == "ussd"]
        sent = [shown for shown in own if shown.medium == "sms"]
        longest = max(dialled, key=lambda shown: shown.size)
        paid, unfolded = sum(shown.parts for shown in sent), sum(shown.kept_parts for shown in sent)
        complaint = complaints.get(language)
        costs = [complaint.folded, complaint.kept] if complaint else ["", ""]
        numbers = [len(dialled), longest.size, f"{longest.flow}/{longest.node}", len(sent), paid, unfolded, *costs]
        rows.append([language, *map(str, numbers)])
    return _align(rows)


def _coverage(report: Report) -> list[str]:
    rows = [["language", "name", "texts", "drafts", "in French"]]
    rows += [
        [line.language, line.name, *map(str, (line.texts, line.drafts, line.missing))] for line in report.languages
    ]
    return _align(rows)


def _summary(report: Report) -> list[str]:
    dialled = [shown for shown in report.screens if shown.medium == "ussd"]
    longest = max(dialled, key=lambda shown: shown.size)
    spoken = ", ".join(line.language for line in report.languages)
    lines = [
        f"{len(dialled)} screens and {len(report.screens) - len(dialled)} SMS in {spoken}.",
        f"Screens of {'; '.join(_room(limits) for limits in report.limits)}.",
        f"The longest screen: {longest.flow}/{longest.node} [{longest.language}], {longest.size}.",
    ]
    return [*lines, *(_say_cost(cost) for cost in report.costs if cost.language == FALLBACK)]


def _room(limits: Limits) -> str:
    return f"{limits.size} septets, {'folded' if limits.folds else 'letters kept'}"


def _say_cost(cost: Cost) -> str:
    return (
        f"A complete SMS complaint in French ({len(cost.messages)} messages from us) costs "
        f"{cost.folded} paid segments folded, {cost.kept} unfolded."
    )


def _align(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
