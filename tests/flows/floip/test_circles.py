"""Circles that ask nobody anything."""

from flows.circles import find_circle
from flows.definition import RETURN, Ask, Branch, Call, Node, Say, Target
from flows.floip.circles import cut_circles
from flows.floip.shaping import END


def _at(name: str) -> Target:
    return Target("f", name)


def _ask(then: Target) -> Ask:
    return Ask("text", "t", "words", then)


def test_a_question_breaks_a_circle() -> None:
    nodes: dict[Target, Node] = {_at("a"): Say("t", _at("b")), _at("b"): _ask(_at("a"))}
    assert find_circle(nodes, {}) is None


def test_texts_that_follow_one_another_round_are_cut_where_they_close() -> None:
    nodes: dict[Target, Node] = {
        _at("a"): Say("t", _at("b")),
        _at("b"): Branch("x", {"1": _at("a")}, _at("c")),
        _at("c"): Say("t"),
    }
    assert cut_circles(nodes, {}) == [_at("b")]
    assert nodes[_at("b")] == Branch("x", {"1": END}, _at("c"))


def test_a_flow_comes_back_only_to_where_it_was_called() -> None:
    called = Target("g", "")
    nodes: dict[Target, Node] = {
        _at("a"): Call(called, _at("b")),
        _at("b"): Call(called, _at("c")),
        _at("c"): Say("t", RETURN),
        Target("g", "s"): Say("t", RETURN),
    }
    assert find_circle(nodes, {"f": _at("a"), "g": Target("g", "s")}) is None


def test_a_flow_that_comes_back_unasked_may_close_a_circle() -> None:
    starts = {"f": _at("a"), "g": Target("g", "s")}
    silent: dict[Target, Node] = {_at("a"): Call(Target("g", ""), _at("a")), Target("g", "s"): Say("t", RETURN)}
    assert cut_circles(silent, starts) == [_at("a")]
    assert silent[_at("a")] == Call(Target("g", ""), END)
    asking: dict[Target, Node] = {_at("a"): Call(Target("g", ""), _at("a")), Target("g", "s"): _ask(RETURN)}
    assert find_circle(asking, starts) is None


def test_a_flow_that_goes_over_to_itself_is_cut() -> None:
    nodes: dict[Target, Node] = {_at("a"): Say("t", Target("f", ""))}
    assert cut_circles(nodes, {"f": _at("a")}) == [_at("a")]
    assert nodes[_at("a")] == Say("t", END)
