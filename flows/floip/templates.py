"""The places to fill in of a text: FLOIP's `@(flow.name.value)` and our `{name}`."""

import re
from collections.abc import Callable

from flows.floip.expressions import Call, Expression, Path, read

Resolve = Callable[[tuple[str, ...]], str | None]
"""Gives our variable for a path; None when there is none."""

_ROOTS = frozenset(
    {"block", "channel", "child", "childflowcontext", "contact", "date", "event", "flow", "parent", "parentflowcontext"}
    | {"results", "run", "session", "urns", "globals", "fields", "input", "step", "trigger", "legacy_extra"}
)
"""What a path begins with that stands in a text without brackets; `@bar.com` is an address."""

_SAME = frozenset({"proper", "upper", "lower", "clean", "trim", "text", "fixed"})
_PLAIN = re.compile(r"@@|@\(|@(?P<path>[A-Za-z_]\w*(?:\.\w+)*)")


def to_ours(text: str, resolve: Resolve) -> tuple[str, list[str]]:
    """The text with our variables, and the expressions that had to be left out. Braces become round brackets."""
    text = text.replace("{", "(").replace("}", ")")
    out, left_out, at = [], list[str](), 0
    while found := _PLAIN.search(text, at):
        out.append(text[at : found.start()])
        at = found.end()
        if found[0] == "@@":
            out.append("@")
            continue
        if found["path"]:
            written, tree = found[0], read(found["path"])
        else:
            at = _closing(text, found.end() - 1)
            written, tree = text[found.start() : at], read(text[found.end() - 1 : at])
        name = _variable(tree, resolve)
        if name:
            out.append(f"{{{name}}}")
        elif found["path"] and found["path"].lower().split(".")[0] not in _ROOTS:
            if text[at : at + 1] == "(":  # a function: @PROPER(contact.name)
                closed = _closing(text, at)
                name = _variable(read(text[found.start("path") : closed]), resolve)
                out.append(f"{{{name}}}" if name else "")
                left_out += [] if name else [text[found.start() : closed]]
                at = closed
            else:
                out.append(written)
        else:
            left_out.append(written)
    out.append(text[at:])
    ours = "".join(out)
    return (re.sub(r"[ \t]{2,}", " ", ours).strip() if left_out else ours), left_out


def drop(text: str, names: frozenset[str]) -> str:
    """Our text without these variables."""
    without = re.sub(r"\{([a-z_]+)[^}]*\}", lambda hole: "" if hole[1] in names else hole[0], text)
    return re.sub(r"[ \t]{2,}", " ", without).strip()


def to_floip(text: str) -> tuple[str, list[str]]:
    """Our text in FLOIP's form, every variable as a contact property, and the holes that it had, in their order."""
    holes = re.findall(r"\{[^}]*\}", text)
    return re.sub(r"@|\{([a-z_]+)[^}]*\}", lambda part: f"@(contact.{part[1]})" if part[1] else "@@", text), holes


def kept_places(holes: list[str], resolve: Resolve) -> Resolve:
    """Gives the contact properties of a text that to_floip wrote the holes that it had, and asks `resolve` for others.

    Of a variable with several holes each comes back in its turn, wherever somebody has moved it since.
    """
    by_name: dict[str, list[str]] = {}
    for hole in holes:
        inner = hole[1:-1]
        by_name.setdefault(re.split(r"[^a-z_]", inner)[0], []).append(inner)

    def find(words: tuple[str, ...]) -> str | None:
        kept = by_name.get(words[-1], []) if words[0] == "contact" and len(words) == 2 else []
        return (kept.pop(0) if len(kept) > 1 else kept[0]) if kept else resolve(words)

    return find


def _variable(tree: Expression | None, resolve: Resolve) -> str | None:
    if isinstance(tree, Call) and tree.name in _SAME and tree.arguments:
        return _variable(tree.arguments[0], resolve)
    return resolve(tree.words) if isinstance(tree, Path) else None


def _closing(text: str, opening: int) -> int:
    """Where the bracket that opens at `opening` is closed; the end when it is not."""
    depth = 0
    for at in range(opening, len(text)):
        depth += (text[at] == "(") - (text[at] == ")")
        if depth == 0:
            return at + 1
    return len(text)
