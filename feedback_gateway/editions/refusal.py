"""Why a change of the flows is refused."""

from collections.abc import Mapping, Sequence

from flows.check import Problem


class RefusedError(Exception):
    """The change cannot be. `code` names why, for the console to put into words; `problems` are the check's."""

    def __init__(self, code: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.problems = tuple(problems)


class ChangedMeanwhileError(Exception):
    """Somebody else has changed the same thing since the page was opened; nothing was saved.

    `theirs` is how it is now: by `""` for a flow's source, by (language, key) for texts.
    """

    def __init__(self, theirs: Mapping[tuple[str, str], str]) -> None:
        super().__init__("changed meanwhile")
        self.theirs = dict(theirs)
