"""From what the builders made to flow files that load: circles cut, ends added, what nobody comes to left out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from flows.actions import ACTIONS
from flows.book import GIVEN, used_texts
from flows.definition import NONE, RETURN, Action, Ask, Branch, Call, Flow, Menu, Node, Say, Target, targets
from flows.floip.building import FlowBuilder
from flows.floip.circles import cut_circles
from flows.floip.losses import Loss
from flows.floip.ours import kept_header
from flows.floip.shaping import END, bypass, in_order, redirect
from flows.floip.templates import drop
from flows.floip.wording import Words, added
from flows.overlay import Wording
from flows.template import variables
from flows.texts import FALLBACK

THANKS = added("Merci.", "Thank you.")
"""The last words where a flow has none."""


@dataclass
class Draft:
    """One flow on its way to a file."""

    builder: FlowBuilder
    start: Target

    @property
    def name(self) -> str:
        """What the flow is called."""
        return self.builder.name

    def lose(self, node: str, code: str, **details: str) -> None:
        """Notes a loss of the block that a node was made of."""
        if node in self.builder.blocks:
            self.builder.lose(self.builder.blocks[node], code, **details)
        else:
            self.builder.context.losses.append(Loss(self.builder.flow.name, "", code, details))


def finish_nodes(drafts: Iterable[Draft]) -> None:
    """Makes the nodes of all flows such that they can be put into a book."""
    listed = list(drafts)
    for draft in listed:
        if draft.start.flow != draft.name:  # nothing asks or says anything here: on to what comes after
            name = draft.builder.names.node("start")
            draft.builder.nodes[name] = Branch("medium", {}, draft.start)
            draft.start = Target(draft.name, name)
    _cut(listed)
    while any([_leave_out(draft) for draft in listed] + _settle_branches(listed)):
        pass
    called = _called(listed)
    for draft in listed:
        _begin_at_zero(draft)
        _end(draft, draft.name in called)


def _called(drafts: list[Draft]) -> set[str]:
    """The flows that are called, and those that they go over to."""
    nodes = [(draft.name, node) for draft in drafts for node in draft.builder.nodes.values()]
    waiting = [node.flow.flow for _, node in nodes if isinstance(node, Call)]
    called: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in called:
            called.add(name)
            waiting += [to.flow for flow, node in nodes if flow == name for to in targets(node) if not to.node]
    return called


def _cut(drafts: list[Draft]) -> None:
    nodes = {Target(draft.name, name): node for draft in drafts for name, node in draft.builder.nodes.items()}
    by_name = {draft.name: draft for draft in drafts}
    for at in cut_circles(nodes, {draft.name: draft.start for draft in drafts}):
        by_name[at.flow].lose(at.node, "circle")
    for at, node in nodes.items():
        by_name[at.flow].builder.nodes[at.node] = node


def _leave_out(draft: Draft) -> bool:
    """Drops the nodes that nobody comes to."""
    builder = draft.builder
    kept = in_order(draft.name, draft.start.node, builder.nodes)
    left = {id(builder.blocks[name]) for name in kept if name in builder.blocks}
    for name in builder.nodes:
        if name not in kept and name in builder.blocks and id(builder.blocks[name]) not in left:
            draft.lose(name, "unreachable")
    is_smaller = len(kept) < len(builder.nodes)
    builder.nodes = kept
    return is_smaller


def _settle_branches(drafts: list[Draft]) -> list[bool]:
    """Takes out branches on what nobody is asked for."""
    known = GIVEN | variables_of(drafts)
    settled = []
    for draft in drafts:
        for name, node in list(draft.builder.nodes.items()):
            if not isinstance(node, Branch) or node.on in known or _is_kept(draft, name):
                continue
            draft.lose(name, "not_asked", what=node.on)
            bypass(draft.builder.nodes, Target(draft.name, name), node.cases.get(NONE, node.otherwise))
            settled.append(True)
    return settled


def variables_of(drafts: Iterable[Draft]) -> frozenset[str]:
    """The variables that the flows set."""
    return frozenset(name for draft in drafts for node in draft.builder.nodes.values() for name in _sets(node))


def _is_kept(draft: Draft, name: str) -> bool:
    block = draft.builder.blocks.get(name)
    return block is not None and block.uuid in draft.builder.kept


def _sets(node: Node) -> Iterable[str]:
    match node:
        case Menu(options=options):
            return [name for option in options.values() for name in option.sets]
        case Ask(save=save):
            return [save]
        case Action(name=name):
            return ACTIONS[name].gives
        case _:
            return []


def _begin_at_zero(draft: Draft) -> None:
    for name, node in draft.builder.nodes.items():
        if isinstance(node, Ask) and node.save in draft.builder.context.from_zero and node.least is None:
            draft.builder.nodes[name] = replace(node, least=0)
            draft.lose(name, "not_below_zero")


def _end(draft: Draft, is_called: bool) -> None:
    """Exits that lead nowhere: back to the flow that called, else last words."""
    builder = draft.builder
    needs_end = False
    for name, node in list(builder.nodes.items()):
        if isinstance(node, Say) and node.then == END and not is_called:
            builder.nodes[name] = replace(node, then=None)
            continue
        ended = redirect(
            node, lambda target: (RETURN if is_called else Target(draft.name, "end")) if target == END else target
        )
        needs_end = needs_end or (ended != node and not is_called)
        builder.nodes[name] = ended
    if not is_called and builder.nodes[draft.start.node] == Branch("medium", {}, Target(draft.name, "end")):
        del builder.nodes[draft.start.node]
        draft.start = Target(draft.name, "end")
    if needs_end:
        builder.nodes["end"] = Say(builder.key("end"))
        builder.put("end", THANKS)
        draft.lose("end", "end_added")


def finished_flow(draft: Draft) -> Flow:
    """The flow as a definition."""
    builder, flow = draft.builder, draft.builder.flow
    if builder.is_ours:
        return kept_header(flow, draft.name, draft.start.node, builder.nodes)
    container = builder.context.container.name
    origin = flow.name if container in ("", flow.name) else f"{container}, {flow.name}"
    about = f"FLOIP: {origin}" if flow.label in ("", flow.name) else f"{flow.label} (FLOIP: {origin})"
    return Flow(draft.name, 1, about, draft.start, builder.nodes)


def finish_texts(draft: Draft, known: frozenset[str], texts: dict[str, dict[str, Wording]]) -> None:
    """Adds the texts that the nodes use, by language and key; French is always among them."""
    missing, partly = 0, dict[str, int]()
    for name, node in draft.builder.nodes.items():
        for key in used_texts(node):
            words = draft.builder.texts[key]
            missing += FALLBACK not in words.texts and key not in draft.builder.nameless
            for language in words.partly:
                partly[language] = partly.get(language, 0) + 1
            for language, wording in _wordings(draft, name, words, known).items():
                if texts.setdefault(language, {}).setdefault(key, wording) != wording:
                    draft.lose(name, "other_wordings", count="1")
    if missing:
        draft.lose("", "no_french", count=str(missing))
    for language, count in sorted(partly.items()):
        draft.lose("", "partly", language=language, count=str(count))


def _wordings(draft: Draft, node: str, words: Words, known: frozenset[str]) -> Mapping[str, Wording]:
    """The text by language. A translation may ask only for what the French text asks for."""
    french, is_draft = words.get(FALLBACK)
    french = french if draft.builder.is_ours else drop(french, variables(french) - known)
    wordings = {FALLBACK: Wording(french, is_draft)}
    for language, text in words.texts.items():
        extra = variables(text) - variables(french)
        if extra:
            draft.lose(node, "only_in_translation", language=language, what=", ".join(sorted(extra)))
        if language != FALLBACK and (own := drop(text, extra)):
            wordings[language] = Wording(own, bool(extra) or language in words.drafts)
    return wordings
