"""The model that is shipped: made of the lexicon of now, readable, and as good as it says."""

import threading

import pytest

from feedback_gateway.classify.categories import CATEGORIES
from feedback_gateway.classify.lexicons import fingerprint, shipped_lexicons
from feedback_gateway.classify.model import in_use, measuring, seeds, starting
from feedback_gateway.classify.model.in_use import STARTER, load_starter, model_in_use, use_model
from feedback_gateway.classify.model.linear import Thresholds, unpack
from feedback_gateway.classify.model.measuring import measure
from tests.feedback_gateway.classify.model.samples import tell_apart, write

SHIPPED = load_starter()


def test_it_was_made_with_the_lexicon_that_is_shipped() -> None:
    """Red after a change of the lexicon or the examples: run `feedback model starter`."""
    assert SHIPPED.facts["lexicon"] == fingerprint(shipped_lexicons().values())
    assert SHIPPED.facts["examples"] == seeds.fingerprint()


def test_it_knows_every_category_and_none_besides() -> None:
    assert SHIPPED.classes == tuple(sorted({*CATEGORIES, "NONE"}))
    assert SHIPPED.thresholds != Thresholds()
    assert (SHIPPED.thresholds.measured_on, SHIPPED.thresholds.precision) == (0, None), "no message of a person"


def test_it_is_as_good_as_it_says() -> None:
    measured, said = measure(SHIPPED), SHIPPED.facts["report"]
    assert [part["name"] for part in said["sets"]] == ["check"]
    # It is kept in half precision, so the last digit may differ.
    for name in ("accuracy", "macro_f1", "coverage"):
        assert measured["sets"][0][name] == pytest.approx(said["sets"][0][name], abs=0.01)
    assert measured["sensitive"]["recall"] == pytest.approx(said["sensitive"]["recall"], abs=0.01)
    assert measured["sensitive"]["recall"] > 0.9
    assert measured["sets"][0]["macro_f1"] > 0.8


def test_a_starter_bears_its_own_report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(starting, "seed_documents", lambda: write(30, 0.3))
    monkeypatch.setattr(starting, "calibration_documents", lambda: write(30))
    texts = {name: list(measuring.read_set(name))[::10] for name in ("check", "red_team")}
    monkeypatch.setattr(measuring, "read_set", texts.get)
    model = unpack(*starting.make_starter({"lexicon": "x"}))
    assert model.facts["lexicon"] == "x"
    assert model.facts["report"]["sets"][0]["size"] == 50


def test_threads_that_come_first_together_load_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded, gate = [], threading.Event()

    def load() -> object:
        gate.wait(5)
        loaded.append(SHIPPED)
        return SHIPPED

    use_model(STARTER, None)
    monkeypatch.setattr(in_use, "load_starter", load)
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(model_in_use())) for _ in range(4)]
    for thread in threads:
        thread.start()
    gate.set()
    for thread in threads:
        thread.join()
    assert (len(loaded), found) == (1, [(STARTER, SHIPPED)] * 4)


def test_another_model_takes_its_place_and_leaves_it() -> None:
    other = tell_apart(["EHA.EAU", "NONE"], {"pompe": [4, 0, 0]})
    use_model("7", other)
    assert model_in_use() == ("7", other)
    use_model(STARTER, None)
    assert model_in_use()[0] == STARTER
