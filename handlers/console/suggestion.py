"""What the machine proposes for a case, as the pages show it: two choices to pick from, or what it did by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from handlers.console import words
from models import Case, Category, Prediction
from models.words import CaseState, CategorySource, Guess

_OFFERED = frozenset({Guess.CONFIRM, Guess.TRIAGE})


@dataclass(frozen=True)
class Choice:
    """One category to pick with one key; `probability` from 0 to 1."""

    key: int
    code: str
    name: str
    probability: float


@dataclass(frozen=True)
class Suggestion:
    """`choices` to pick from, best first; none when the machine was sure: then `probability` says how sure."""

    choices: Sequence[Choice]
    probability: float

    @property
    def other_key(self) -> int:
        """The key that opens the list of all categories."""
        return len(self.choices) + 1


def suggest(case: Case, prediction: Prediction | None, categories: Mapping[str, Category]) -> Suggestion | None:
    """What to show of a prediction: nothing once a person has said it, or when the case is closed."""
    said = case.category_source not in (None, CategorySource.MACHINE)
    if prediction is None or said or case.state == CaseState.CLOSED:
        return None
    if prediction.guess == Guess.ROUTE:
        return Suggestion([], prediction.probability)
    choices = choices_of(prediction, categories) if prediction.guess in _OFFERED else []
    return Suggestion(choices, prediction.probability) if choices else None


def choices_of(prediction: Prediction, categories: Mapping[str, Category]) -> list[Choice]:
    """The two best of a prediction, those of them that exist."""
    best = [
        (prediction.category_code, prediction.probability),
        (prediction.second_code, prediction.second_probability),
    ]
    known = [(code, probability) for code, probability in best if code in categories]
    return [
        Choice(key, code, words.category_name(categories[code]), probability)
        for key, (code, probability) in enumerate(known, start=1)
        if code is not None
    ]
