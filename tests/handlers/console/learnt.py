"""Cases as a model leaves them: with a guess that a person has still to confirm, or held back."""

from typing import Any

import numpy as np

from feedback_gateway import work
from feedback_gateway.classify.model.linear import Model, Thresholds, pack
from feedback_gateway.lib import clock
from models import Case, Label, ModelVersion, Prediction
from models.words import CategorySource, Guess, LabelSource, Sensitivity
from tests import actors
from tests.factories import make_case

WATER, LATRINES = ("EHA.EAU", 0.62), ("EHA.LAT", 0.21)


def change_case(case: Case, **values: object) -> None:
    """Sets what only a machine sets."""
    with work.unit_of_work() as db:
        stored = db.get_one(Case, case.id)
        for name, value in values.items():
            setattr(stored, name, value)


def guess_case(
    guess: Guess = Guess.CONFIRM,
    best: tuple[str, float] = WATER,
    second: tuple[str | None, float] = LATRINES,
    **values: Any,
) -> Case:
    """A case of the water agency, open to all its focal points, with this guess standing."""
    case = make_case(**values)
    with work.unit_of_work() as db:
        stored = db.get_one(Case, case.id)
        stored.category_source = CategorySource.MACHINE
        stored.sensitivity, stored.hold, stored.noise = Sensitivity.NORMAL, None, None  # whatever its words were
        db.add(
            Prediction(
                case_id=case.id,
                model="7",
                guess=guess,
                category_code=best[0],
                probability=best[1],
                second_code=second[0],
                second_probability=second[1],
                at=clock.now(),
            )
        )
    return stored


def label_case(case: Case, name: str, category: str = "EHA.EAU") -> None:
    """The word of the actor of this name on a case that a second person is to read."""
    by = actors.make(name)
    with work.unit_of_work() as db:
        db.get_one(Case, case.id).second_coding = True
        source = LabelSource.CONFIRMATION
        db.add(Label(case_id=case.id, category_code=category, source=source, user_id=by.id, at=clock.now()))


REPORT: dict[str, Any] = {
    "sets": [
        {
            "name": "frozen",
            "size": 210,
            "accuracy": 0.87,
            "macro_f1": 0.81,
            "coverage": 0.72,
            "coverage_threshold": 0.83,
            "calibration_error": 0.031,
            "categories": [
                {"code": "EHA.EAU", "precision": 0.94, "recall": 0.91, "f1": 0.92, "count": 80, "guessed": 78},
                {"code": "SIT.GAP", "precision": 0.4, "recall": 0.5, "f1": 0.44, "count": 30, "guessed": 37},
            ],
            "languages": [
                {"code": "fr", "count": 150, "accuracy": 0.9, "macro_f1": 0.84},
                {"code": "mos", "count": 60, "accuracy": 0.8, "macro_f1": 0.71},
            ],
            "reliability": [
                {"low": 0.0, "high": 0.1, "count": 0, "confidence": 0.0, "right": 0.0},
                {"low": 0.5, "high": 0.6, "count": 25, "confidence": 0.55, "right": 0.5},
                {"low": 0.9, "high": 1.0, "count": 100, "confidence": 0.95, "right": 0.96},
            ],
            "confusion": [{"label": "SIT.GAP", "guess": "EHA.EAU", "count": 9}],
        }
    ],
    "sensitive": {
        "count": 200,
        "recall": 0.99,
        "harmless": 300,
        "flagged": 0.18,
        "threshold": 0.12,
        "languages": [{"code": "fr", "count": 100, "recall": 1.0, "harmless": 150, "flagged": 0.2}],
    },
}


def make_version(*, taken: bool = True, reason: str = "", labels: int = 480) -> ModelVersion:
    """A model that knows no word, and whose figures are known."""
    model = Model(
        classes=("EHA.EAU", "NONE"),
        vocabulary={},
        rarity=(),
        weights=np.zeros((0, 3), dtype=np.float32),
        bias=np.zeros(3, dtype=np.float32),
        thresholds=Thresholds(0.83, 0.35, 0.12, 300, 0.953),
    )
    arrays, content = pack(model)
    made = {"arrays": arrays, "content": content, "report": REPORT, "labels": labels}
    with work.unit_of_work() as db:
        version = ModelVersion(**made, taken=taken, reason=reason, made_at=clock.now())
        db.add(version)
        return version
