"""What becomes of whole containers: the flow, its texts, and the list of what was lost."""

import json

import pytest

from flows.definition import RETURN, Ask, Branch, Call, Menu, Option, Say, Target
from flows.floip.container import MOST_BLOCK_CHOICES, MOST_BLOCK_EXITS, MOST_BLOCKS, MOST_FLOWS
from flows.floip.reading import read_container
from flows.floip.refusals import FloipError
from flows.overlay import Wording
from tests.flows.floip.containers import NAMES, book_of, choice, codes, imported, message, one_flow, source, ways
from tests.flows.own import Dialled


def test_a_container_of_the_present_form() -> None:
    got = read_container(source("water_points"))
    flow = book_of(got).flows["water_point_check"]

    def to(node: str) -> Target:
        return Target("water_point_check", node)

    assert flow.start == to("welcome")
    assert flow.nodes["welcome"] == Say("water_point_check.welcome", to("water_works"))
    assert flow.nodes["water_works"] == Menu(
        "water_point_check.water_works",
        {
            "1": Option(to("households"), {"water_works": "yes"}),
            "2": Option(to("days_broken"), {"water_works": "no"}),
            "3": Option(to("days_broken"), {"water_works": "partly"}),
        },
        otherwise=to("end"),
    )
    assert flow.nodes["days_broken"] == Ask(
        "number",
        "water_point_check.days_broken",
        "days_broken",
        to("days_broken_which"),
        otherwise=to("bye"),
        least=0,
        most=60,
    )
    assert flow.nodes["by_state"] == Branch("water_works", {"yes": to("bye")}, to("by_state_2"))
    assert flow.nodes["bye"] == Say("water_point_check.bye")


def test_its_texts() -> None:
    texts = read_container(source("water_points")).texts
    assert texts["fr"]["water_point_check.water_works"] == Wording("Le point d'eau marche ?\n1 Oui\n2 Non\n3 À moitié")
    assert texts["en"]["water_point_check.late"] == Wording("Broken for {days_broken} days: a team will come.")
    assert texts["fr"]["water_point_check.what_happened"] == Wording("What happened?", draft=True)
    assert texts["fr"]["water_point_check.bye"] == Wording("Merci. Écrivez à aide@example.org.")
    assert texts["mos"] == {"water_point_check.welcome": Wording("Ne y windiga.")}


def test_its_losses_are_sentences() -> None:
    losses = [str(loss) for loss in read_container(source("water_points")).losses]
    assert "Water point check/welcome: recordings, pictures or films that are gone: 1" in losses
    assert "Water point check: texts in Swahili, which this line does not speak, that are gone: 1" in losses
    assert "Water point check/days_broken: settings of the block that are not carried over: ivr" in losses
    assert "Water point check: texts without French, in which another language stands in as a draft: 1" in losses


def test_it_can_be_walked() -> None:
    phone = Dialled(book_of(read_container(source("water_points"))), "water_point_check")
    assert phone.press("1").startswith("Le point d'eau marche ?")
    assert phone.press("2").startswith("Depuis combien de jours ?")
    assert phone.press("30").startswith("What happened?")
    assert phone.press("La pompe").startswith("Combien de ménages")
    assert phone.press("40") == "En panne depuis 30 jours : une équipe passera."
    assert phone.turn.ends


def test_flows_that_run_others() -> None:
    got = read_container(source("household_visit"))
    book = book_of(got)
    visit, status = book.flows["visit"], book.flows["x_status"]  # `status` is a flow of ours
    assert visit.nodes["people"] == Call(Target("x_status", "adults"), Target("visit", "needs"))
    assert status.nodes["counted"] == Say("x_status.counted", RETURN)
    assert codes(got, "again") == [], "nothing comes after it, so nothing is lost by going over"
    assert visit.nodes["tent"] == Say("visit.tent", visit.start)


def test_more_choices_than_keys_go_on_a_further_screen() -> None:
    visit = book_of(read_container(source("household_visit"))).flows["visit"]
    first, second = visit.nodes["site"], visit.nodes["site_more"]
    assert isinstance(first, Menu)
    assert isinstance(second, Menu)
    assert [option.sets.get("site") for option in first.options.values()] == [f"c{n}" for n in range(1, 8)] + [None]
    assert first.options["8"].then == Target("visit", "site_more")
    assert [option.sets["site"] for option in second.options.values()] == ["c8", "c9", "c10", "c11"]


def test_several_answers_are_chosen_one_after_the_other() -> None:
    got = read_container(source("household_visit"))
    visit = book_of(got).flows["visit"]
    again = Target("visit", "needs_again")
    first, more = visit.nodes["needs"], visit.nodes["needs_again"]
    assert isinstance(first, Menu)
    assert isinstance(more, Menu)
    assert first.options["3"] == Option(again, {"needs_water": None, "needs_food": None, "needs_tent": "yes"})
    assert set(first.options) == {"1", "2", "3"}, "one at least has to be chosen"
    assert more.options["1"] == Option(again, {"needs_water": "yes"})
    assert more.options["4"] == Option(Target("visit", "needs_which"))
    assert visit.nodes["needs_which"] == Branch("needs_tent", {"yes": Target("visit", "tent")}, visit.start)


