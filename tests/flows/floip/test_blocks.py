"""Block by block: what each becomes, and what is said to be lost."""

from typing import Any

import pytest

from flows.definition import Ask, Branch, Menu, Node, Say, Target, targets
from flows.floip.reading import Imported
from flows.overlay import Wording
from tests.flows.floip.containers import choice, codes, imported, message, one_flow, small_book_of, ways


def _nodes(got: Imported) -> dict[str, Node]:
    return dict(small_book_of(got).flows["sample"].nodes)


def _to(node: str) -> Target:
    return Target("sample", node)


def test_a_message_that_leads_nowhere_is_the_last_word() -> None:
    got = imported(one_flow(message("Un"), message("Deux")))
    assert _nodes(got) == {"n0": Say("sample.n0", _to("n1")), "n1": Say("sample.n1")}
    assert got.losses == ()


def test_a_question_that_leads_nowhere_ends_with_thanks() -> None:
    got = imported(one_flow({"type": "MobilePrimitives.OpenResponse", "config": {"prompt": "Quoi ?"}}))
    assert _nodes(got)["n0"] == Ask("text", "sample.n0", "n", _to("end"), otherwise=_to("end"))
    assert got.texts["fr"]["sample.end"] == Wording("Merci.")
    assert codes(got) == ["end_added"]


@pytest.mark.parametrize(
    ("type_", "config", "gist"),
    [
        ("Core.Log", {"message": "counted"}, "counted"),
        ("Core.Output", {"value": "@flow.x"}, "@flow.x"),
        ("Core.SetGroupMembership", {"groups": [{"group_key": "7", "group_name": "Big"}]}, "Big"),
        ("Core.SetGroupMembership", {"group_key": "7", "is_member": True}, "7"),
        ("Core.Webhook", {"url": "https://example.org"}, "https://example.org"),
        ("SmartDevices.LocationResponse", {"accuracy": 3}, "accuracy"),
        ("Io.Turn.Wait", {}, "-"),
    ],
)
def test_blocks_without_equivalent_are_passed_over(type_: str, config: dict[str, Any], gist: str) -> None:
    got = imported(one_flow({"type": type_, "config": config}, message("Fin")))
    assert _nodes(got) == {"n1": Say("sample.n1")}
    assert [str(loss) for loss in got.losses] == [f"Sample/n0: {type_} has no equivalent and is passed over: {gist}"]


def test_a_contact_property_is_told_and_its_answer_still_known() -> None:
    age = {"prompt": "Age ?", "set_contact_property": {"property_key": "age", "property_value": "@block.value"}}
    got = imported(
        one_flow(
            {"type": "MobilePrimitives.NumericResponse", "name": "how_old", "config": age}, message("@contact.age ans")
        )
    )
    assert got.texts["fr"]["sample.n1"] == Wording("{how_old} ans")
    assert codes(got) == ["property"]


@pytest.mark.parametrize(
    ("config", "least", "most", "told"),
    [
        ({}, None, None, []),
        ({"validation_minimum": 0, "validation_maximum": 120}, 0, 120, []),
        ({"validationMinimum": "5"}, 5, None, []),
        ({"validation_minimum": 0.5, "validation_maximum": 9.5}, 1, 9, ["whole_numbers"]),
        ({"validation_minimum": 9, "validation_maximum": 1}, None, None, ["range"]),
        ({"ivr": {"max_digits": 2}}, None, None, ["config"]),
    ],
)
def test_a_number_and_its_bounds(config: dict[str, Any], least: int | None, most: int | None, told: list[str]) -> None:
    number = {"type": "MobilePrimitives.NumericResponse", "config": {"prompt": "Combien ?", **config}}
    got = imported(one_flow(number, message("Fin")))
    asked = _nodes(got)["n0"]
    assert isinstance(asked, Ask)
    assert (asked.kind, asked.least, asked.most) == ("number", least, most)
    assert codes(got) == told


def test_the_length_of_an_answer() -> None:
    words = {"type": "MobilePrimitives.OpenResponse", "config": {"prompt": "Quoi ?", "max_response_characters": 40}}
    asked = _nodes(imported(one_flow(words, message("Fin"))))["n0"]
    assert isinstance(asked, Ask)
    assert asked.most == 40


def test_choices_that_all_go_the_same_way() -> None:
    got = imported(one_flow(choice("Lequel ?", "a", "b"), message("Fin")))
    menu = _nodes(got)["n0"]
    assert isinstance(menu, Menu)
    assert {option.then for option in menu.options.values()} == {menu.otherwise} == {_to("n1")}
    assert got.texts["fr"]["sample.n0"] == Wording("Lequel ?\n1 a\n2 b")


