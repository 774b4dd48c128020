"""What the pages of the flows show, put together from a draft and what the check found in it."""

import difflib
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from feedback_gateway import editions
from feedback_gateway.editions import Checked, Difference, Draft, TextChange
from flows import gsm7
from flows.book import open_book, used_texts
from flows.definition import Flow, Menu
from flows.errors import BookError
from flows.overlay import Overlay, Wording
from flows.reading import read_flow
from flows.texts import COMPLETE, FALLBACK, take_apart
from handlers.console.flow_findings import Finding, find

log = logging.getLogger(__name__)

OTHER = "other-texts"
"""Instead of a flow's name: the texts that no flow shows. No flow can be called so, for its hyphen."""


@dataclass(frozen=True)
class FlowLine:
    """One flow in the list. Without a version its YAML cannot be read."""

    name: str
    about: str
    version: int | None
    changed: bool
    shipped: bool
    findings: int


@dataclass(frozen=True)
class Size:
    """What a text takes as an SMS: septets, or units of UCS-2, and paid parts."""

    size: int
    parts: int
    ucs2: bool


@dataclass(frozen=True)
class Count:
    """The size of a text folded to GSM-7, and with its letters kept."""

    folded: Size
    kept: Size


@dataclass(frozen=True)
class Cell:
    """A text in one language. `lines` are the numbered lines that its menu asks for, when it has others."""

    language: str
    called: str
    wording: Wording
    seen: str
    changed: bool
    count: Count
    lines: str = ""
    theirs: str | None = None


@dataclass(frozen=True)
class TextRow:
    """A text in every language."""

    key: str
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Findings:
    """What the check says: about what the page shows, and about all the rest."""

    here: Sequence[Finding]
    elsewhere: Sequence[Finding]


@dataclass(frozen=True)
class Changed:
    """How something was and is: lines of a flow with a mark of their own, or the two wordings of a text."""

    found: Difference
    lines: Sequence[tuple[str, str]] = ()
    before: Wording = field(default_factory=lambda: Wording(""))
    after: Wording = field(default_factory=lambda: Wording(""))


def count(words: str) -> Count:
    """The sizes of a text before its variables are filled in."""
    seen = gsm7.preview(words)
    return Count(_measure(seen.folded), _measure(seen.kept))


def _measure(words: str) -> Size:
    return Size(gsm7.size(words), gsm7.parts(words), gsm7.septets(words) is None)


@lru_cache(maxsize=256)
def read_or_none(source: str, name: str) -> Flow | None:
    """The flow as its YAML says it, or None where it cannot be read."""
    try:
        return read_flow(source, name)
    except BookError:
        return None
    except Exception:  # every page asks: one flow that falls over must not lock everybody out of all of them
        log.exception("the flow %s makes its reader fail", name)
        return None


def flow_lines(draft: Draft, found: Sequence[Finding]) -> list[FlowLine]:
    """Every flow, with what the draft changes in it and what the check found."""
    different = draft.differences
    touched = {found.flow for found in different}
    reworded = {found.key for found in different}
    lines = []
    for name in editions.flow_names(draft.overlay):
        keys = text_keys(draft, name)
        flow = read_or_none(editions.source_of(draft.overlay, name), name)
        lines.append(
            FlowLine(
                name=name,
                about=flow.about if flow else "",
                version=flow.version if flow else None,
                changed=name in touched or not reworded.isdisjoint(keys),
                shipped=name in editions.shipped_sources(),
                findings=len(sort_findings(found, name, keys).here),
            )
        )
    return lines


def text_keys(draft: Draft, name: str) -> list[str]:
    """The texts that a flow shows, in the order of its nodes; of a flow that cannot be read, those it had before."""
    for overlay in (draft.overlay, draft.published, Overlay()):
        flow = read_or_none(editions.source_of(overlay, name), name)
        if flow is not None:
            return list(dict.fromkeys(key for node in flow.nodes.values() for key in used_texts(node)))
    return sorted(key for key in all_keys(draft.overlay) if key.startswith(f"{name}."))


