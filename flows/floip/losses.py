"""What could not be carried over between FLOIP and our flow files, each told in one plain sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, field

SENTENCES: Mapping[str, str] = {
    # the container and its flows
    "settings": "not kept: {what}",
    "modes": "ways of talking to people that this line does not have: {what}",
    "same_flow": "this flow stands twice in the container; the first one is taken",
    "empty_flow": "the flow has no blocks and is left out",
    "same_block": "two blocks have the same uuid; the first one is taken",
    "start": "the block that it starts with is not there; it starts with the first one in the list",
    "unreachable": "no exit leads to this block; it is left out",
    "edited": "the block was changed since it was exported here; what FLOIP has no word for is gone",
    # blocks
    "passed_over": "{type} has no equivalent and is passed over: {what}",
    "select_many": "more than one answer: chosen one after the other, each kept as a variable of its own",
    "choice_limits": "at most {most} answers: not enforced",
    "no_choices": "there is nothing to choose from; it is carried over as a message",
    "pages": "more choices than a screen has keys ({count}): the rest stands on further screens",
    "choice_tests": "words and keys of its own for the choices are gone: the choices are numbered",
    "range": "the least and most that are allowed ({least}, {most}) do not fit together and are gone",
    "whole_numbers": "only whole numbers are taken as an answer",
    "not_below_zero": "a number below 0 is not taken: without it the exits could not be told apart",
    "property": "the contact property {name} is not kept after the conversation",
    "config": "settings of the block that are not carried over: {what}",
    "no_such_flow": "it runs a flow that is not in the container ({what}); it is passed over",
    "run_error": "the exit for a flow that fails is gone",
    "recursion": "the flows run one another round, or too deep: it goes over to that one and does not come back",
    # exits
    "not_asked": "it depends on {what}, which nobody is asked for; its default exit is always taken",
    "test": "the test {what} cannot be carried over; its exit ({exit}) is never taken",
    "too_many": "its tests have too many different results; the default exit is always taken",
    "exact_words": "compared letter by letter, where FLOIP does not mind capitals",
    "broken_exit": "the exit {exit} leads to a block that is not there; the conversation ends",
    "circle": "blocks lead round in a circle that asks nothing; the circle is cut and the conversation ends here",
    "end_added": "exits that lead nowhere end with a neutral word of thanks, which is added",
    # texts
    "no_text": "there is no text for a telephone screen; the block's name stands in as a draft",
    "no_label": "the choice {what} has no text; its name stands in",
    "no_resource": "the text {what} is not in the container",
    "media": "recordings, pictures or films that are gone: {count}",
    "other_wordings": "other wordings of the same text (another channel's or variant's) that are gone: {count}",
    "language": "texts in {language}, which this line does not speak, that are gone: {count}",
    "no_french": "texts without French, in which another language stands in as a draft: {count}",
    "partly": "texts of which a part was not in {language}, which makes them drafts: {count}",
    "expression": "the text asks for {what}, which is not known here; it is left out",
    "only_in_translation": "only the text in {language} asks for {what}; it is left out there",
    "braces": "the characters {{ and }} have become ( and )",
    # export
    "action": "FLOIP has no block for the action {what}; it is written as {type}, and ours reads it back",
    "question": "FLOIP has no block that asks for {what}; it is written as {type}, and ours reads it back",
    "sets": "FLOIP has no word for the variables that choices set ({what}); only ours reads them back",
    "late": "FLOIP has no word for the way on when time is short ({what}); only ours reads it back",
    "bounds": "FLOIP has no word for the bounds of this answer ({what}); only ours reads them back",
    "tries": "FLOIP has no word for the number of tries ({what}); only ours reads it back",
    "jump": "going over to the flow {what} is written as running it and ending after it",
    "outside": "the flow {what} is not in the container",
    "variable": "the variable {what} is not an answer of this flow; it is written as a contact property",
}
"""What is said of each kind of loss, by code, in English; `details` fills the braces."""


@dataclass(frozen=True)
class Loss:
    """One thing that was lost. `flow` and `block` are as the container calls them, empty when it is about no single
    one; `code` is a key of SENTENCES and `details` what its sentence needs."""

    flow: str
    block: str
    code: str
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def what(self) -> str:
        """The sentence."""
        return SENTENCES[self.code].format_map(self.details)

    def __str__(self) -> str:
        where = "/".join(name for name in (self.flow, self.block) if name)
        return f"{where}: {self.what}" if where else self.what
