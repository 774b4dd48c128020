"""The page of the languages: a language is tried before it is kept, and can be retired."""

import random
from collections.abc import Callable

import pytest
from sqlalchemy import select

from feedback_gateway import work
from feedback_gateway.classify import language
from feedback_gateway.classify.language import detect_language
from models import LearntLanguage
from tests.handlers.console.browser import Browser, text_of

pytestmark = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
SignIn = Callable[[str], Browser]


def make_lines(count: int) -> str:
    """Lines in a language that nobody speaks: its syllables are no other's."""
    chance = random.Random(7)
    syllables = ["zyx", "qow", "vux", "kyj", "wuq", "xil", "pyq", "joz", "qyv", "zuj"]
    words = ["".join(chance.choices(syllables, k=chance.randint(1, 3))) for _ in range(120)]
    return "\n".join(" ".join(chance.choices(words, k=8)) for _ in range(count))


LINES = make_lines(70)
FORM = {"code": "zyx", "name": "Zyxois", "text": LINES}


@pytest.fixture(autouse=True)
def shipped_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test adds is gone after it; the shipped tables are not read anew."""
    monkeypatch.setattr(language, "_readers", language.load_detector())


@pytest.fixture
def ada(sign_in: SignIn) -> Browser:
    return sign_in("ada")


def kept() -> list[LearntLanguage]:
    with work.reading() as db:
        return list(db.scalars(select(LearntLanguage)))


def tried(page: str) -> str:
    return page.split('name="tried" value="')[1].split('"')[0]


def test_a_language_is_kept_only_after_its_score_was_seen(ada: Browser) -> None:
    page = ada.post("/console/languages", **FORM, keep="1")
    assert "des morceaux sont reconnus" in text_of(page)
    assert "Elle n'est pas encore gardée" in text_of(page)
    assert LINES.splitlines()[3] in page.text
    assert kept() == []
    page = ada.post("/console/languages", **FORM, keep="1", tried=tried(page.text))
    assert "Zyxois est reconnue à partir de maintenant." in text_of(page)
    assert "Zyxois zyx reconnue 100 %, prise à tort 0 %" in text_of(page)
    (language,) = kept()
    assert (language.code, language.name, language.lines) == ("zyx", "Zyxois", 70)
    assert not any(line in str(language.profile) for line in LINES.splitlines())
    assert detect_language(LINES.splitlines()[5]).code == "zyx"


def test_a_score_of_other_lines_keeps_nothing(ada: Browser) -> None:
    mark = tried(ada.post("/console/languages", **FORM).text)
    page = ada.post("/console/languages", **{**FORM, "text": make_lines(80)}, keep="1", tried=mark)
    assert "pas encore gardée" in text_of(page)
    assert kept() == []


def test_an_added_language_is_retired(ada: Browser) -> None:
    mark = tried(ada.post("/console/languages", **FORM).text)
    ada.post("/console/languages", **FORM, keep="1", tried=mark)
    assert "Cette langue est déjà connue" in text_of(ada.post("/console/languages", **FORM))
    assert ada.get("/console/lexicon", language="zyx").status_code == 200
    assert "Langue retirée." in text_of(ada.post("/console/languages/zyx/retire"))
    assert kept() == []
    assert detect_language(LINES.splitlines()[5]).code != "zyx"
    assert ada.post("/console/languages/zyx/retire").status_code == 422


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"code": ""}, "Code :"),
        ({"code": "Dagbani"}, "Code :"),
        ({"code": "mos"}, "Cette langue est déjà connue"),
        ({"code": "ar"}, "Cette langue est déjà connue"),
        ({"name": " "}, "Le nom manque"),
        ({"name": "n" * 61}, "Le nom manque"),
        ({"text": make_lines(59)}, "59 lignes différentes et assez longues : il en faut 60"),
        ({"text": "une seule ligne\r\n" * 80}, "1 lignes différentes"),
        ({"text": "a\n" * 100_001}, "Le texte est trop long"),
    ],
)
def test_a_refused_language_is_explained_and_what_was_typed_stays(
    ada: Browser, change: dict[str, str], says: str
) -> None:
    page = ada.post("/console/languages", **{**FORM, **change})
    assert page.status_code == 422
    assert says in text_of(page)
    assert f'name="code" class="form-control" value="{ {**FORM, **change}["code"] }"' in page.text
    assert kept() == []
