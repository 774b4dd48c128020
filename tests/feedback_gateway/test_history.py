"""An agency's own history: what is read, what is guessed, and what is kept of it."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from feedback_gateway import history, work
from feedback_gateway.history import Example, HistoryError
from models import Label, User
from models.words import LabelSource
from tests import actors
from tests.conftest import House

SOURCE = """Message;Thème;Note
La pompe est en panne;Eau;1
le forage est sec depuis trois jours;Eau;2
"merci à vous;
tous";Divers;3
;Eau;4
LA POMPE EST EN PANNE;Eau;5
on a faim;Inconnu;6
"""


@pytest.fixture
def ada(house: House) -> User:
    return actors.make("ada")


def read(**mapping: str) -> tuple[list[Example], int]:
    return history.read_examples(SOURCE, text="Message", label="Thème", mapping=mapping)


def bring(by: User, **mapping: str) -> tuple[int, int]:
    examples, _ = read(**mapping)
    with work.unit_of_work() as db:
        return history.import_history(db, examples, by=by)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_columns_whatever_stands_between_them(delimiter: str, mark: str) -> None:
    source = f"{mark}Message,Thème\nla pompe,Eau\n".replace(",", delimiter)
    assert history.columns(source) == ["Message", "Thème"]
    assert history.values(source, "Thème") == [("Eau", 1)]


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("", "empty"),
        (" \n\n", "empty"),
        ("PK\x03\x04\x00\x00", "not_csv"),
        ("only\none\n", "no_columns"),
        ("a,a\n1,2\n", "no_columns"),
        ("a,\n1,2\n", "no_columns"),
    ],
    ids=["empty", "blank", "zip", "one", "twins", "nameless"],
)
def test_what_is_no_history_is_named(source: str, code: str) -> None:
    with pytest.raises(HistoryError) as refused:
        history.columns(source)
    assert refused.value.code == code


def test_a_field_that_never_ends_is_named() -> None:
    before = csv.field_size_limit(1000)
    try:
        with pytest.raises(HistoryError, match="not_csv"):
            history.columns("x" * 2000 + ",b\n")
        with pytest.raises(HistoryError, match="not_csv"):
            history.values(f'a,b\n1,"{"x" * 2000}\n', "b")
    finally:
        csv.field_size_limit(before)


@given(st.text(max_size=200))
def test_any_text_has_columns_or_a_reason_why_not(source: str) -> None:
    try:
        names = history.columns(source)
        found = history.values(source, names[-1])
    except HistoryError as error:
        assert error.code in {"empty", "not_csv", "no_columns", "too_many_labels"}  # noqa: PT017
    else:
        assert len(names) >= 2
        assert all(label and count for label, count in found)


def test_labels_with_their_counts_the_most_frequent_first() -> None:
    assert history.values(SOURCE, "Thème") == [("Eau", 4), ("Divers", 1), ("Inconnu", 1)]


def test_a_column_that_is_not_there_or_is_hardly_one_of_labels() -> None:
    with pytest.raises(HistoryError, match="no_column"):
        history.values(SOURCE, "Theme")
    many = "a,b\n" + "\n".join(f"x,{at}" for at in range(history.MOST_LABELS + 1))
    with pytest.raises(HistoryError, match="too_many_labels"):
        history.values(many, "b")
    assert len(history.values(many.rpartition("\n")[0], "b")) == history.MOST_LABELS


def test_a_file_of_too_many_rows_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_ROWS", 5)
    with pytest.raises(HistoryError, match="too_many_rows"):
        history.values(SOURCE, "Thème")


def test_names_that_say_what_they_mean_are_mapped_and_others_wait_for_a_person() -> None:
    guessed = history.guess_mapping([("Eau", 3), ("WASH", 1), ("Autre", 2), ("Zone 4", 9), ("PRO.VBG", 1)])
    assert guessed == {"Eau": "EHA.EAU", "WASH": "EHA.EAU", "Autre": "NONE", "Zone 4": "", "PRO.VBG": "PRO.VBG"}


def test_rows_with_a_mapped_label_are_examples_and_others_are_left_out() -> None:
    examples, left_out = read(Eau="EHA.EAU", Divers="NONE", Inconnu="")
    assert [(each.text, each.code) for each in examples] == [
        ("La pompe est en panne", "EHA.EAU"),
        ("le forage est sec depuis trois jours", "EHA.EAU"),
        ("merci à vous;\ntous", None),
        ("LA POMPE EST EN PANNE", "EHA.EAU"),
    ]
    assert left_out == 2
    assert examples[1].language == "fr"


def test_a_long_text_is_cut_and_a_column_that_is_not_there_is_named() -> None:
    source = f"a,b\n{'eau ' * 1000},x\n"
    ((example,), _) = history.read_examples(source, text="a", label="b", mapping={"x": "EHA.EAU"})
    assert len(example.text) <= history.MOST_LETTERS
    with pytest.raises(HistoryError, match="no_column"):
        history.read_examples(source, text="a", label="c", mapping={})


def test_what_is_there_already_is_not_kept_twice(ada: User) -> None:
    assert bring(ada, Eau="EHA.EAU", Divers="NONE") == (3, 1)
    assert bring(ada, Eau="EHA.EAU", Divers="NONE", Inconnu="FSL.MIS") == (1, 4)
    with work.reading() as db:
        labels = db.scalars(select(Label).order_by(Label.id)).all()
    assert [(label.text, label.category_code) for label in labels] == [
        ("La pompe est en panne", "EHA.EAU"),
        ("le forage est sec depuis trois jours", "EHA.EAU"),
        ("merci à vous;\ntous", None),
        ("on a faim", "FSL.MIS"),
    ]
    assert {(label.source, label.user_id, label.case_id, label.frozen) for label in labels} == {
        (LabelSource.HISTORY, ada.id, None, False)
    }
    assert labels[1].language == "fr"


def test_texts_are_stored_encrypted(ada: User) -> None:
    bring(ada, Eau="EHA.EAU")
    with work.reading() as db:
        stored = db.scalars(text("SELECT text FROM labels")).all()
    assert stored
    assert not any("pompe" in str(each) or "forage" in str(each) for each in stored)


def test_a_category_that_does_not_exist_keeps_nothing(ada: User) -> None:
    with pytest.raises(HistoryError, match="unknown_category"):
        bring(ada, Eau="EHA.EAU", Divers="EHA.NOPE")
    with work.reading() as db:
        assert db.scalar(select(func.count()).select_from(Label)) == 0
