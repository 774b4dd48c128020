"""A FLOIP container as flow files and texts of ours, and what could not be carried over."""

from collections.abc import Mapping
from dataclasses import dataclass

from flows.book import GIVEN
from flows.floip.asking import make_question
from flows.floip.building import FlowBuilder
from flows.floip.container import read_json
from flows.floip.context import Context
from flows.floip.finishing import Draft, finish_nodes, finish_texts, finished_flow, variables_of
from flows.floip.losses import Loss
from flows.floip.refusals import FloipError
from flows.floip.yaml_text import write_flow
from flows.overlay import Wording


@dataclass(frozen=True)
class Imported:
    """What became of a container. `flows` are sources of flow files by name, `texts` are by language and key: the
    flows and texts of an overlay. Nobody gets to them until a flow that is there leads to one (`then: flow x`)."""

    flows: Mapping[str, str]
    texts: Mapping[str, Mapping[str, Wording]]
    losses: tuple[Loss, ...]


def read_container(text: str, *, languages: Mapping[str, str] | None = None) -> Imported:
    """Reads the JSON of a container of any version of the specification (1.0.0-rc1 to rc4).

    `languages` maps further language ids or codes of the container to ours. Flows get names that no flow that is
    shipped has, but for those that write_container wrote: they come back under their own. Raises FloipError, in one
    plain sentence, when this is no container or a larger one than can be imported.
    """
    try:
        return _read(text, languages or {})
    except RecursionError as error:
        raise FloipError("deep") from error


def _read(text: str, languages: Mapping[str, str]) -> Imported:
    context = Context.of(read_json(text), languages)
    drafts = []
    for uuid, flow in context.container.flows.items():
        builder = FlowBuilder(context, flow, context.flow_names[uuid])
        drafts.append(Draft(builder, builder.build(make_question)))
    finish_nodes(drafts)
    known = GIVEN | variables_of(drafts)
    texts: dict[str, dict[str, Wording]] = {}
    for draft in drafts:
        finish_texts(draft, known, texts)
    flows = {draft.name: write_flow(finished_flow(draft)) for draft in drafts}
    return Imported(flows, texts, _each_once(context.losses))


def _each_once(losses: list[Loss]) -> tuple[Loss, ...]:
    return tuple({(loss.flow, loss.block, loss.what): loss for loss in losses}.values())
