"""A change that makes no sense, as a code that whoever shows it puts into words."""


class RefusedError(Exception):
    """The change makes no sense. `code` names why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
