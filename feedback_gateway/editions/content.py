"""Overlays as values: reading, changing, comparing and rebasing them. Knows the shipped files and no database."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256

from flows.book import open_book, read_sources
from flows.overlay import Overlay, Wording

_VERSION = re.compile(r"^version:[ \t]*(\d{1,9})\b", re.MULTILINE)


@dataclass(frozen=True, order=True)
class Difference:
    """One thing that two states of the flows have differently: a flow's source, or a text of a language."""

    flow: str = ""
    language: str = ""
    key: str = ""


@cache
def shipped_sources() -> Mapping[str, str]:
    """The YAML of the shipped flows by name."""
    return read_sources()


def source_of(overlay: Overlay, flow: str) -> str:
    """A flow's YAML as this state has it; empty for a flow that it does not have."""
    return overlay.flows.get(flow) or shipped_sources().get(flow, "")


def wording_of(overlay: Overlay, language: str, key: str) -> Wording:
    """A text as this state has it, unfilled; empty words where the language lacks it."""
    return overlay.texts.get(language, {}).get(key) or _shipped_wording(language, key)


def _shipped_wording(language: str, key: str) -> Wording:
    text = open_book().texts.words.get(language, {}).get(key)
    return Wording(text.words, text.draft) if text else Wording("")


def flow_names(overlay: Overlay) -> list[str]:
    """All flows of this state, in the order of the alphabet."""
    return sorted({*shipped_sources(), *overlay.flows})


def with_source(overlay: Overlay, flow: str, source: str) -> Overlay:
    """The state with this source. What is as shipped, or nothing, is no change any more and leaves the overlay."""
    flows = {name: kept for name, kept in overlay.flows.items() if name != flow}
    if source.strip() and source != shipped_sources().get(flow):
        flows[flow] = source
    return replace(overlay, flows=dict(sorted(flows.items())))


def with_wording(overlay: Overlay, language: str, key: str, wording: Wording) -> Overlay:
    """The state with this text; empty words give the shipped text back, or none."""
    texts = {code: dict(words) for code, words in overlay.texts.items()}
    own = texts.setdefault(language, {})
    own.pop(key, None)
    if wording.words and wording != _shipped_wording(language, key):
        own[key] = wording
    kept = {code: dict(sorted(words.items())) for code, words in sorted(texts.items()) if words}
    return replace(overlay, texts=kept)


def differences(before: Overlay, after: Overlay) -> list[Difference]:
    """What the one state has otherwise than the other, flows first."""
    flows = [
        Difference(flow=name)
        for name in {*before.flows, *after.flows}
        if source_of(before, name) != source_of(after, name)
    ]
    keys = {(code, key) for state in (before, after) for code, words in state.texts.items() for key in words}
    texts = [
        Difference(language=code, key=key)
        for code, key in keys
        if wording_of(before, code, key) != wording_of(after, code, key)
    ]
    return [*sorted(flows), *sorted(texts)]


def carry(overlay: Overlay, onto: Overlay, changed: Iterable[Difference]) -> Overlay:
    """Another state with these things as `overlay` has them: a draft goes on from an edition it did not begin with."""
    for found in changed:
        if found.flow:
            onto = with_source(onto, found.flow, source_of(overlay, found.flow))
        else:
            wording = wording_of(overlay, found.language, found.key)
            onto = with_wording(onto, found.language, found.key, wording)
    return onto


def raise_versions(overlay: Overlay, published: Overlay) -> Overlay:
    """Every flow whose source has changed gets the version after the published one, unless it has a higher one."""
    for found in differences(published, overlay):
        source, before = source_of(overlay, found.flow), source_of(published, found.flow)
        now, was = _VERSION.search(source), _VERSION.search(before)
        if found.flow and now and was and int(now[1]) <= int(was[1]):
            raised = f"{source[: now.start(1)]}{int(was[1]) + 1}{source[now.end(1) :]}"
            overlay = with_source(overlay, found.flow, raised)
    return overlay


def fingerprint(words: str) -> str:
    """A short mark by which a form knows whether a text is still the one that it showed."""
    return sha256(words.encode()).hexdigest()[:12]
