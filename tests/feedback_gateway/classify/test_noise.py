"""Noise: what is marked as spam, insult, test or incomplete, and above all what never is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_gateway.classify.categories import CATEGORIES
from feedback_gateway.classify.fold import fold
from feedback_gateway.classify.lexicons import load_lexicons
from feedback_gateway.classify.noise import find_noise, load_noise
from models.words import Noise, Sensitivity

SPAM, INSULT, TEST, INCOMPLETE = Noise.SPAM, Noise.INSULT, Noise.TEST, Noise.INCOMPLETE

NOISE = [
    ("Promo Orange: 200% de bonus sur tout rechargement jusqu'au 30 juin. Tapez *144#", SPAM),
    ("Cher client, votre forfait expire demain. Composez *160# pour le renouveler", SPAM),
    ("Profitez de l'offre speciale internet 5Go valable 7 jours", SPAM),
    ("Bravo, vous avez gagné un lot. Cliquez sur le lien", SPAM),
    ("You have won an iphone. Click here to claim your prize", SPAM),
    ("Dear customer, dial *123# to get bonus airtime. Offer ends today", SPAM),
    ("Envoie ce message a 10 amis sinon malheur pendant 7 ans", SPAM),
    ("Transférez ce message à tous vos contacts", SPAM),
    ("Ne brisez pas la chaine, partagez a tous vos amis", SPAM),
    ("Forward this message to 10 friends", SPAM),
    ("Utilise le code promo BX22", SPAM),
    ("Pret rapide entre particuliers taux 3% contact whatsapp", SPAM),
    ("http://example.com/promo?x=1", SPAM),
    ("www.example.com", SPAM),
    ("idiot", INSULT),
    ("VOUS ETES DES IDIOTS", INSULT),
    ("fils de pute", INSULT),
    ("va te faire foutre", INSULT),
    ("Espèce d'imbécile, va au diable", INSULT),
    ("fuck you all", INSULT),
    ("test", TEST),
    ("Essai 123", TEST),
    ("allo allo", TEST),
    ("ceci est un test", TEST),
    ("je teste le numéro", TEST),
    ("testing one two three", TEST),
    ("azerty jjj", INCOMPLETE),
    ("kjhgfd", INCOMPLETE),
    ("a", INCOMPLETE),
    ("???", INCOMPLETE),
    ("😀😀", INCOMPLETE),
    ("12", INCOMPLETE),
    ("Bonjour", INCOMPLETE),
    ("ok oui", INCOMPLETE),
    ("le", INCOMPLETE),
]

HEARD = [
    "voleurs vous avez détourné notre riz",
    "idiots, vous avez pris notre argent",
    "imbeciles vous ne faites rien pour nous",
    "les agents sont des idiots",
    "on m'a traité d'idiot",
    "test du forage",
    "test de paludisme positif",
    "le test du vih est payant",
    "un message dit que nous avons gagné un lot",
    "vous avez gagné un lot? c'est vrai",
    "j'ai recu un bonus jusqu'au 30 juin, tapez *144#",
    "on demande de cliquer sur un lien pour le bonus",
    "faites tourner la pompe s'il vous plait",
    "pas d'eau http://example.com",
    "ecrivez a aide@example.com",
    "merci",
    "eau",
    "koom",
    "ji",
    "nyima",
    "aide",
    "help",
    "au secours",
    "Barsalogho",
    "fds",
    "je vous",
    "70 12 34 56",
    "🆘",
    "🔥🔥",
    "📞",
    "ماء",
    "ⵎⴰⵏ",
    "",
    "  ",
]


def judge(text: str, category: str | None = None, sensitive: float = 0.0, *, known: bool = True) -> Noise | None:
    """With what the lexicon finds in the text, or as if it had found nothing."""
    folded = fold(text)
    entries = [entry for lexicon in load_lexicons() for entry in lexicon.match(folded)] if known else []
    return find_noise(text, folded, entries, category=category, sensitive=sensitive)


@pytest.mark.parametrize(("text", "noise"), NOISE)
def test_noise_is_marked(text: str, noise: Noise) -> None:
    assert judge(text, known=False) is noise


@pytest.mark.parametrize("text", HEARD)
def test_whatever_may_say_something_is_no_noise(text: str) -> None:
    assert judge(text) is None


@pytest.mark.parametrize("text", sorted(set(HEARD) - {"merci"}))
def test_nor_is_it_when_the_lexicon_finds_nothing_in_it(text: str) -> None:
    assert judge(text, known=False) is None


@pytest.mark.parametrize("code", sorted(set(CATEGORIES) - {"AUT.HOR", "AUT.SEC", "AUT.INC", "MER.REM"}))
def test_a_text_with_a_category_is_never_noise(code: str) -> None:
    assert all(judge(text, category=code) is None for text, _ in NOISE)


@pytest.mark.parametrize("code", ["AUT.INC", "AUT.HOR", "MER.REM", None])
def test_a_category_that_names_no_subject_does_not_hide_noise(code: str | None) -> None:
    assert judge("essai 123", category=code) is TEST


def test_what_could_be_sensitive_is_never_noise() -> None:
    assert judge("essai 123", sensitive=0.099) is TEST
    assert judge("essai 123", sensitive=0.1) is None


def test_any_entry_of_a_subject_or_that_is_sensitive_saves_a_text() -> None:
    lexicon = [entry for each in load_lexicons() for entry in each.entries]
    saving = [
        entry
        for entry in lexicon
        if entry.sensitivity is not Sensitivity.NORMAL
        or (entry.category and not entry.category.startswith(("AUT.", "MER.")))
    ]
    assert len(saving) > 100
    assert all(find_noise("essai 123", "essai 123", [entry], category=None, sensitive=0.0) is None for entry in saving)


@given(st.text(max_size=80))
def test_no_text_raises(text: str) -> None:
    assert judge(text, known=False) in (None, *Noise)


@given(
    st.sampled_from(NOISE),
    st.sampled_from(["pas d'eau", "no water", "on m'a frappé", "koom", "faim", "la pompe est cassée"]),
)
def test_a_complaint_added_to_noise_is_heard(noise: tuple[str, Noise], complaint: str) -> None:
    assert judge(f"{noise[0]} {complaint}") is None
    assert judge(f"{complaint}. {noise[0]}") is None


@given(st.lists(st.sampled_from("bcdfgklmnprst"), min_size=1, max_size=2).flatmap(lambda first: st.tuples(
    st.just("".join(first)), st.sampled_from(["ama", "iiga", "oro", "unde", "ayel"])).map("".join)))  # fmt: skip
def test_one_word_that_nobody_knows_may_be_a_word_of_another_language(word: str) -> None:
    assert judge(word, known=False) is None


def test_a_long_run_along_the_keys_is_read_in_no_time() -> None:
    assert judge("azertyuiop" * 150) is INCOMPLETE
    assert judge("azertyuiop" * 150 + "on") is None


def test_the_signs_are_read_once() -> None:
    assert load_noise() is load_noise()
