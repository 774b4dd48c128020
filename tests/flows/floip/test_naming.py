"""Names of flows, nodes and variables."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.floip.naming import Names, taken_flows


@pytest.mark.parametrize(
    ("wish", "name"),
    [
        ("Water points", "water_points"),
        ("Enquête « eau »", "enquete_eau"),
        ("RunFlowRootTree", "run_flow_root_tree"),
        ("home", "x_home"),
        ("sms", "x_sms"),
        ("3 villages", "flow_3_villages"),
        ("", "flow"),
        ("12", "flow"),
        ("A name that is very much longer than any name should be", "a_name_that_is_very_much"),
    ],
)
def test_flows(wish: str, name: str) -> None:
    assert Names().flow(wish) == name


def test_no_name_is_given_twice() -> None:
    names = Names()
    assert [names.node("ask"), names.node("Ask"), names.node("ask 2")] == ["ask", "ask_2", "ask_2_2"]
    assert [names.variable("age"), names.variable("age 2"), names.variable("age3")] == ["age", "age_b", "age_c"]


def test_thousands_alike_are_numbered_on() -> None:
    names = Names(frozenset({"ask_3", "age_c"}))
    assert [names.node("ask") for _ in range(3)] == ["ask", "ask_2", "ask_4"]
    assert [names.variable("age") for _ in range(3)] == ["age", "age_b", "age_d"]
    assert [names.node("tell") for _ in range(20_000)][-1] == "tell_20000"


def test_shipped_flows_and_the_beginnings_of_texts_are_taken() -> None:
    assert {"home", "tell", "place", "system"} <= taken_flows()


@given(st.lists(st.text(max_size=20), max_size=6))
def test_every_name_can_be_used(wishes: list[str]) -> None:
    names = Names()
    flows = [names.flow(wish) for wish in wishes]
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,39}", flow) for flow in flows)
    variables = [names.variable(wish) for wish in wishes]
    assert all(re.fullmatch(r"[a-z_]+", variable) for variable in variables)
    assert len({*flows, *variables}) == 2 * len(wishes)
