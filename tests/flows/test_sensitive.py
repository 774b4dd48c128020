"""Sensitive words are found however they are written, and harmless words beside them are not."""

from pathlib import Path

import pytest

from flows.errors import BookError
from flows.sensitive import find_sensitive, read_sensitive

WORDS = read_sensitive()


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("fr", "Tapez 3 : VIOLENCES", "violences"),
        ("fr", "un viol.", "viol"),
        ("fr", "3 Abus", "abus"),
        ("fr", "Plainte  contre un agent", "plainte contre"),
        ("fr", "VBG, EAS", "vbg"),
        ("fr", "Harcèlement", "harcelement"),
        ("en", "3 Sexual exploitation", "sexual"),
        ("mos", "3 VBG", "vbg"),
        ("mos", "Zãnga wagdre", "wagdre"),
        ("dyu", "Den tununna wa?", "den tununna"),
        ("ff", "Konu, soojeeji", "konu"),
        ("xx", "3 PSEA", "psea"),
        ("fr", "Votre demande est traitée", None),
        ("fr", "Ruban violet, sexagénaire", None),
        ("fr", "Question ou plainte", None),
        ("fr", "Sea", None),
        ("fr", "Food aids", None),
        ("en", "Aid, list", None),
        ("mos", "Sõngre, liste", None),
        ("fr", "wagdre", None),
    ],
)
def test_sensitive_words(language: str, text: str, found: str | None) -> None:
    assert find_sensitive(WORDS, language, text) == found


@pytest.mark.parametrize(("written", "fault"), [("fr: []", "a list of words"), ("fr: [viol, '!']", "an empty word")])
def test_a_faulty_list_is_named(tmp_path: Path, written: str, fault: str) -> None:
    path = tmp_path / "sensitive.yaml"
    path.write_text(written)
    with pytest.raises(BookError, match=rf"sensitive\.yaml: fr: {fault}"):
        read_sensitive(path)