def test_a_container_of_the_first_form() -> None:
    got = read_container(source("old_clipboard"))
    flow = book_of(got).flows["meals_a_day"]
    menu = flow.nodes["did_everybody_eat_today"]
    assert isinstance(menu, Menu)
    assert [option.then.node for option in menu.options.values()] == ["thanks", "how_many_did_not"]
    number = flow.nodes["how_many_did_not"]
    assert isinstance(number, Ask)
    assert (number.least, number.most, number.otherwise) == (1, 30, Target("meals_a_day", "thanks"))
    case = flow.nodes["case"]
    assert isinstance(case, Branch)
    assert set(case.cases) == {"none", "1", "2", "3", "4", "5"}
    assert case.otherwise.node == "somebody_will_come"


def test_a_container_with_holes_in_it() -> None:
    got = read_container(source("rough"))
    flow = book_of(got).flows["x_home"]
    assert set(flow.nodes) == {"words", "words_which", "say", "end"}
    assert codes(got, "start") == ["test"]
    assert codes(got, "words") == ["broken_exit", "exact_words"]
    assert codes(got, "photo") == ["passed_over"]
    assert codes(got, "none") == ["unreachable"]
    assert codes(got, "say") == ["media", "circle"]
    assert codes(got, "twin") == ["same_block"]
    assert got.texts["en"] == {"x_home.say": Wording("We come."), "x_home.end": Wording("Thank you.")}


@pytest.mark.parametrize("name", NAMES)
def test_every_text_of_a_flow_is_there_and_none_besides(name: str) -> None:
    got = read_container(source(name))
    flows = book_of(got).flows
    used = {
        node.text for flow in got.flows for node in flows[flow].nodes.values() if isinstance(node, Menu | Ask | Say)
    }
    assert set(got.texts["fr"]) == used
    assert all(set(words) <= used for words in got.texts.values())


def test_languages_of_the_container_can_be_named() -> None:
    content = json.loads(source("water_points"))
    got = read_container(json.dumps(content), languages={"swa": "dyu"})
    assert got.texts["dyu"] == {"water_point_check.welcome": Wording("Karibu.")}
    assert "language" not in codes(got)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "the file is not JSON: line 1, character 1"),
        ('{\n "a": x', "the file is not JSON: line 2, character 7"),
        ("1" * 5000, "a number has too many digits"),
        ("12", "not a FLOIP container"),
        ("{}", "not a FLOIP container"),
        ('{"flows": "x"}', "not a FLOIP container"),
        ('{"flows": []}', "holds no flow"),
        ('{"flows": [{"name": "empty", "blocks": []}]}', "holds no flow"),
        ('{"version": "13", "flows": [{"nodes": []}]}', "RapidPro"),
        ("[" * 100_000, "nested too deep"),
    ],
)
def test_what_is_no_container_is_refused_in_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(FloipError, match=sentence):
        read_container(text)


def _many(count: int) -> dict[str, object]:
    return {"flows": [{**one_flow(message("x"))["flows"][0], "uuid": str(at)} for at in range(count)]}


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (_many(MOST_FLOWS + 1), "flows"),
        (one_flow(*[message("x")] * (MOST_BLOCKS + 1)), "blocks"),
        (one_flow(*[choice("x", *["a"] * MOST_BLOCK_CHOICES)] * 26), "choices"),
        (one_flow(choice("x", *["a"] * 3000)), "block_choices"),
        (one_flow(message("x", exits=ways(*[("", "b0")] * (MOST_BLOCK_EXITS + 1)))), "block_exits"),
    ],
)
def test_what_is_larger_than_any_survey_is_refused(content: object, code: str) -> None:
    with pytest.raises(FloipError) as refused:
        imported(content)
    assert refused.value.code == code


def test_as_much_as_may_be_imported_is() -> None:
    assert len(imported(_many(MOST_FLOWS)).flows) == MOST_FLOWS


@pytest.mark.parametrize(
    "wrap",
    [
        lambda flow: {"flows": [flow]},
        lambda flow: [flow],
        lambda flow: flow,
        lambda flow: {"container": {"flows": [flow]}},
        lambda flow: {"flows": {"some-uuid": flow}},
    ],
)
def test_a_container_may_be_wrapped_or_bare(wrap: object) -> None:
    flow = json.loads(source("rough"))["flows"]["a"]
    assert callable(wrap)
    assert set(read_container(json.dumps(wrap(flow))).flows) == {"x_home"}