@pytest.mark.parametrize(
    "test",
    [
        "block.value = 'b'",
        'block.value = "b"',
        "block.value = b",
        "block.value == 'B'",
        "@block.value = 'b'",
        "@(block.value = 'b')",
        "block.value = 2",
        "block.value = '2'",
        "LOWER(block.value) = 'b'",
        "block.response = 2",
        "OR(block.value = 'b', block.value = 'z')",
        "AND(flow.mode != 'IVR', block.value = 'b')",
        "OR(AND(channel.mode = 'ivr', block.value = '7'), AND(channel.mode != 'ivr', block.value = '2'))",
        "flow.n0.value = 'b'",
        "n0 = 'b'",
        "n0.index == 1",
        "IN(block.value, ARRAY('b', 'z'))",
        "NOT(block.value = 'a')",
        "block.value <> 'a'",
    ],
)
def test_which_choice_an_exit_is_for(test: str) -> None:
    got = imported(
        one_flow(choice("?", "a", "b", exits=ways((test, "b1"), ("", "b2"))), message("B", exits=[]), message("A"))
    )
    menu = _nodes(got)["n0"]
    assert isinstance(menu, Menu)
    assert [option.then.node for option in menu.options.values()] == ["n2", "n1"]
    assert "test" not in codes(got)


def test_an_exit_without_a_test_is_for_the_choice_that_it_is_called_by() -> None:
    exits = [{"name": "a", "destination_block": "b1"}, {"name": "b", "destination_block": "b2"}]
    menu = _nodes(imported(one_flow(choice("?", "a", "b", exits=exits), message("A", exits=[]), message("B"))))["n0"]
    assert isinstance(menu, Menu)
    assert [option.then.node for option in menu.options.values()] == ["n1", "n2"]


@pytest.mark.parametrize(
    ("choices", "values", "text"),
    [
        ({"yes": "Oui", "no": "Non"}, ["yes", "no"], "?\n1 Oui\n2 Non"),
        (["Oui", "Non"], ["Oui", "Non"], "?\n1 Oui\n2 Non"),
        ([{"name": "none", "prompt": "Rien"}, {"value": "x", "label": "Un X"}], ["none_", "x"], "?\n1 Rien\n2 Un X"),
        ([{"name": "a"}, {"name": "a"}], ["a", "a_2"], "?\n1 a\n2 a 2"),
    ],
)
def test_choices_in_every_form(choices: object, values: list[str], text: str) -> None:
    block = {"type": "MobilePrimitives.SelectOneResponse", "config": {"prompt": "?", "choices": choices}}
    got = imported(one_flow(block, message("Fin")))
    menu = _nodes(got)["n0"]
    assert isinstance(menu, Menu)
    assert [option.sets["n"] for option in menu.options.values()] == values
    assert got.texts["fr"]["sample.n0"].words == text


def test_a_prompt_that_numbers_its_choices_is_not_numbered_twice() -> None:
    got = imported(one_flow(choice("Lequel ?\n1. Le bleu\n2) Le vert", "blue", "green"), message("Fin")))
    assert got.texts["fr"]["sample.n0"].words == "Lequel ?\n1 Le bleu\n2 Le vert"


def test_a_title_that_looks_like_a_choice_is_none() -> None:
    got = imported(one_flow(choice("2 choses\n9 jours", "a", "b"), message("Fin")))
    assert got.texts["fr"]["sample.n0"].words == "- 2 choses\n- 9 jours\n1 a\n2 b"
    assert small_book_of(got)


def test_no_choices_make_a_message() -> None:
    got = imported(one_flow(choice("Lequel ?"), message("Fin")))
    assert _nodes(got)["n0"] == Say("sample.n0", _to("n1"))
    assert codes(got) == ["no_choices"]


def test_words_of_their_own_for_choices_are_told() -> None:
    own = [{"name": "a", "prompt": "A", "test": "OR(block.response = 1, block.response = 'ah')"}]
    block = {"type": "MobilePrimitives.SelectOneResponse", "config": {"prompt": "?", "choices": own}}
    assert codes(imported(one_flow(block, message("Fin")))) == ["choice_tests"]


def test_a_case_on_two_answers() -> None:
    test = "AND(flow.n0.value = 'yes', flow.n1.value = 'tent')"
    case = {"type": "Core.Case", "exits": ways((test, "b3"), ("", "b4"))}
    got = imported(
        one_flow(
            choice("Besoin ?", "yes", "no"),
            choice("Quoi ?", "food", "tent"),
            case,
            message("Oui", exits=[]),
            message("Non"),
        )
    )
    nodes = _nodes(got)
    assert nodes["n2"] == Branch("n", {"yes": _to("n2_2")}, _to("n4"))
    assert nodes["n2_2"] == Branch("n_b", {"tent": _to("n3")}, _to("n4"))


def test_a_case_on_how_somebody_came() -> None:
    case = {"type": "Core.Case", "exits": ways(("flow.mode = 'IVR'", "b1"), ("flow.mode = 'SMS'", "b2"), ("", "b3"))}
    nodes = _nodes(imported(one_flow(case, message("Voix", exits=[]), message("SMS", exits=[]), message("Code"))))
    assert nodes["n0"] == Branch("medium", {"sms": _to("n2")}, _to("n3"))


