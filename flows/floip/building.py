"""One flow of a container, block by block, as the nodes of ours."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from flows.book import used_texts
from flows.definition import Call, Menu, Node, Say, Target, targets
from flows.floip.container import Block, Exit, FloipFlow
from flows.floip.context import KINDS, Context, called_flow, properties
from flows.floip.decisions import Decision, Known, TooManyError, Way
from flows.floip.exits import Exits, sort_exits
from flows.floip.fields import as_line, as_list, as_object, pick
from flows.floip.losses import Loss
from flows.floip.naming import Names, taken_flows
from flows.floip.ours import kept, kept_drafts, kept_holes, kept_nodes, kept_text
from flows.floip.shaping import END, redirect
from flows.floip.templates import kept_places, to_ours
from flows.floip.variables import Variable
from flows.floip.wording import Lose, Reader, Words, literal
from flows.texts import take_apart

_CONFIG = {
    "message": {"prompt", "message"},
    "print": {"prompt", "message"},
    "one": {"prompt", "question_prompt", "choices_prompt", "choices"},
    "many": {"prompt", "question_prompt", "choices_prompt", "choices", "minimum_choices", "maximum_choices"},
    "number": {"prompt", "validation_minimum", "validation_maximum"},
    "text": {"prompt", "max_response_characters", "text", "TEXT"},
    "runflow": {"flow_id", "flow_uuid", "flow"},
    "case": set[str](),
}
"""The blocks that become something here, and which keys of their config are carried over."""


Ask = Callable[["FlowBuilder", Block, str], None]
"""Adds the node of a block that asks: flows.floip.asking."""


@dataclass
class FlowBuilder:
    """Builds what can be reached from the first block: `nodes` by name, the `texts` by key, and the block of each node.

    Of a flow that we exported ourselves, `kept` are the nodes as they were by block, and `kept_names` the block of each
    of its nodes.
    """

    context: Context
    flow: FloipFlow
    name: str
    nodes: dict[str, Node] = field(default_factory=dict)
    texts: dict[str, Words] = field(default_factory=dict)
    blocks: dict[str, Block] = field(default_factory=dict)
    nameless: set[str] = field(default_factory=set)
    kept: dict[str, tuple[str, Node]] = field(default_factory=dict)
    kept_names: dict[str, str] = field(default_factory=dict)
    names: Names = field(default_factory=lambda: Names(frozenset({"end", "return"})))
    _targets: dict[str, Target] = field(default_factory=dict)
    _open: set[str] = field(default_factory=set)
    _waiting: deque[tuple[Block, str]] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self.reader = Reader(self.flow, self.context.languages, self._convert)
        self._key = ""
        if self.is_ours:
            self._keep()

    @property
    def is_ours(self) -> bool:
        """Whether we exported this flow."""
        return self.context.is_ours(self.flow.uuid)

    def build(self, ask: Ask) -> Target:
        """Builds everything; gives the node at which the flow starts, END when nothing is left of it."""
        start = self.target(self.flow.start)
        while self._waiting:
            block, name = self._waiting.popleft()
            self._key = kept_text(block) if self.is_ours else ""
            if block.uuid in self.kept:
                self._restore(block, name, ask)
            elif block.kind == "runflow":
                self.nodes[name] = Call(Target(self.context.flow_names[called_flow(block)], ""), self.onward(block))
            elif block.kind in KINDS:
                ask(self, block, name)
            else:
                self.say(block, name)
        for uuid, block in self.flow.blocks.items():
            if uuid not in self._targets and "jump" not in kept(block.content):
                self.lose(block, "unreachable")
        for language, count in self.reader.unspoken.items():
            self.context.losses.append(
                Loss(self.flow.name, "", "language", {"language": language, "count": str(count)})
            )
        return start

    def target(self, uuid: str) -> Target:
        """The node that a block becomes; for a block that is passed over, what comes after it."""
        if uuid in self._targets:
            return self._targets[uuid]
        block = self.flow.blocks[uuid]
        if uuid in self._open:
            self.lose(block, "circle")
            return END
        self._open.add(uuid)
        self._targets[uuid] = self._target_of(block)
        self._open.discard(uuid)
        return self._targets[uuid]

    def say(self, block: Block, name: str) -> None:
        """A text on the way, or the last words."""
        self.put(name, self.words(block, "prompt", "message") or self.stand_in(block, name))
        self.nodes[name] = Say(self.key(name), self.onward(block))

    def words(self, block: Block, *keys: str) -> Words:
        """The text of a block under the first of these keys of its config that has any; no words when there is none."""
        for key in keys:
            words = self.reader.read(pick(block.config, key), self.lose_of(block))
            if words:
                return words
        return Words()

    def stand_in(self, block: Block, node: str) -> Words:
        """What is shown for a block that has no text."""
        self.lose(block, "no_text")
        self.nameless.add(self.key(node))
        return literal(block.label or block.name.replace("_", " ") or block.type)

    def put(self, node: str, words: Words) -> None:
        """The text of a node."""
        self.texts[self.key(node)] = words

    def key(self, node: str) -> str:
        """The key of a node's text."""
        return f"{self.name}.{node}"

    def name_node(self, block: Block, *wishes: str) -> str:
        """A name for a new node that is made of a block."""
        had = as_line(kept(block.content).get("node")) if self.is_ours and not wishes else ""
        name = had if self.kept_names.get(had) == block.uuid else self.names.node(*(wishes or _wishes(block)))
        self.blocks[name] = block
        return name

    def lose(self, block: Block, code: str, **details: str) -> None:
        """Notes a loss of a block."""
        self.context.losses.append(Loss(self.flow.name, block.called, code, details))

    def lose_of(self, block: Block) -> Lose:
        """Notes losses of one block."""
        return lambda code, **details: self.lose(block, code, **details)

    def to(self, block: Block, way: Exit | None) -> Target:
        """Where an exit leads; END for no exit, and for one that leads nowhere."""
        if way is None or not way.destination:
            return END
        if way.destination not in self.flow.blocks:
            self.lose(block, "broken_exit", exit=way.name)
            return END
        return self.target(way.destination)

    def onward(self, block: Block) -> Target:
        """Where a block that asks nothing leads."""
        exits = sort_exits(block)
        if len(block.exits) == 1:
            return self.to(block, block.exits[0])
        return self.decide(block, exits, exits.main or exits.failed, None, {})

    def decide(self, block: Block, exits: Exits, rest: Exit | None, own: Variable | None, known: Known) -> Target:
        """Where a block leads by its tests, with `known` answers; new branches are added."""
        ways = [Way(way.name, tree, self.to(block, way)) for way, tree in exits.tested if tree is not None]
        otherwise = self.to(block, rest)
        decision = Decision(
            self.name,
            lambda words: self.context.find(self.flow.uuid, own, words),
            lambda: self.name_node(block, *([f"{block.name or block.label}_which"] if block.kind != "case" else [])),
            own,
        )
        try:
            to = decision.decide(ways, otherwise, known)
        except TooManyError:
            self.lose(block, "too_many")
            return otherwise
        for way, tree in exits.tested:
            if tree is None or way.name in decision.undecided:
                self.lose(block, "test", what=way.test or way.name, exit=way.name)
        for variable, told_apart in decision.used:
            if told_apart.by_letter:
                self.lose(block, "exact_words")
            if told_apart.from_zero:
                self.context.from_zero.add(variable.name)
        self.nodes.update(decision.branches)
        return to

    def _keep(self) -> None:
        """Finds the nodes that come back as they were, as long as all that they lead to is still there."""
        blocks = self.flow.blocks.values()
        self.kept_names = {name: block.uuid for block in blocks if (name := as_line(kept(block.content).get("node")))}
        for uuid, (name, node) in kept_nodes(self.flow, self.name).items():
            if all(self._is_there(target) for target in targets(node)):
                self.kept[uuid] = (name, node)
        for name in self.kept_names:
            self.names.take(name)

    def _is_there(self, target: Target) -> bool:
        if target.is_return:
            return True
        if target.flow == self.name and target.node:
            return target.node in self.kept_names
        return target.flow in self.context.flow_names.values() or target.flow in taken_flows()

    def _restore(self, block: Block, name: str, ask: Ask) -> None:
        """A node as it was, with its texts as they are now."""
        node = self.kept[block.uuid][1]
        for key in used_texts(node):
            words = self.words(block, "prompt")
            drafts = frozenset(kept_drafts(self.flow, key))
            if not words or (isinstance(node, Menu) and not _fits(words, node)):
                self.lose(block, "edited")
                ask(self, block, name) if block.kind in KINDS else self.say(block, name)
                return
            self.texts[key] = replace(words, drafts=words.drafts | drafts)
        self.nodes[name] = redirect(node, self._restored)

    def _restored(self, target: Target) -> Target:
        if target.flow == self.name and target.node in self.kept_names:
            return self.target(self.kept_names[target.node])
        return target

    def _target_of(self, block: Block) -> Target:
        jump = as_line(kept(block.content).get("jump"))
        if self.is_ours and jump and self._is_there(Target(jump, "")):
            return Target(jump, "")
        if block.uuid in self.kept:
            name = self.name_node(block)
            self._waiting.append((block, name))
            return Target(self.name, name)
        if block.uuid in self.kept_names.values():
            self.lose(block, "edited")
        kind = KINDS.get(block.kind, block.kind)
        for name, _ in properties(block):
            self.lose(block, "property", name=name or "?")
        if kind not in _CONFIG:
            self.lose(block, "passed_over", type=block.type, what=self._gist(block) or "-")
            return self.onward(block)
        left = sorted(key for key, value in block.config.items() if value not in (None, "", [], {}))
        if left := [as_line(key) for key in left if _snake(key) not in _CONFIG[kind] | {"set_contact_property"}]:
            self.lose(block, "config", what=", ".join(left))
        if kind == "case":
            exits = sort_exits(block)
            return self.decide(block, exits, exits.main or exits.failed, None, {})
        if kind == "runflow":
            uuid = called_flow(block)
            if uuid not in self.context.flow_names:
                self.lose(block, "no_such_flow", what=uuid or "-")
                return self.onward(block)
            exits = sort_exits(block)
            if (self.flow.uuid, uuid) in self.context.gone_over:
                if any(way.destination for way in block.exits):
                    self.lose(block, "recursion")
                return Target(self.context.flow_names[uuid], "")
            if exits.failed and exits.failed != exits.main:
                self.lose(block, "run_error")
        name = self.name_node(block)
        self._waiting.append((block, name))
        return Target(self.name, name)

    def _gist(self, block: Block) -> str:
        """What a block that is passed over would have done, in a few words."""
        config = block.config
        told = [self._shown(pick(config, key)) for key in ("message", "value", "group_name", "group_key", "url")]
        groups = (as_object(one) for one in as_list(pick(config, "groups")))
        told += [as_line(pick(group, "group_name", "group_key")) for group in groups]
        told += [name for name, _ in properties(block)]
        return ", ".join(one for one in told if one)[:80] or ", ".join(map(as_line, config))[:80]

    def _shown(self, reference: object) -> str:
        resource = self.flow.resources.get(as_line(reference))
        return as_line(next(iter(resource.texts().values()), "")) if resource else as_line(reference)

    def _convert(self, language: str, text: str, lose: Lose) -> tuple[str, bool]:
        if "{" in text or "}" in text:
            lose("braces")
        holes = kept_holes(self.flow, self._key, language) if self._key else []
        ours, left_out = to_ours(text, kept_places(holes, self._resolve))
        for expression in left_out:
            lose("expression", what=as_line(expression))
        return ours, not left_out

    def _resolve(self, words: tuple[str, ...]) -> str | None:
        found = self.context.find(self.flow.uuid, None, words)
        return found[0].name if found and found[1] == "value" and found[0].kind not in ("many", "medium") else None


def _wishes(block: Block) -> tuple[str, ...]:
    kind = KINDS.get(block.kind, block.kind)
    return (
        block.name,
        block.label,
        {"one": "choice", "many": "choices", "text": "words", "runflow": "run"}.get(kind, kind),
    )


def _fits(words: Words, menu: Menu) -> bool:
    """Whether a menu's text still numbers its options in every language."""
    return all(set(take_apart(text).lines) == set(menu.options) for text in words.texts.values())


def _snake(key: str) -> str:
    return "".join(f"_{char.lower()}" if char.isupper() and not key.isupper() else char for char in key)