def other_keys(draft: Draft) -> list[str]:
    """The texts that no flow shows: the engine's own, those of messages, and those of posters."""
    used = {key for name in editions.flow_names(draft.overlay) for key in text_keys(draft, name)}
    return [key for key in all_keys(draft.overlay) if key not in used]


def all_keys(overlay: Overlay) -> list[str]:
    """Every text that French has, in the order of its file."""
    own = overlay.texts.get(FALLBACK, {})
    return list(dict.fromkeys([*open_book().texts.words[FALLBACK], *own]))


def text_rows(draft: Draft, keys: Sequence[str], menus: Mapping[str, set[str]]) -> list[TextRow]:
    """The texts with these keys in every language. `menus`: the keys that the lines of a menu's text begin with."""
    names = open_book().languages
    order = [*COMPLETE, *(code for code in names if code not in COMPLETE)]
    return [TextRow(key, [_cell(draft, code, names[code], key, menus.get(key)) for code in order]) for key in keys]


def _cell(draft: Draft, language: str, called: str, key: str, options: set[str] | None) -> Cell:
    wording = editions.wording_of(draft.overlay, language, key)
    wrong = bool(options and wording.words) and set(take_apart(wording.words).lines) != options
    return Cell(
        language=language,
        called=called,
        wording=wording,
        seen=editions.mark_of(wording),
        changed=wording != editions.wording_of(draft.published, language, key),
        count=count(wording.words),
        lines=", ".join(sorted(options)) if options and wrong else "",
    )


def with_typed(
    rows: Sequence[TextRow], sent: Sequence[TextChange], theirs: Mapping[tuple[str, str], str]
) -> list[TextRow]:
    """The rows with what was typed in them and is not saved, and beside it what somebody else has saved meanwhile."""
    typed = {(change.language, change.key): change.wording for change in sent}

    def fill(cell: Cell, key: str) -> Cell:
        at = (cell.language, key)
        wording = typed.get(at, cell.wording)
        return replace(cell, wording=wording, count=count(wording.words), theirs=theirs.get(at))

    return [TextRow(row.key, [fill(cell, row.key) for cell in row.cells]) for row in rows]


def menu_lines(flow: Flow | None) -> dict[str, set[str]]:
    """The options of each menu of a flow, by the key of its text."""
    nodes = flow.nodes.values() if flow else ()
    return {node.text: set(node.options) for node in nodes if isinstance(node, Menu)}


def read_findings(draft: Draft, checked: Checked) -> list[Finding]:
    """What the check found, each finding once: a text that is too long is so on many screens."""
    languages = list(open_book().languages)
    homes = dict.fromkeys(all_keys(draft.overlay), OTHER)
    homes |= {key: name for name in editions.flow_names(draft.overlay) for key in text_keys(draft, name)}
    return list(dict.fromkeys(find(problem, languages, homes) for problem in checked.problems))


def sort_findings(found: Sequence[Finding], name: str, keys: Sequence[str]) -> Findings:
    """The findings about one flow and its texts, apart from the others."""
    here = [finding for finding in found if finding.flow == name or finding.text in keys]
    return Findings(here, [finding for finding in found if finding not in here])


def changes(draft: Draft, name: str | None = None, keys: Sequence[str] = ()) -> Iterator[Changed]:
    """What the draft has otherwise than the edition in force: everything, or one flow and its texts."""
    for found in draft.differences:
        if name is not None and found.flow != name and found.key not in keys:
            continue
        if found.flow:
            sources = [editions.source_of(overlay, found.flow) for overlay in (draft.published, draft.overlay)]
            yield Changed(found, lines=list(compare(*sources)))
        else:
            before, after = (
                editions.wording_of(overlay, found.language, found.key) for overlay in (draft.published, draft.overlay)
            )
            yield Changed(found, before=before, after=after)


def compare(before: str, after: str) -> Iterator[tuple[str, str]]:
    """The lines that differ and three around them, each with ` `, `-` or `+`; `@` stands where lines are left out."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=3, lineterm="")
    for number, line in enumerate(lines):
        if number >= 2:  # the two heads name files
            yield ("@", "") if line.startswith("@@") else (line[0], line[1:])
