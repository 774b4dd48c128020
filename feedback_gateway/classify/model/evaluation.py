"""How good guesses are, as one plain dictionary: the same for the command line, the console's page and the database."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from feedback_gateway.classify.model.calibration import PRECISION, calibration_error, find_threshold
from feedback_gateway.classify.model.linear import NONE

Report = dict[str, Any]
_BINS = 10
_MOST_CONFUSED = 30


class Guessed(NamedTuple):
    """One text of a set: what it is about, what was guessed with which probability, and its language if known."""

    label: str
    guess: str
    chance: float
    language: str | None = None


def report_on(name: str, guessed: Sequence[Guessed]) -> Report:
    """Precision, recall and F1 by category and language, coverage at 95 % precision, calibration and confusion.

    A category counts in the macro F1 when a text of the set has it. NONE is a class as any other.
    """
    chances, right = [each.chance for each in guessed], [each.label == each.guess for each in guessed]
    threshold = find_threshold(chances, right)
    rows = _by_category(guessed)
    return {
        "name": name,
        "size": len(guessed),
        "accuracy": _share(sum(right), len(right)),
        "macro_f1": _macro(rows),
        "coverage": round(threshold[2], 4) if threshold else 0.0,
        "coverage_threshold": round(threshold[0], 4) if threshold else None,
        "coverage_wanted": PRECISION,
        "calibration_error": round(calibration_error(chances, right), 4),
        "categories": rows,
        "languages": _by_language(guessed),
        "reliability": _reliability(chances, right),
        "confusion": _confusion(guessed),
    }


def report_on_sensitive(flags: Sequence[tuple[bool, bool, str | None]], threshold: float) -> Report:
    """`flags`: (is sensitive, was kept back, language) of each text. The share of harmless ones kept back is a cost."""
    languages = sorted({language for _, _, language in flags if language})
    return {
        **_sensitive(flags),
        "threshold": threshold,
        "languages": [{"code": code, **_sensitive([flag for flag in flags if flag[2] == code])} for code in languages],
    }


def _sensitive(flags: Sequence[tuple[bool, bool, str | None]]) -> Mapping[str, Any]:
    kept = [was for truly, was, _ in flags if truly]
    harmless = [was for truly, was, _ in flags if not truly]
    return {
        "count": len(kept),
        "recall": _share(sum(kept), len(kept)),
        "harmless": len(harmless),
        "flagged": _share(sum(harmless), len(harmless)),
    }


def _by_category(guessed: Sequence[Guessed]) -> list[dict[str, Any]]:
    labels = Counter(each.label for each in guessed)
    guesses = Counter(each.guess for each in guessed)
    hits = Counter(each.label for each in guessed if each.label == each.guess)
    return [
        {
            "code": code,
            "precision": _share(hits[code], guesses[code]),
            "recall": _share(hits[code], labels[code]),
            "f1": _share(2 * hits[code], labels[code] + guesses[code]),
            "count": labels[code],
            "guessed": guesses[code],
        }
        for code in sorted(labels.keys() | guesses.keys(), key=lambda code: (code == NONE, code))
    ]


def _by_language(guessed: Sequence[Guessed]) -> list[dict[str, Any]]:
    groups: defaultdict[str, list[Guessed]] = defaultdict(list)
    for each in guessed:
        if each.language:
            groups[each.language].append(each)
    return [
        {
            "code": code,
            "count": len(group),
            "accuracy": _share(sum(each.label == each.guess for each in group), len(group)),
            "macro_f1": _macro(_by_category(group)),
        }
        for code, group in sorted(groups.items())
    ]


def _reliability(chances: Sequence[float], right: Sequence[bool]) -> list[dict[str, Any]]:
    slots: defaultdict[int, list[tuple[float, bool]]] = defaultdict(list)
    for chance, hit in zip(chances, right, strict=True):
        slots[min(int(chance * _BINS), _BINS - 1)].append((chance, hit))
    return [
        {
            "low": slot / _BINS,
            "high": (slot + 1) / _BINS,
            "count": len(group),
            "confidence": round(sum(chance for chance, _ in group) / len(group), 4),
            "right": _share(sum(hit for _, hit in group), len(group)),
        }
        for slot, group in sorted(slots.items())
    ]


def _confusion(guessed: Sequence[Guessed]) -> list[dict[str, Any]]:
    wrong = Counter((each.label, each.guess) for each in guessed if each.label != each.guess)
    ranked = sorted(wrong.items(), key=lambda item: (-item[1], item[0]))[:_MOST_CONFUSED]
    return [{"label": label, "guess": guess, "count": count} for (label, guess), count in ranked]


def _macro(rows: Sequence[Mapping[str, Any]]) -> float:
    present = [row["f1"] for row in rows if row["count"]]
    return round(sum(present) / len(present), 4) if present else 0.0


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
