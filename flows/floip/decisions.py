"""Which exit is taken: a list of tests becomes branches on variables, as many as are needed."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from flows.definition import Branch, Target, targets
from flows.floip.evaluation import truth
from flows.floip.expressions import UNKNOWN, Channel, Choice, Chosen, Expression, Value, literals, paths
from flows.floip.variables import MEDIUM, Domain, Variable, domain

MOST_BRANCHES = 12
MOST_CASES = 40
MOST_STEPS = 5_000

_UNNAMED = "(not named yet)"

Known = Mapping[str, Value]
"""The variables whose values are known on the way that is being looked at, by our name."""

Find = Callable[[tuple[str, ...]], tuple[Variable, str] | None]
"""The variable that a path is about, and which side of it: its `value`, `index` or `number`."""


@dataclass(frozen=True)
class Way:
    """An exit with its test, and where it leads."""

    exit: str
    test: Expression
    to: Target


class TooManyError(Exception):
    """The tests have too many different results to be written as branches that a person can read."""


@dataclass
class Decision:
    """Makes the branches of one block. `name_node` gives each its name, the first one first; `answered` has a value
    for certain.

    `branches` are those that were made, `undecided` the tests (by exit) that cannot be decided and are not taken,
    `used` what is told apart.
    """

    flow: str
    find: Find
    name_node: Callable[[], str]
    answered: Variable | None = None
    branches: dict[str, Branch] = field(default_factory=dict)
    undecided: dict[str, Expression] = field(default_factory=dict)
    used: list[tuple[Variable, Domain]] = field(default_factory=list)
    _made: list[Branch] = field(default_factory=list)
    _steps: int = 0

    def decide(self, ways: Sequence[Way], rest: Target, known: Known) -> Target:
        """Where the first way whose test holds leads, else `rest`: at once, or by way of new branches.

        Raises TooManyError.
        """
        return self._name(self._decide(ways, rest, known))

    def _decide(self, ways: Sequence[Way], rest: Target, known: Known) -> Target:
        self._steps += 1
        if self._steps > MOST_STEPS:
            raise TooManyError
        for place, way in enumerate(ways):
            holds = truth(way.test, lambda words: self._look(words, known))
            if holds:
                return way.to
            if holds is None and (asked := self._next_variable(way.test, known)):
                return self._branch(asked, ways[place:], rest, known)
            if holds is None:
                self.undecided[way.exit] = way.test
        return rest

    def _look(self, words: tuple[str, ...], known: Known) -> Value:
        found = self.find(words)
        if found is None:
            return None if words[0] == "block" else UNKNOWN  # a block that asks nothing has no value
        variable, side = found
        if variable.kind == "many":
            return Chosen(tuple((one, _is_so(known.get(variable.each[one.name]))) for one in variable.choices))
        value = known.get(variable.name, Channel() if variable == MEDIUM else UNKNOWN)
        if isinstance(value, Choice) and side in ("index", "number"):
            return float(value.number - (side == "index"))
        return value

    def _next_variable(self, test: Expression, known: Known) -> Variable | None:
        """One that the test asks for and whose value would help; the medium last, which seldom matters."""
        found = [variable for path in paths(test) if (variable := (self.find(path.words) or (None,))[0])]
        asked = [one for variable in found for one in _parts(variable, test) if one.name not in known]
        return min(asked, key=lambda one: one == MEDIUM, default=None)

    def _branch(self, variable: Variable, ways: Sequence[Way], rest: Target, known: Known) -> Target:
        told_apart = domain(variable, [way.test for way in ways])
        if told_apart is None:
            raise TooManyError
        default = self._decide(ways, rest, {**known, variable.name: told_apart.rest})
        cases = {
            key: to
            for key, value in told_apart.values
            if not (value is None and variable == self.answered)
            and (to := self._decide(ways, rest, {**known, variable.name: value})) != default
        }
        if not cases:
            return default
        if len(cases) > MOST_CASES or len(self._made) >= MOST_BRANCHES:
            raise TooManyError
        self.used.append((variable, told_apart))
        branch = Branch(variable.name, cases, default)
        if branch not in self._made:
            self._made.append(branch)
        return Target(_UNNAMED, str(self._made.index(branch)))

    def _name(self, to: Target) -> Target:
        """Gives the branches that are still needed their names, in the order that one comes to them."""
        named: dict[Target, str] = {}
        waiting = deque([to])
        while waiting:
            at = waiting.popleft()
            if at.flow == _UNNAMED and at not in named:
                named[at] = self.name_node()
                waiting.extend(targets(self._made[int(at.node)]))

        def final(target: Target) -> Target:
            return Target(self.flow, named[target]) if target in named else target

        for at, name in named.items():
            branch = self._made[int(at.node)]
            cases = {key: final(target) for key, target in branch.cases.items()}
            self.branches[name] = Branch(branch.on, cases, final(branch.otherwise))
        return final(to)


def _parts(variable: Variable, test: Expression) -> Iterable[Variable]:
    """The variable; of several answers the ones that the test names."""
    if variable.kind != "many":
        return [variable]
    named = [str(value) for value in literals(test) if value is not None]
    asked = [choice for choice in variable.choices if any(choice.equals(_plain(name)) for name in named)]
    return [Variable(variable.each[choice.name], "answer") for choice in asked]


def _plain(name: str) -> str:
    return name.removesuffix(".0")


def _is_so(value: Value) -> Value:
    return value if isinstance(value, bool) else UNKNOWN
