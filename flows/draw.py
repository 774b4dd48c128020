"""A flow as a picture: an SVG of its nodes, from the start to the right, with the French words of each screen."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from xml.sax.saxutils import escape, quoteattr

from flows.book import HOME, Book
from flows.definition import Action, Ask, Branch, Call, Flow, Menu, Node, Say, Target, targets
from flows.texts import FALLBACK, take_apart

COLOURS: Mapping[str, tuple[str, str]] = {
    "menu": ("#dbeafe", "#1d4ed8"),
    "ask": ("#dcfce7", "#15803d"),
    "say": ("#f3f4f6", "#374151"),
    "branch": ("#fef9c3", "#a16207"),
    "action": ("#ffedd5", "#c2410c"),
    "call": ("#f3e8ff", "#7e22ce"),
    "flow": ("#ffffff", "#6b7280"),
    "return": ("#faf5ff", "#a855f7"),
}
"""Fill and line of each kind of node; `flow` is a door to another flow, `return` the way back to whoever called."""

CALLS = "appelle"
"""What is written on the arrow to a flow that comes back."""

CHARACTERS, LABEL_CHARACTERS = 34, 18
WIDTH, LINE, PAD, HEAD = 250, 16, 10, 36
GAP_X, GAP_Y, MARGIN, LANE = 140, 28, 24, 12


@dataclass(frozen=True)
class _Box:
    target: Target
    kind: str
    lines: tuple[str, ...]

    @property
    def height(self) -> int:
        """In pixels: the head and the lines."""
        return HEAD - 6 + LINE * len(self.lines)


Edge = tuple[Target, Target, str]
_Place = tuple[int, int, _Box]


def draw(book: Book, flow: str | None = None) -> str:
    """The SVG of one flow, its doors to other flows as white boxes; without a name, of how the flows lead on.

    Raises KeyError for a flow that does not exist.
    """
    if flow is None:
        return _svg("Les parcours", *_whole(book))
    chosen = book.flows[flow]
    return _svg(f"{flow}, version {chosen.version}", *_one(book, chosen))


def _one(book: Book, flow: Flow) -> tuple[list[_Box], list[Edge]]:
    boxes = {Target(flow.name, name): _box(book, Target(flow.name, name), node) for name, node in flow.nodes.items()}
    edges: list[Edge] = []
    for name, node in flow.nodes.items():
        for to, label in _ways(node):
            end = to if to.flow == flow.name or to.is_return else Target(to.flow, "")
            boxes.setdefault(end, _Box(end, "return" if to.is_return else "flow", ()))
            edges.append((Target(flow.name, name), end, label))
    return _ordered(boxes, flow.start, edges), edges


def _whole(book: Book) -> tuple[list[_Box], list[Edge]]:
    boxes = {
        Target(name, ""): _Box(Target(name, ""), "flow", tuple(wrap(flow.about, CHARACTERS)))
        for name, flow in book.flows.items()
    }
    edges = {
        (Target(flow.name, ""), Target(to.flow, ""), CALLS if isinstance(node, Call) and to == node.flow else "")
        for flow in book.flows.values()
        for node in flow.nodes.values()
        for to in targets(node)
        if to.flow != flow.name and not to.is_return
    }
    ordered = sorted(edges, key=str)
    return _ordered(boxes, Target(HOME, ""), ordered), ordered


def _box(book: Book, at: Target, node: Node) -> _Box:
    match node:
        case Menu(text=key):
            screen = take_apart(book.texts.get(FALLBACK, key).words)
            return _Box(at, "menu", _wrap(screen.title, *screen.lines.values()))
        case Ask(text=key, save=save):
            return _Box(at, "ask", _wrap(book.texts.get(FALLBACK, key).words, f"= {save}"))
        case Say(text=key):
            return _Box(at, "say", _wrap(book.texts.get(FALLBACK, key).words))
        case Branch(on=on):
            return _Box(at, "branch", _wrap(f"{on} ?"))
        case Action(name=name):
            return _Box(at, "action", _wrap(name))
        case Call(flow=flow):
            return _Box(at, "call", _wrap(flow.flow))


def _ways(node: Node) -> Iterator[tuple[Target, str]]:
    """Where a node leads, and what is written on the arrow."""
    match node:
        case Menu(options=options, otherwise=otherwise):
            yield from ((option.then, key) for key, option in options.items())
            if otherwise:
                yield otherwise, "sinon"
        case Ask(then=then, skip=skip, otherwise=otherwise, late=late):
            yield then, ""
            labelled = ((skip, "0"), (otherwise, "sinon"), (late, "peu de temps"))
            yield from ((to, label) for to, label in labelled if to)
        case Branch(cases=cases, otherwise=otherwise):
            yield from ((to, value) for value, to in cases.items())
            yield otherwise, "sinon"
        case Action(then=then):
            yield then, ""
        case Call(flow=flow, then=then):
            yield flow, CALLS
            yield then, "au retour"
        case Say(then=then):
            if then:
                yield then, ""


def _wrap(*texts: str) -> tuple[str, ...]:
    return tuple(line for text in texts for part in text.splitlines() for line in wrap(part, CHARACTERS) or [""])


def _ordered(boxes: Mapping[Target, _Box], start: Target, edges: Sequence[Edge]) -> list[_Box]:
    """The boxes from the start on, each before those it leads to unless that is a way back (reverse postorder)."""
    after = _after(edges)
    done, seen = list[Target](), {start}
    # A chain may be longer than Python's stack: each step is a box and what is still to be visited from it.
    way = [(start, reversed(after.get(start, [])))]
    while way:
        at, ahead = way[-1]
        to = next((one for one in ahead if one not in seen), None)
        if to is None:
            done.append(at)
            way.pop()
        else:
            seen.add(to)
            way.append((to, reversed(after.get(to, []))))
    return [boxes[at] for at in [*reversed(done), *(at for at in boxes if at not in seen)]]


def _after(edges: Sequence[Edge]) -> Mapping[Target, Sequence[Target]]:
    """Where each box leads, in the order of the edges."""
    after: dict[Target, list[Target]] = {}
    for begin, to, _ in edges:
        after.setdefault(begin, []).append(to)
    return after


def _columns(boxes: Sequence[_Box], edges: Sequence[Edge]) -> list[list[_Box]]:
    """Each box to the right of everything that leads to it, but for ways back: those against the order of the boxes."""
    rank = {box.target: at for at, box in enumerate(boxes)}
    depth = dict.fromkeys(rank, 0)
    after = _after(edges)
    for at in rank:
        for to in after.get(at, []):
            if rank[to] > rank[at]:
                depth[to] = max(depth[to], depth[at] + 1)
    columns: list[list[_Box]] = [[] for _ in range(max(depth.values()) + 1)]
    for box in boxes:
        columns[depth[box.target]].append(box)
    return columns


def _svg(title: str, boxes: Sequence[_Box], edges: Sequence[Edge]) -> str:
    columns = _columns(boxes, edges)
    tall = [sum(box.height + GAP_Y for box in column) for column in columns]
    top = MARGIN + HEAD
    places: dict[Target, _Place] = {}
    for at, column in enumerate(columns):
        y = top + (max(tall) - tall[at]) // 2
        for box in column:
            places[box.target] = (MARGIN + at * (WIDTH + GAP_X), y, box)
            y += box.height + GAP_Y
    width = 2 * MARGIN + len(columns) * (WIDTH + GAP_X) - GAP_X // 2  # ways round bend out into half a gap
    bottom = top + max(tall)
    arrows = _arrows(places, _joined(edges), bottom)
    height = bottom + LANE * sum(is_round for _, is_round in arrows) + MARGIN
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"',
            'role="img" font-family="sans-serif" font-size="12">',
            f"<title>{escape(title)}</title>",
            '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8"',
            'orient="auto"><path d="M0 0L8 4L0 8z" fill="#6b7280"/></marker></defs>',
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            f'<text x="{MARGIN}" y="{MARGIN + 6}" font-size="16" font-weight="bold">{escape(title)}</text>',
            *(arrow for arrow, _ in arrows),
            *(_draw_box(x, y, box) for x, y, box in places.values()),
            "</svg>",
        ]
    )


def _joined(edges: Sequence[Edge]) -> dict[tuple[Target, Target], str]:
    """One arrow between two boxes, however many ways there are."""
    labels: dict[tuple[Target, Target], list[str]] = {}
    for begin, to, label in edges:
        labels.setdefault((begin, to), []).append(label)
    return {ends: ", ".join(label for label in found if label) for ends, found in labels.items()}


def _arrows(
    places: Mapping[Target, _Place], joined: Mapping[tuple[Target, Target], str], bottom: int
) -> list[tuple[str, bool]]:
    """The arrows, and whether each goes round: below all boxes in a lane of its own, to pass behind none of them."""
    drawn = list[tuple[str, bool]]()
    lanes = 0
    for (begin, to), label in joined.items():
        (x1, y1, box), (x2, y2, other) = places[begin], places[to]
        start, end = (x1 + WIDTH, y1 + box.height // 2), (x2, y2 + other.height // 2)
        is_round = x2 - x1 != WIDTH + GAP_X
        if is_round:
            bend = 16 + 6 * (lanes % 8)
            lane = bottom + LANE * lanes
            way = f"H{start[0] + bend}V{lane}H{max(8, x2 - bend)}V{end[1]}H{end[0]}"
            lanes += 1
        else:
            middle = start[0] + GAP_X // 2
            way = f"C{middle} {start[1]} {middle} {end[1]} {end[0]} {end[1]}"
        line = f'<path d="M{start[0]} {start[1]}{way}" fill="none" stroke="#6b7280" stroke-linejoin="round" '
        drawn.append(("\n".join([f'{line}marker-end="url(#tip)"/>', *_label(label, end)]), is_round))
    return drawn


def _label(label: str, end: tuple[int, int]) -> list[str]:
    """What is written on an arrow, before its tip."""
    rows = wrap(label, LABEL_CHARACTERS)
    foot = end[1] + 4 - LINE * (len(rows) - 1) // 2
    return [
        f'<text x="{end[0] - 14}" y="{foot + LINE * at}" text-anchor="end" paint-order="stroke" stroke="#ffffff" '
        f'stroke-width="4">{escape(row)}</text>'
        for at, row in enumerate(rows)
    ]


def _draw_box(x: int, y: int, box: _Box) -> str:
    fill, stroke = COLOURS[box.kind]
    name = box.target.node or box.target.flow
    head = box.kind if box.kind == "return" else f"{box.kind} · {name}"
    rows = [
        f'<text x="{x + PAD}" y="{y + HEAD + LINE * at}">{escape(line)}</text>' for at, line in enumerate(box.lines)
    ]
    return "\n".join(
        [
            f"<g data-node={quoteattr(str(box.target))}>",
            f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{box.height}" rx="6" fill="{fill}" stroke="{stroke}"/>',
            f'<text x="{x + PAD}" y="{y + 19}" font-weight="bold" fill="{stroke}">{escape(head)}</text>',
            *rows,
            "</g>",
        ]
    )
