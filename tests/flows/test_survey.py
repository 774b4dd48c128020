"""What is measured stays bounded, however many ways there are through a flow."""

from flows.survey import MOST_STRINGS, survey
from tests.flows.own import make_book


def test_texts_that_can_be_joined_in_very_many_ways_are_measured_up_to_a_limit() -> None:
    nodes, texts = "", {"x.end": "Fin"}
    for number in range(30):
        after = f"b{number + 1}" if number < 29 else "end"
        nodes += f"b{number}: {{branch: place, cases: {{none: l{number}}}, otherwise: r{number}}}\n"
        nodes += f"l{number}: {{say: x.l{number}, then: {after}}}\nr{number}: {{say: x.r{number}, then: {after}}}\n"
        texts |= {f"x.l{number}": "gauche", f"x.r{number}": "droite"}
    help_flow = "on: {call: x, then: said}\nsaid: {say: help}\n"
    book = make_book(texts, x=nodes + "end: {say: x.end, then: return}\n", help=help_flow)
    measured = [
        shown for shown in survey(book) if shown.flow == "x" and shown.language == "fr" and shown.medium == "sms"
    ]
    assert max(sum(shown.node == node for shown in measured) for node in ("b0", "l0", "r0")) <= MOST_STRINGS
    assert any(shown.node == "l0" for shown in measured)
