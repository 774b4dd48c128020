"""Urgency: what raises it, that nothing lowers it, and how numbers of people and days are read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_gateway.classify.categories import CATEGORIES
from feedback_gateway.classify.fold import fold
from feedback_gateway.classify.lexicons import Entry
from feedback_gateway.classify.urgency import load_signs, score_urgency
from models.words import Sensitivity

FRAMES = [
    "nous sommes {}",
    "{} familles sans abri",
    "{}personnes",
    "we are {} people",
    "kamba {}",
    "pas d'eau depuis {} jours",
    "no food for {} weeks",
    "depuis {}j",
    "{} mois sans aide",
]
FIRST = "tout va bien"


def score(text: str, *entries: Entry, category: str | None = None, same_this_hour: int = 0) -> float:
    return score_urgency(fold(text), entries, category, same_this_hour=same_this_hour)


def entry(name: str, urgent: float, category: str | None = None) -> Entry:
    return Entry(
        id=name,
        language="fr",
        category=category,
        weight=1.0,
        patterns=(),
        unless=(),
        sensitivity=Sensitivity.NORMAL,
        urgent=urgent,
        type=None,
        longest=None,
    )


@pytest.mark.parametrize(
    ("more", "less"),
    [
        ("le camp brule, il y a le feu", "le camp est loin"),
        ("fire in the tents", "dust in the tents"),
        ("leau monte dans les abris", "leau est dans les bidons"),
        ("il y a des bléssés", "il y a des voisins"),
        ("aidez nous vite", "saluez nous"),
        ("we are trapped under the rubble", "we are waiting under the tree"),
        ("une femme enceinte", "une dame"),
        ("des enfants", "des chaises"),
        ("un handicapé", "un voisin"),
        ("ils attaquent cette nuit", "ils arrivent bientot"),
        ("nous avons soif", "nous avons sommeil"),
        ("she is giving birth", "she is giving thanks"),
        ("pas d'eau depuis 5 jours", "pas d'eau"),
        ("5 jours sans eau", "1 jour sans eau"),
        ("no water for two weeks", "no water for two days"),
        ("pas d'eau depuis longtemps", "pas d'eau depuis hier"),
        ("pas de vivres depuis 3 mois", "pas de vivres depuis 3 semaines"),
        ("nous sommes 200", "nous sommes 20"),
        ("45 familles", "45 personnes"),
        ("deux cents personnes", "deux personnes"),
        ("1 500 personnes", "500 personnes"),
        ("300personnes", "3 personnes"),
        ("three thousand people", "three people"),
        ("tout le site", "mon site"),
        ("beaucoup de familles", "des voisins"),
        ("tao tao", "tao"),
        ("neba 45", "neba"),
        ("tasuma", "tasu"),
        ("sukabe", "suka"),
    ],
)
def test_a_sign_makes_a_text_more_urgent(more: str, less: str) -> None:
    assert score(more, category="EHA.EAU") > score(less, category="EHA.EAU")


@pytest.mark.parametrize(
    "text",
    [
        "",
        FIRST,
        "on vient dans 5 jours",
        "distribution chaque 15 jours",
        "il est 8 heures",
        "70 12 34 56",
        "secteur 15",
        "2 sacs de riz",
        "le feu rouge",
        "12345678901234567890 personnages",
        "we come in 3 days",
        "feu vert jusqu'a maintenant",
    ],
)
def test_numbers_and_words_that_say_nothing_of_urgency_count_nothing(text: str) -> None:
    assert score(text) == 0


def test_days_without_water_weigh_more_than_days_without_an_answer() -> None:
    text = "depuis 4 jours"
    water, answer = score(text, category="EHA.EAU"), score(text, category="REG.EXC")
    assert 1 - water < (1 - CATEGORIES["EHA.EAU"].urgent) * 0.6
    assert 1 - answer > (1 - CATEGORIES["REG.EXC"].urgent) * 0.8


@pytest.mark.parametrize("code", sorted(CATEGORIES))
def test_a_category_alone_is_as_urgent_as_its_clock(code: str) -> None:
    assert score(FIRST, category=code) == pytest.approx(CATEGORIES[code].urgent)


def test_the_same_sign_in_the_lexicon_and_here_counts_once() -> None:
    assert score("urgent", entry("fr.urgent", 0.3), entry("en.urgent", 0.2)) == score("urgent")
    assert score("urgent", entry("fr.urgent", 0.9)) == pytest.approx(0.9)


def test_asking_for_everything_is_less_than_one_grave_thing() -> None:
    everything = [entry(f"fr.{code}", 0.2, code) for code in ("FSL.MIS", "AME.MIS", "REG.EXC", "EHA.LAT")]
    assert score(FIRST, *everything) < score(FIRST, entry("fr.epidemic", 0.9, "SAN.EPI"))


def test_the_signs_are_read_once() -> None:
    assert load_signs() is load_signs()


codes = st.sampled_from(sorted(CATEGORIES))
entries = st.lists(
    st.builds(
        entry,
        st.sampled_from(["fr.urgent", "en.urgent", "fr.dying", "fr.weak", "mos.war", "fr.since", "en.many"]),
        st.floats(0, 1),
        st.none() | codes,
    ),
    max_size=6,
)
texts = st.lists(
    st.sampled_from(
        [
            "pas",
            "d'eau",
            "depuis",
            "5",
            "jours",
            "nous",
            "sommes",
            "200",
            "feu",
            "enfants",
            "malade",
            "no",
            "water",
            "cent",
        ]
    ),
    max_size=12,
).map(" ".join) | st.text(max_size=60)


@given(texts, entries, st.none() | codes, st.integers(-5, 10**9))
def test_any_text_has_a_score_between_0_and_1(text: str, found: list[Entry], category: str | None, same: int) -> None:
    assert 0 <= score(text, *found, category=category, same_this_hour=same) <= 1


@given(texts, entries, st.none() | codes, st.builds(entry, st.just("fr.one-more"), st.floats(0, 1), st.none() | codes))
def test_an_entry_more_never_makes_it_less_urgent(
    text: str, found: list[Entry], category: str | None, more: Entry
) -> None:
    assert score(text, *found, more, category=category) >= score(text, *found, category=category)


@given(texts, entries, codes)
def test_a_category_never_makes_it_less_urgent(text: str, found: list[Entry], category: str) -> None:
    assert score(text, *found, category=category) >= score(text, *found)


@given(texts, entries, st.none() | codes, st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_voice_more_never_makes_it_less_urgent(
    text: str, found: list[Entry], category: str | None, one: int, other: int
) -> None:
    few, many = sorted((one, other))
    least = score(text, *found, category=category, same_this_hour=few)
    assert score(text, *found, category=category, same_this_hour=many) >= least


@given(
    st.sampled_from(FRAMES),
    st.none() | codes,
    st.integers(1, 9_999_999),
    st.integers(1, 9_999_999),
)
def test_a_larger_number_never_makes_it_less_urgent(frame: str, category: str | None, one: int, other: int) -> None:
    small, large = sorted((one, other))
    assert score(frame.format(large), category=category) >= score(frame.format(small), category=category)


@given(
    texts,
    st.sampled_from(
        ["au secours", "il saigne", "inondation", "attaque", "on fire", "enceinte", "45 familles", "5 jours sans"]
    ),
)
def test_a_sign_after_other_words_never_makes_it_less_urgent(text: str, sign: str) -> None:
    assert score(f"{text} . xx yy zz . {sign}") >= score(text)
