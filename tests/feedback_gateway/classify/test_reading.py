"""What a text is about and how sensitive it is: a table of texts as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_gateway.classify import read
from models.words import FeedbackType, Guess, Hold, Sensitivity

NORMAL, RESTRICTED, SEALED = Sensitivity.NORMAL, Sensitivity.RESTRICTED, Sensitivity.SEALED

TEXTS = [
    ("no water in our camp for 3 days", "EHA.EAU", NORMAL),
    ("water is coming in our tents", "SIT.SEC", NORMAL),
    ("Point d'eau en panne, secteur 4. Urgent, des enfants malades", "EHA.EAU", NORMAL),
    ("depuis 2 mois on a pas recu les vivres, les enfants ont faim", "FSL.MIS", NORMAL),
    ("Nous attendons une reponse positive. Merci", None, RESTRICTED),
    ("comment faire pour etre sur la liste des vivres", "INF.ELI", NORMAL),
    ("kel sont les criteres pour avoir l'aide", "INF.ELI", NORMAL),
    ("c'est quand la prochaine distribution ?", "INF.DIS", NORMAL),
    ("quand est ce que vous venez partager les vivres", "INF.DIS", NORMAL),
    ("ou se trouve le bureau de l'action sociale svp", "INF.SRV", NORMAL),
    ("on ma oublié", "REG.EXC", NORMAL),
    ("mon nom nest pas sur la liste depuis 3 mois", "REG.EXC", NORMAL),
    ("on a enlevé mon nom de la liste", "REG.EXC", NORMAL),
    ("NOUS NAVONS PAS ETE RECENSES", "REG.EXC", NORMAL),
    ("il y a des riches sur la liste et des faux déplacés", "REG.INC", NORMAL),
    ("jai perdu ma carte", "REG.DOC", NORMAL),
    ("ma carte de ration est dechirée", "REG.DOC", NORMAL),
    ("pa resu le riz", "FSL.MIS", NORMAL),
    ("BONJOUR NOUS AVONS FAIM", "FSL.MIS", NORMAL),
    ("on a pas eu les vivres ce mois ci", "FSL.MIS", NORMAL),
    ("le riz est pourri", "FSL.QUA", NORMAL),
    ("les vivres ne suffisent pas pour 12 personnes", "FSL.QUA", NORMAL),
    ("on na pas recu l'argent orange money", "CVA.PAY", NORMAL),
    ("le boutiquier refuse nos coupons", "CVA.PAY", NORMAL),
    ("pas de couvertures ni de nattes", "AME.MIS", NORMAL),
    ("le vent a emporté la tente", "ABR.DAM", NORMAL),
    ("nous dormons dehors avec les enfants", "ABR.DAM", NORMAL),
    ("ya pas do", "EHA.EAU", NORMAL),
    ("ya pas deau au site", "EHA.EAU", NORMAL),
    ("forage gaté", "EHA.EAU", NORMAL),
    ("la pompe est en panne depuis lundi", "EHA.EAU", NORMAL),
    ("les latrines sont pleines", "EHA.LAT", NORMAL),
    ("pas de medicament au csps", "SAN.ACC", NORMAL),
    ("beaucoup denfants ont la diarrhée et vomissent", "SAN.EPI", NORMAL),
    ("cas de rougeole ici", "SAN.EPI", NORMAL),
    ("mon bébé est trop maigre, il est malnutri", "NUT.ENF", NORMAL),
    ("mes enfants ne vont plus à l'école", "EDU.ACC", NORMAL),
    ("aucune ong ne vient sur le site", "SIT.GAP", NORMAL),
    ("les tentes ont pris feu", "SIT.SEC", NORMAL),
    ("leau est rentrée dans les tentes tout est inondé", "SIT.SEC", NORMAL),
    ("le comité decide seul et nous cache tout", "SIT.GOV", NORMAL),
    ("nous venons d'arriver on a fui le village", "SIT.NOU", NORMAL),
    ("je ne dors plus je pleure tout le temps", "SMP.DET", RESTRICTED),
    ("je veux me suicider", "SMP.RIS", SEALED),
    ("jai plus envie de vivre", "SMP.RIS", SEALED),
    ("mieux vaut mourir que cette vie", "SMP.RIS", SEALED),
    ("je suis fatiguée de la vie", "SMP.RIS", SEALED),
    ("un enfant est seul sans parents au site", "PRO.ENF", SEALED),
    ("on ne retrouve pas ma fille", "PRO.ENF", SEALED),
    ("mon mari me frape", "PRO.VBG", SEALED),
    ("on veut marier de force une fille de 13 ans", "PRO.VBG", SEALED),
    ("ma soeur a ete violée", "PRO.VBG", SEALED),
    ("ils prennent les filles pour le travail forcé à la mine", "PRO.TRA", SEALED),
    ("on a vendu la fille, elle travaille loin sans salaire", "PRO.TRA", SEALED),
    ("ils ont dit quils vont me tuer", "PRO.VIE", SEALED),
    ("mon frere a été enlevé hier nuit", "PRO.VIE", SEALED),
    ("je reçois des menaces", "PRO.VIE", SEALED),
    ("mes enfants n'ont pas d'acte de naissance", "PRO.DOC", NORMAL),
    ("les handicapés sont oubliés", "PRO.HAN", RESTRICTED),
    ("les autochtones refusent qu'on prenne l'eau à leur puits", "SOC.HOT", RESTRICTED),
    ("le proprietaire veut nous chasser du terrain", "SOC.FON", RESTRICTED),
    ("il veut coucher avec moi pour me mettre sur la liste", "CON.EAS", SEALED),
    ("lagent touche les filles", "CON.EAS", SEALED),
    ("le responsable demande de passer la nuit avec lui pour la carte", "CON.EAS", SEALED),
    ("si tu sors pas avec lui tu nauras pas les vivres, le chef exige ca aux filles", "CON.EAS", SEALED),
    ("lagent du projet demande argent", "CON.FRA", SEALED),
    ("il faut payer 2000 francs pour etre inscrit", "CON.FRA", SEALED),
    ("le comité vend nos vivres au marché", "CON.FRA", SEALED),
    ("lagent nous a mal parlé", "CON.CMP", RESTRICTED),
    ("on nous traite comme des animaux", "CON.CMP", RESTRICTED),
    ("ils ont donné mon numero et mon nom aux gens", "CON.DON", SEALED),
    ("on m'a enlevé parce que je me suis plaint", "CON.DON", SEALED),
    ("il parait que le vaccin rend stérile", "RUM.CRO", NORMAL),
    ("merci beaucoup", "MER.REM", NORMAL),
    ("que Dieu vous benisse pour le bon travail", "MER.REM", NORMAL),
    ("il faudrait ajouter un deuxieme guichet", "SUG.AME", NORMAL),
    ("je cherche du travail", "AUT.HOR", NORMAL),
    ("on a vu des hommes armés sur la route", "AUT.SEC", SEALED),
    ("test", "AUT.INC", NORMAL),
    ("bonjour", "AUT.INC", NORMAL),
    ("va te faire foutre idiot", "AUT.INC", NORMAL),
    ("cliquez ici vous avez gagné 1 million http://x.example", "AUT.INC", NORMAL),
    ("we have no water", "EHA.EAU", NORMAL),
    ("our tent is torn and we sleep outside", "ABR.DAM", NORMAL),
    ("there is no medicine at the clinic", "SAN.ACC", NORMAL),
    ("the worker wants to sleep with me before he gives food", "CON.EAS", SEALED),
    ("they ask for money to put us on the list", "CON.FRA", SEALED),
    ("my husband beats me", "PRO.VBG", SEALED),
    ("I want to kill myself", "SMP.RIS", SEALED),
    ("koom ka be ye", "EHA.EAU", NORMAL),
    ("dumuni tɛ an bolo, kɔngɔ", "FSL.MIS", NORMAL),
    ("min heɓaani nyamdu", "FSL.MIS", RESTRICTED),  # few words of it are known, so little is enough
    ("xyzzy qwertz", None, RESTRICTED),
    ("", None, NORMAL),
]


@pytest.mark.parametrize(("text", "category", "sensitivity"), TEXTS)
def test_text_is_read_as(text: str, category: str | None, sensitivity: Sensitivity) -> None:
    reading = read(text)
    assert (reading.category, reading.sensitivity) == (category, sensitivity), reading


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("quand venez vous", FeedbackType.QUESTION),
        ("le forage est gaté ?", FeedbackType.QUESTION),
        ("le forage est gaté", FeedbackType.REPORT),
        ("nous demandons des tentes", FeedbackType.REQUEST),
        ("we need tents please", FeedbackType.REQUEST),
        ("merci", FeedbackType.PRAISE),
        ("on n'a rien recu, merci de nous aider, il n'y a pas de vivres", FeedbackType.REQUEST),
        ("il parait que vous partez", FeedbackType.OBSERVATION),
        ("il faudrait un abri au guichet", FeedbackType.REQUEST),
        ("pourquoi mon mari me frappe ?", FeedbackType.REPORT),
        ("1", FeedbackType.INCOMPLETE),
        ("", FeedbackType.INCOMPLETE),
        ("zzz yyy", FeedbackType.INCOMPLETE),
    ],
)
def test_type_of_message(text: str, kind: FeedbackType) -> None:
    assert read(text).type is kind


def test_nothing_known_is_said_so() -> None:
    reading = read("xyzzy qwertz")
    assert (reading.category, reading.guess, reading.urgency, reading.matched) == (None, Guess.TRIAGE, 0.0, ())
    assert (reading.sensitivity, reading.hold) == (Sensitivity.RESTRICTED, Hold.UNSORTED)


def test_menu_stands_above_the_guess_but_the_text_may_raise() -> None:
    plain = read("le forage est gaté", menu_category="EHA.EAU")
    alarming = read("au forage un homme a violé ma fille", menu_category="EHA.EAU")
    assert (plain.category, plain.confidence, plain.sensitivity) == ("EHA.EAU", 1.0, NORMAL)
    assert (alarming.category, alarming.confidence, alarming.sensitivity) == ("EHA.EAU", 1.0, SEALED)
    assert alarming.urgency > plain.urgency


def test_menu_choice_alone_has_its_urgency() -> None:
    assert read("", menu_category="PRO.VIE").urgency > read("", menu_category="EDU.ACC").urgency > 0


def test_a_menu_code_added_in_the_console_is_kept() -> None:
    assert read("bonjour", menu_category="NEW.ONE").category == "NEW.ONE"


@pytest.mark.parametrize(
    ("calm", "urgent"),
    [
        ("le forage est gaté", "URGENT le forage est gaté, des enfants vont mourir"),
        ("merci beaucoup", "pas de vivres"),
        ("mes enfants ne vont plus à l'école", "cas de cholera"),
        ("pas de vivres", "pas de vivres depuis 3 semaines"),
    ],
)
def test_urgency_orders_the_queue(calm: str, urgent: str) -> None:
    assert 0 <= read(calm).urgency < read(urgent).urgency <= 1


def test_clearer_text_is_read_with_more_confidence() -> None:
    assert read("eau").confidence < read("pas d'eau, le forage est en panne").confidence < 1


def test_what_matched_names_entries_and_not_words() -> None:
    matched = read("mon mari me frappe").matched
    assert "fr.violence" in matched
    assert not any("mari" in entry for entry in matched)


@given(st.text(max_size=300), st.sampled_from([None, "EHA.EAU", "PRO.VBG"]), st.sampled_from([None, "fr", "mos"]))
def test_no_text_raises_and_scores_stay_in_bounds(text: str, menu: str | None, prior: str | None) -> None:
    reading = read(text, menu_category=menu, language_prior=prior)
    assert reading == read(text, menu_category=menu, language_prior=prior)
    assert 0 <= reading.urgency <= 1
    assert 0 <= reading.confidence <= 1
    assert menu in {None, reading.category}


@given(st.sampled_from(TEXTS), st.sampled_from(TEXTS))
def test_adding_words_never_lowers_a_sealed_text(
    one: tuple[str, str | None, Sensitivity], two: tuple[str, str | None, Sensitivity]
) -> None:
    if one[2] is SEALED:
        assert read(f"{one[0]}. {two[0]}").sensitivity is SEALED
