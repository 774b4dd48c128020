"""A real training on few documents: what is learnt, what is calibrated, and from what on a guess may go on."""

from dataclasses import replace

import numpy as np
import pytest

from feedback_gateway.classify.model.features import Seen
from feedback_gateway.classify.model.linear import Model, Thresholds, pack
from feedback_gateway.classify.model.making import ENOUGH, make
from feedback_gateway.classify.model.training import Document, hold_out, learn, make_rows, prepare
from tests.feedback_gateway.classify.model.samples import WORDS, write

SEEDS = write(30, 0.3)
PLAIN = write(90)


@pytest.fixture(scope="module")
def plain() -> Model:
    return make([*SEEDS, *PLAIN], {"lexicon": "x"})


def test_it_learns_what_the_documents_say(plain: Model) -> None:
    for code, words in WORDS.items():
        judged = plain.judge(Seen(f"{words[2]} {words[5]}"))
        assert judged.ranked[0][0] == code
        assert (judged.sensitive > 0.5) == (code == "PRO.VBG")
    assert plain.classes == tuple(sorted(WORDS))
    assert plain.facts == {"lexicon": "x"}


def test_the_same_documents_make_the_same_model(plain: Model) -> None:
    again = make([*SEEDS, *PLAIN], {"lexicon": "x"})
    assert pack(again)[1] == pack(plain)[1]
    assert np.array_equal(again.weights, plain.weights)


def test_thresholds_rest_on_the_labelled_messages_only(plain: Model) -> None:
    assert plain.thresholds.measured_on == len(PLAIN)
    assert plain.thresholds.precision is not None
    assert plain.thresholds.precision >= 0.95
    assert 0.5 <= plain.thresholds.route <= 1
    assert make([*SEEDS, *write(90, wrong=0.3)]).temperature > plain.temperature


def test_too_few_labels_leave_the_thresholds_as_they_were_set_by_hand() -> None:
    few = make([*SEEDS, *write(ENOUGH - 1)])
    assert (few.thresholds, few.temperature) == (Thresholds(), 1.0)
    assert make([*SEEDS, *write(ENOUGH)]).thresholds.measured_on == ENOUGH


def test_probabilities_bring_in_how_often_each_thing_is_written_about() -> None:
    water = [each for each in write(300) if each.label == "EHA.EAU"]
    others = [each for each in write(30) if each.label != "EHA.EAU"]
    even, mostly_water = (
        make([*SEEDS, *documents], kinship=0.0).judge(Seen("quoi")).ranked for documents in (PLAIN, [*water, *others])
    )
    assert dict(mostly_water)["EHA.EAU"] > dict(even)["EHA.EAU"] + 0.2


def test_where_no_threshold_holds_nothing_goes_on_by_itself() -> None:
    confused = make([*SEEDS, *write(90, wrong=0.6)])
    assert confused.thresholds.precision is None
    assert confused.thresholds.route > 1


def test_only_the_newest_messages_set_the_routing_threshold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feedback_gateway.classify.model.making.LAST", 60)
    badly, well = write(90, wrong=0.6), write(90)
    better, worse = (make([*SEEDS, *documents]).thresholds for documents in ([*badly, *well], [*well, *badly]))
    assert better.measured_on == worse.measured_on == 60
    assert worse.route > better.route


def test_a_text_is_never_judged_by_a_model_that_has_seen_it() -> None:
    """A nonsense word that stands in one labelled text twice tells its label only if the text leaks into its fold."""
    twins = [Document(Seen(f"zzq{at} zzq{at}x"), list(WORDS)[at % 3], False) for at in range(60)]
    material, vocabulary, rarity = prepare([*SEEDS, *twins, *twins])
    learnt = learn(material, 40.0)
    at = np.arange(len(SEEDS), len(SEEDS) + 2 * len(twins))
    held = hold_out(material, learnt.classes, at, 40.0)
    truth = [learnt.classes.index(each.label) for each in twins * 2]
    known = learnt.score(make_rows([*twins, *twins], vocabulary, rarity))
    for seen, unseen in zip(known[:2], held[:2], strict=True):
        assert np.mean(unseen[at].argmax(axis=1) == truth) < 0.7
        assert np.mean(seen.argmax(axis=1) == truth) > 0.9
        assert np.isnan(unseen[: len(SEEDS)]).all()


def test_with_few_labels_texts_of_another_author_say_how_sure_it_may_be() -> None:
    aside = [*write(60), *write(30, wrong=1.0)]
    shy, bold = make(SEEDS, aside=aside), make(SEEDS, aside=write(90))
    assert shy.temperature > bold.temperature
    assert shy.thresholds.route > bold.thresholds.route
    assert (bold.thresholds.measured_on, bold.thresholds.precision) == (0, None)
    assert np.array_equal(shy.bias, bold.bias), "how often each is written about there says nothing"
    labelled = make([*SEEDS, *write(ENOUGH)], aside=aside)
    assert (labelled.thresholds.measured_on, labelled.thresholds.precision) == (ENOUGH, 1.0)
    assert labelled.temperature < shy.temperature, "then the labels say so"


def test_what_teaches_only_the_flag_is_no_class_and_entries_teach_no_flag() -> None:
    odd = [Document(Seen("secret"), "CON.EAS", True, 0.3, only_flag=True)] * 10
    entries = [replace(each, sensitive=True, is_entry=True) for each in write(30, 0.25) if each.label == "EHA.EAU"]
    model = make([*SEEDS, *odd, *entries])
    assert "CON.EAS" not in model.classes
    assert model.judge(Seen("secret")).sensitive > 0.5
    assert model.judge(Seen("pompe forage")).sensitive < 0.5


def test_without_anything_sensitive_nothing_is_flagged() -> None:
    model = make([replace(each, sensitive=None) for each in SEEDS])
    assert model.judge(Seen("frappe menace")).sensitive < 1e-6


def test_two_classes_are_a_model_too() -> None:
    model = make([each for each in SEEDS if each.label != "PRO.VBG"])
    assert [model.judge(Seen(word)).ranked[0][0] for word in ("pompe", "riz")] == ["EHA.EAU", "FSL.MIS"]
