"""A model as arrays and JSON: what was packed is what comes out, and nothing else is ever opened."""

import io
import json
import pickle
import zipfile
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from feedback_gateway.classify.model.features import Seen
from feedback_gateway.classify.model.in_use import load_starter
from feedback_gateway.classify.model.linear import Model, ModelError, Thresholds, as_chances, pack, unpack
from feedback_gateway.classify.model.seeing import see_text
from tests.feedback_gateway.classify.model.samples import tell_apart

STARTER = load_starter()
SMALL = tell_apart(["EHA.EAU", "NONE"], {"pompe": [4, 0, -1], "salut": [0, 4, -2]})
ARRAYS, CONTENT = pack(SMALL)
# What half precision holds exactly, so that a round trip loses nothing.
EXACT = st.integers(-64, 64).map(float)
SHARES = st.floats(0, 1)


@st.composite
def models(draw: st.DrawFn) -> Model:
    terms = draw(st.lists(st.text(max_size=8), unique=True, max_size=6))
    classes = draw(st.lists(st.text(min_size=1, max_size=8), unique=True, min_size=1, max_size=4))
    shape = (len(terms), len(classes) + 1)
    return Model(
        classes=tuple(classes),
        vocabulary={term: at for at, term in enumerate(terms)},
        rarity=tuple(draw(st.lists(EXACT, min_size=len(terms), max_size=len(terms)))),
        weights=draw(arrays_of.arrays(np.float32, shape, elements=EXACT)),
        bias=draw(arrays_of.arrays(np.float32, shape[1], elements=EXACT)),
        temperature=draw(st.floats(0.1, 10)),
        thresholds=Thresholds(draw(SHARES), draw(SHARES), draw(SHARES), draw(st.integers(0, 300)), draw(SHARES)),
        facts=draw(st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=5), max_size=2)),
    )


@given(models())
def test_what_was_packed_comes_out(model: Model) -> None:
    arrays, content = pack(model)
    found = unpack(arrays, json.loads(json.dumps(content)))
    assert np.array_equal(found.weights, model.weights)
    assert np.array_equal(found.bias, model.bias)
    same = ("classes", "vocabulary", "rarity", "temperature", "thresholds", "facts")
    assert [getattr(found, name) for name in same] == [getattr(model, name) for name in same]


@given(st.text(max_size=200), st.sampled_from([None, "fr", "en", "mos"]))
def test_probabilities_of_any_text_add_up_to_one(text: str, language: str | None) -> None:
    judged = STARTER.judge(see_text(text, language))
    chances = [chance for _, chance in judged.ranked]
    assert sum(chances) == pytest.approx(1)
    assert chances == sorted(chances, reverse=True)
    assert {code for code, _ in judged.ranked} == set(STARTER.classes)
    assert 0 <= judged.sensitive <= 1


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=6))
def test_scores_of_any_size_become_probabilities(scores: list[float]) -> None:
    chances = as_chances(np.asarray(scores))
    assert chances.sum() == pytest.approx(1)
    assert (chances >= 0).all()


def test_words_decide_and_a_text_without_any_is_a_tie() -> None:
    assert SMALL.judge(Seen("pompe")).ranked[0][0] == "EHA.EAU"
    assert SMALL.judge(Seen("salut")).ranked[0][0] == "NONE"
    assert SMALL.judge(Seen("")).ranked == (("EHA.EAU", 0.5), ("NONE", 0.5))
    assert SMALL.judge(Seen("salut")).sensitive < SMALL.judge(Seen("pompe")).sensitive < 0.5


def test_a_higher_temperature_boasts_less_and_changes_no_order() -> None:
    modest = tell_apart(["EHA.EAU", "NONE"], {"pompe": [4, 0, 0]}, temperature=4.0)
    sure, unsure = (model.judge(Seen("pompe")).ranked for model in (SMALL, modest))
    assert [code for code, _ in sure] == [code for code, _ in unsure]
    assert sure[0][1] > unsure[0][1] > 0.5


class Trap:
    """Says so when somebody unpickles it."""

    sprung = False

    def __reduce__(self) -> Any:
        return (setattr, (Trap, "sprung", True))


def zipped(**arrays: Any) -> bytes:
    file = io.BytesIO()
    np.savez(file, allow_pickle=True, **arrays)
    return file.getvalue()


def test_a_pickle_is_never_opened() -> None:
    trap = np.asarray([Trap()], dtype=object)
    good = {"weights": SMALL.weights, "bias": SMALL.bias, "rarity": np.ones(2, dtype=np.float32)}
    for name in good:
        with pytest.raises(ModelError, match="not a model"):
            unpack(zipped(**{**good, name: trap}), CONTENT)
    with pytest.raises(ModelError, match="not a model"):
        unpack(pickle.dumps(Trap()), CONTENT)
    assert not Trap.sprung
    assert pickle.loads(pickle.dumps(Trap())) is None  # noqa: S301  the trap does work
    assert Trap.sprung


def store_only(name: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as stored:
        stored.writestr(name, b"no array at all")
    return file.getvalue()


@pytest.mark.parametrize(
    "arrays",
    [b"", b"xx", b"PK\x03\x04", ARRAYS[:200], ARRAYS[:-30], store_only("weights.npy"), store_only("other.txt")],
    ids=["empty", "letters", "head of a zip", "cut", "end cut off", "no array", "another zip"],
)
def test_bytes_that_hold_no_model_are_refused(arrays: bytes) -> None:
    with pytest.raises(ModelError):
        unpack(arrays, CONTENT)


@given(st.integers(0, len(ARRAYS) - 1), st.integers(1, 255))
def test_a_byte_that_was_changed_on_the_way_is_noticed_or_harmless(at: int, change: int) -> None:
    changed = ARRAYS[:at] + bytes([ARRAYS[at] ^ change]) + ARRAYS[at + 1 :]
    try:
        found = unpack(changed, CONTENT)
    except ModelError:
        return
    assert found.judge(Seen("pompe")) == SMALL.judge(Seen("pompe"))


@pytest.mark.parametrize(
    "content",
    [
        {},
        [],
        {**CONTENT, "classes": ["EHA.EAU"]},
        {**CONTENT, "terms": [*CONTENT["terms"], "w:more"]},
        {**CONTENT, "terms": 3},
        {**CONTENT, "temperature": "warm"},
        {**CONTENT, "thresholds": {"unknown": 1}},
    ],
)
def test_words_that_do_not_fit_the_arrays_are_refused(content: Any) -> None:
    with pytest.raises(ModelError):
        unpack(ARRAYS, content)