@pytest.mark.parametrize(
    "test", ["contact.age > 3", "HAS_PHRASE(flow.n0.value, 'x')", "a b c", "flow.language = 'eng'"]
)
def test_a_test_that_cannot_be_carried_over_is_told(test: str) -> None:
    case = {"type": "Core.Case", "exits": ways((test, "b2"), ("", "b3"))}
    words = {"type": "MobilePrimitives.OpenResponse", "config": {"prompt": "Quoi ?"}}
    got = imported(one_flow(words, case, message("Oui", exits=[]), message("Non")))
    assert _nodes(got)["n0"] == Ask("text", "sample.n0", "n", _to("n3"), otherwise=_to("n3"))
    assert [str(loss) for loss in got.losses] == [
        f"Sample/n1: the test {test} cannot be carried over; its exit (e0) is never taken",
        "Sample/n2: no exit leads to this block; it is left out",
    ]


def test_numbers_without_a_least_one_begin_at_zero_where_exits_depend_on_it() -> None:
    exits = ways(("block.value < 3", "b1"), ("", "b2"))
    number = {"type": "MobilePrimitives.NumericResponse", "config": {"prompt": "Combien ?"}, "exits": exits}
    got = imported(one_flow(number, message("Peu", exits=[]), message("Assez")))
    nodes = _nodes(got)
    assert nodes["n0"] == Ask("number", "sample.n0", "n", _to("n0_which"), otherwise=_to("n2"), least=0)
    assert nodes["n0_which"] == Branch("n", {str(n): _to("n1") for n in range(3)}, _to("n2"))
    assert codes(got) == ["not_below_zero"]


def test_too_many_numbers_to_write_down() -> None:
    exits = ways(("block.value < 3000", "b1"), ("", "b2"))
    number = {"type": "MobilePrimitives.NumericResponse", "config": {"prompt": "Combien ?"}, "exits": exits}
    got = imported(one_flow(number, message("Peu", exits=[]), message("Assez")))
    assert codes(got) == ["too_many", "unreachable"]


def _run(flow: str, **more: Any) -> dict[str, Any]:
    return {"type": "Core.RunFlow", "config": {"flow_id": flow}, **more}


def _flows(**blocks: list[dict[str, Any]]) -> dict[str, Any]:
    """A container with these flows by uuid, which is their name."""
    flows = [one_flow(*listed)["flows"][0] | {"uuid": name, "name": name} for name, listed in blocks.items()]
    return {"flows": flows}


def test_flows_that_run_one_another_round_go_over() -> None:
    got = imported(_flows(one=[choice("?", "a"), _run("two"), message("Fin")], two=[choice("!", "b"), _run("one")]))
    book = small_book_of(got)
    menus = [book.flows[name].nodes["n0"] for name in ("one", "two")]
    assert [[to.flow for to in targets(menu)] for menu in menus] == [["two", "two"], ["one", "one"]]
    assert [(loss.flow, loss.code) for loss in got.losses] == [("one", "recursion"), ("one", "unreachable")]


def test_flows_are_not_nested_deeper_than_the_engine_goes() -> None:
    deep = {f"f{n}": [_run(f"f{n + 1}"), choice("?", "a")] for n in range(12)}
    got = imported(_flows(**deep, f12=[message("Fin")]))
    calls = {name: "call:" in flow for name, flow in got.flows.items()}
    assert [name for name, is_call in calls.items() if not is_call] == ["f5", "f12"]
    assert [loss.flow for loss in got.losses if loss.code == "recursion"] == ["f5"]


def test_a_flow_that_is_not_there_is_passed_over() -> None:
    got = imported(one_flow(_run("elsewhere"), message("Fin")))
    assert _nodes(got) == {"n1": Say("sample.n1")}
    assert [str(loss) for loss in got.losses] == [
        "Sample/n0: it runs a flow that is not in the container (elsewhere); it is passed over"
    ]


def test_a_block_without_text_is_called_by_its_name() -> None:
    got = imported(one_flow({"type": "MobilePrimitives.Message", "label": "Au revoir", "config": {}}))
    assert got.texts["fr"]["sample.n0"] == Wording("Au revoir", draft=True)
    assert codes(got) == ["no_text"]


def test_a_flow_of_which_nothing_is_left() -> None:
    got = imported(one_flow({"type": "Core.Log", "config": {"message": "x"}}))
    assert _nodes(got) == {"end": Say("sample.end")}


def test_an_answer_never_gets_the_name_of_a_variable_that_means_something() -> None:
    words = {"type": "MobilePrimitives.OpenResponse", "name": "place", "config": {"prompt": "Où ?"}}
    asked = _nodes(imported(one_flow(words, message("Fin"))))["place"]
    assert isinstance(asked, Ask)
    assert asked.save == "place_b"


def test_choices_of_one_name_are_numbered() -> None:
    node = _nodes(imported(one_flow(choice("Lequel ?", "a", "a", "a_2", "a"), message("Fin"))))["n0"]
    assert isinstance(node, Menu)
    assert [option.sets["n"] for option in node.options.values()] == ["a", "a_2", "a_2_2", "a_3"]
