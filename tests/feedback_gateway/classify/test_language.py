"""Which language a text is in. The sentences are article 1 of the Universal Declaration and everyday phrases."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_gateway.classify import detect_language
from feedback_gateway.classify.language import LEAST
from feedback_gateway.classify.language import SURE as SURE_FROM

SENTENCES = [
    ("Tous les êtres humains naissent libres et égaux en dignité et en droits.", "fr"),
    ("Ils sont doués de raison et de conscience.", "fr"),
    ("TOUS LES ETRES HUMAINS NAISSENT LIBRES ET EGAUX EN DIGNITE", "fr"),
    ("NOUS AVONS FAIM ET SOIF", "fr"),
    ("le forage est gaté depuis une semaine", "fr"),
    ("on na pas recu les vivres", "fr"),
    ("mon nom nest pas sur la liste", "fr"),
    ("All human beings are born free and equal in dignity and rights.", "en"),
    ("WE HAVE NO WATER AND NO FOOD", "en"),
    ("the borehole has been broken since last week", "en"),
    ("Please send us a tent, our house is down", "en"),
    ("Ninsaalbã fãa sã n doge, bɩ b yaa burkĩna la b zema taab waogrã wɛɛngẽ", "mos"),
    ("ninsaalba faa sa n doge bi b yaa burkina", "mos"),
    ("yaa tɩlae tɩ b maan n kõ-d koom ne rɩɩbo", "mos"),
    ("Hadamaden bɛɛ danmakɛɲɛnen bɛ bange, danbe ni josira la", "dyu"),
    ("an bɛ dumuni ni ji fɛ, demisɛnw man kɛnɛ", "dyu"),
    ("ji te an fe yan, dumuni te an fe fana", "dyu"),
    ("Innama aadeeji fof poti, ndimɗidi e jibinannde to bannge hakkeeji", "ff"),
    ("innama aadeeji fof poti ndimdidi e jibinannde", "ff"),
    ("Su dai ʼyan-adam, ana haihuwarsu ne duka ʼyantattu, kuma kowannensu na da mutunci", "ha"),
    ("su dai yan adam ana haihuwarsu ne duka yantattu", "ha"),
    ("ba mu da ruwa kuma ba mu da abinci a nan", "ha"),
    ("يولد جميع الناس أحراراً متساوين في الكرامة والحقوق", "ar"),
    ("ليس عندنا ماء ok", "ar"),
    ("ⴷⴰⵗ ⴰⴾⴰⵍ ⵏⴰⵏⴰⵗ", "taq"),
    ("ߒ ߓߘߊ߫ ߞߊ߬ ߖߌ ߢߌߣߌ߲߫", "dyu"),
]


@pytest.mark.parametrize(("text", "code"), SENTENCES)
def test_language_of_a_sentence(text: str, code: str) -> None:
    language = detect_language(text)
    assert language.code == code, language


SURE = [
    ("tous les etres humains naissent libres et egaux en dignite et en droits", "fr"),
    ("j ai besoin d eau et de nourriture pour mes enfants", "fr"),
    ("Nous n'avons pas d'eau depuis trois jours", "fr"),
    ("all human beings are born free and equal in dignity", "en"),
    ("we have no water since three days", "en"),
    ("ninsaalba faa sa n doge bi b yaa burkina la b zema taab", "mos"),
    ("hadamaden bee danmakenenen be bange, danbe ni josira la", "dyu"),
    ("innama aadeeji fof poti, ndimdidi e jibinannde to bannge hakkeeji", "ff"),
    ("su dai yan adam ana haihuwarsu ne duka yantattu, kuma kowannensu na da mutunci", "ha"),
]


@pytest.mark.parametrize(("text", "code"), SURE)
def test_a_plain_sentence_is_sure(text: str, code: str) -> None:
    language = detect_language(text)
    assert (language.code, language.best, language.sure) == (code, code, True), language


@pytest.mark.parametrize(
    "text", ["", " ", "ok", "1", "70 12 34 56", "*384#", "👍🏾👍🏾", "???", "http://example.org/page"]
)
def test_too_little_to_tell_is_unknown(text: str) -> None:
    language = detect_language(text)
    assert (language.code, language.sure) == (None, False)


@pytest.mark.parametrize(
    "text",
    [
        "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw",
        "Minden emberi lény szabadon születik és egyenlő méltósága és joga van",
        "Tout moun fèt lib, egal ego pou diyite kou wè dwa",
        "Все люди рождаются свободными",
    ],
)
def test_a_language_that_is_not_ours_is_unknown(text: str) -> None:
    language = detect_language(text)
    assert (language.code, language.sure) == (None, False)


def test_the_likeliest_is_named_even_where_no_answer_is_given() -> None:
    language = detect_language("Tout moun fèt lib, egal ego pou diyite kou wè dwa")
    assert language.best is not None
    assert language.confidence < LEAST


def test_the_persons_own_language_decides_what_is_too_short_to_tell() -> None:
    assert detect_language("koom", prior="mos").code == "mos"
    assert detect_language("ji te yan", prior="dyu").code == "dyu"
    assert detect_language("pa resu").code is None
    assert detect_language("pa resu", prior="fr").code == "fr"


def test_a_language_known_from_few_ngrams_is_not_guessed_from_a_word() -> None:
    assert detect_language("ok merci").best != "gux"
    assert detect_language("ki tinga", prior="gux").best == "gux"


def test_a_prior_does_not_hide_what_the_text_says() -> None:
    for text, code in SENTENCES:
        assert detect_language(text, prior="fr").code == code, text


def test_a_prior_that_we_do_not_know_counts_as_none() -> None:
    text = "le forage est en panne"
    assert detect_language(text, prior="xx") == detect_language(text)


def test_sure_means_from_095_on() -> None:
    for text, _ in SENTENCES:
        language = detect_language(text)
        assert language.sure is (language.confidence >= SURE_FROM), text


@given(st.text(max_size=300), st.sampled_from([None, "fr", "mos", "xx", ""]))
def test_no_text_raises_and_the_answer_stays_the_same(text: str, prior: str | None) -> None:
    language = detect_language(text, prior)
    assert language == detect_language(text, prior)
    assert 0 <= language.confidence <= 1
    assert language.code in {None, language.best}
    assert language.code is not None or not language.sure


def test_threads_hear_the_same() -> None:
    texts = [text for text, _ in SENTENCES] * 4
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(detect_language, texts)) == [detect_language(text) for text in texts]


COLD_START = """
import threading
from feedback_gateway.classify import read
texts = ["le forage est gate depuis hier", "we have no water", "innama aadeeji fof poti", "ninsaalba faa sa n doge"]
barrier, answers = threading.Barrier(8), []
def ask():
    barrier.wait()
    answers.append(tuple((read(t).language.code, read(t).category) for t in texts))
threads = [threading.Thread(target=ask) for _ in range(8)]
[t.start() for t in threads]
[t.join() for t in threads]
print(len(answers), sorted(set(answers)))
"""


def test_eight_threads_from_a_cold_start_agree() -> None:
    done = subprocess.run([sys.executable, "-W", "error", "-c", COLD_START], capture_output=True, text=True, check=True)
    expected = [(("fr", "EHA.EAU"), ("en", "EHA.EAU"), ("ff", None), ("mos", None))]
    assert done.stdout.strip() == f"8 {expected}"
