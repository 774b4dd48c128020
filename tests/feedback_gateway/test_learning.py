"""Labels, models made from them, and going back: with a real training on few documents."""

from collections.abc import Callable
from datetime import timedelta
from functools import cache
from typing import Any

import pytest
from sqlalchemy import select

from feedback_gateway import coding, learning, model_making, triage, work
from feedback_gateway.case_states import NotAllowedError
from feedback_gateway.classify.model import seeds
from feedback_gateway.classify.model.in_use import STARTER, model_in_use
from feedback_gateway.lib import clock
from models import Case, Category, Label, LexiconEdition, ModelVersion
from models.words import LabelSource
from tests import actors
from tests.conftest import House
from tests.databases import ON_SQLITE
from tests.factories import make_case


@pytest.fixture
def few_seeds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A training in a second or two: one written example in forty, in French."""
    examples = [each for at, each in enumerate(seeds.read_examples()) if each[0] == "fr" and at % 40 == 0]
    monkeypatch.setattr(seeds, "read_examples", lambda **_: iter(examples))


@pytest.fixture(autouse=True)
def starter_afterwards(house: House) -> Any:
    yield
    learning.use_model(STARTER, None)


def make() -> model_making.Made:
    with work.reading() as db:
        return model_making.make_and_measure(db)


make_of_seeds = cache(make)
"""A model of the seeds alone is the same on both databases, and takes seconds to make."""


def train(make: Callable[[], model_making.Made]) -> model_making.Outcome:
    began = clock.now()
    with work.unit_of_work() as db:
        learning.begin_training(db, began)
    made = make()
    with work.unit_of_work() as db:
        return model_making.store(db, made, began)


def say(case: Case, code: str, name: str = "marc") -> None:
    user = actors.make(name)
    with work.unit_of_work() as db:
        triage.recategorise(db, db.get_one(Case, case.id), db.get_one(Category, code), by=user)


@ON_SQLITE
def test_a_training_keeps_a_version_and_takes_it_only_if_it_does_not_lose(house: House, few_seeds: None) -> None:
    say(make_case(None, text="le moulin du quartier est en panne"), "SIT.GAP")
    outcome = train(make)
    assert outcome.labels == 1
    with work.reading() as db:
        version = db.scalars(select(ModelVersion)).one()
        name = learning.refresh(db)
    # A fortieth of the examples is far worse than what is shipped: it must be refused, and say why.
    assert (outcome.taken, version.taken, name) == (False, False, STARTER)
    assert version.reason in ("loses_sensitive", "loses_check")
    assert version.report["before"]["sets"][0]["name"] == "check"


def test_a_taken_version_reads_in_every_process_and_goes_back(
    house: House, few_seeds: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_making, "find_loss", lambda *reports: "")
    outcome = train(make_of_seeds)
    with work.reading() as db:
        assert learning.refresh(db) == str(outcome.version)
        assert learning.status(db).model == str(outcome.version)
    assert model_in_use()[0] == str(outcome.version)
    case = make_case(None, text="la pompe est en panne il n'y a plus d'eau")
    with work.reading() as db:
        guess = learning.newest_guess(db, case)
    assert guess is not None
    assert guess.model == str(outcome.version)
    with work.unit_of_work() as db:
        assert learning.roll_back(db, by=None) == STARTER
        assert learning.refresh(db) == STARTER
    with pytest.raises(NotAllowedError, match="no_older"), work.unit_of_work() as db:
        learning.roll_back(db, by=None)


def test_a_version_that_cannot_be_read_is_not_used(house: House) -> None:
    with work.unit_of_work() as db:
        broken = ModelVersion(arrays=b"xx", content={}, report={}, labels=0, taken=True, made_at=clock.now())
        db.add(broken)
        db.flush()
        learning.use(db, broken.id, by=None)
    with work.reading() as db:
        assert learning.refresh(db) == STARTER


REPORT: dict[str, Any] = {"sets": [{"name": "check", "accuracy": 0.8}], "sensitive": {"recall": 0.9}}
FROZEN = {"name": "frozen", "size": 20, "accuracy": 0.9}


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        (REPORT, ""),
        ({**REPORT, "sensitive": {"recall": 0.89}}, "loses_sensitive"),
        ({**REPORT, "sets": [{"name": "check", "accuracy": 0.79}]}, ""),
        ({**REPORT, "sets": [{"name": "check", "accuracy": 0.77}]}, "loses_check"),
    ],
)
def test_what_counts_as_losing(after: dict[str, Any], reason: str) -> None:
    assert model_making.find_loss(REPORT, after) == reason


@pytest.mark.parametrize(("size", "accuracy", "reason"), [(20, 0.85, "loses_frozen"), (19, 0.85, ""), (20, 0.9, "")])
def test_the_houses_own_frozen_texts_decide_once_there_are_enough(size: int, accuracy: float, reason: str) -> None:
    before = {**REPORT, "sets": [*REPORT["sets"], {**FROZEN, "size": size}]}
    after = {**REPORT, "sets": [*REPORT["sets"], {**FROZEN, "size": size, "accuracy": accuracy}]}
    assert model_making.find_loss(before, after) == reason


def test_when_a_training_is_due(house: House) -> None:
    noon = clock.now().replace(hour=12)
    with work.unit_of_work() as db:
        assert not learning.training_due(db, noon)
        learning.ask_training(db)
        assert learning.training_due(db, noon)
        learning.begin_training(db, clock.now())
        assert not learning.training_due(db, clock.now())  # one is under way
        assert learning.training_due(db, clock.now() + timedelta(minutes=11))  # it was ended before its end
        learning.end_training(db, clock.now())
        assert not learning.training_due(db, noon + timedelta(minutes=30))
        db.add(LexiconEdition(language="fr", source=None, at=clock.now() + timedelta(seconds=1)))
    with work.reading() as db:
        assert learning.training_due(db, clock.now() + timedelta(minutes=11))


def test_at_night_enough_new_labels_are_a_reason(house: House) -> None:
    night = (clock.now() + timedelta(days=1)).replace(hour=3)
    marc = actors.make("marc")
    with work.unit_of_work() as db:
        for _ in range(learning.ENOUGH):
            assert not learning.training_due(db, night)
            db.add(
                Label(source=LabelSource.HISTORY, text="eau", category_code="EHA.EAU", user_id=marc.id, at=clock.now())
            )
            db.flush()
        assert learning.training_due(db, night)
        assert not learning.training_due(db, night.replace(hour=1))


def test_frozen_cases_are_measured_on_and_never_learnt_from(house: House) -> None:
    case = make_case(None, text="le moulin du quartier est en panne")
    other = make_case(None, text="on veut un hangar pour la reunion", phone="+22670999999")
    for each in (case, other):
        say(each, "SIT.GAP")
    tina = actors.make("tina")
    with work.unit_of_work() as db:
        stored = db.get_one(Case, case.id)
        stored.second_coding = True
        assert coding.code_second(db, stored, db.get_one(Category, "SIT.GAP"), None, by=tina)
    with work.reading() as db:
        assert [document.seen.folded for document in model_making.labelled_documents(db)] == [
            "on veut un hangar pour la reunion"
        ]
        assert [text for text, _, _ in model_making.frozen_texts(db)] == ["le moulin du quartier est en panne"]
