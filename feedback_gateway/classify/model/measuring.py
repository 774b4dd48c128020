"""A model measured on texts that no model was made from: the shipped sets, and what two people of a house agreed on."""

from collections.abc import Iterable, Sequence

from feedback_gateway.classify.fold import fold
from feedback_gateway.classify.model.evaluation import Guessed, Report, report_on, report_on_sensitive
from feedback_gateway.classify.model.linear import Model
from feedback_gateway.classify.model.seeing import match_entries, see, see_text
from feedback_gateway.classify.sets import read_set
from models.words import Sensitivity


def guess_all(model: Model, texts: Iterable[tuple[str, str, str | None]]) -> list[Guessed]:
    """`texts`: (text, its category or NONE, its language or None)."""
    guessed = []
    for text, label, language in texts:
        guess, chance = model.judge(see_text(text, language)).ranked[0]
        guessed.append(Guessed(label, guess, chance, language))
    return guessed


def is_kept_back(model: Model, text: str, language: str | None) -> bool:
    """Whether words or score keep a text from ordinary readers; that a text is unsorted or in no known language keeps
    it back as well, and is not counted here."""
    folded = fold(text)
    entries = match_entries(folded)
    if any(entry.sensitivity is not Sensitivity.NORMAL for entry in entries):
        return True
    return model.thresholds.keeps_back(model.judge(see(folded, entries, language)).sensitive, language)


def measure(model: Model, frozen: Sequence[tuple[str, str, str | None]] = ()) -> Report:
    """The report of a model: on the shipped check set, on a house's frozen texts if there are any, and the red team."""
    check = [(row["text"], row["category"], row["language"]) for row in read_set("check")]
    sets = [report_on("check", guess_all(model, check))]
    if frozen:
        sets.append(report_on("frozen", guess_all(model, frozen)))
    flags = [
        (row["sensitive"] == "1", is_kept_back(model, row["text"], row["language"]), row["language"])
        for row in read_set("red_team")
    ]
    return {"sets": sets, "sensitive": report_on_sensitive(flags, model.thresholds.sensitive)}
