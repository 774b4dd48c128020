"""Which change of state is allowed: one table, tested exhaustively. A new state is one line here."""

from models.words import CaseState as S

ALLOWED: dict[S, frozenset[S]] = {
    S.RECEIVED: frozenset({S.ACKNOWLEDGED}),
    S.ACKNOWLEDGED: frozenset({S.TRIAGED, S.CLOSED}),
    S.TRIAGED: frozenset({S.REFERRED, S.CLOSED}),
    S.REFERRED: frozenset({S.REFERRED, S.ACCEPTED, S.REJECTED, S.UNRESPONDED, S.CLOSED}),
    S.ACCEPTED: frozenset({S.REFERRED, S.REJECTED, S.IN_ACTION, S.AGENCY_RESPONDED, S.UNRESPONDED, S.CLOSED}),
    S.REJECTED: frozenset({S.TRIAGED, S.REFERRED, S.ACCEPTED, S.CLOSED}),
    S.IN_ACTION: frozenset({S.REFERRED, S.REJECTED, S.AGENCY_RESPONDED, S.UNRESPONDED, S.CLOSED}),
    S.UNRESPONDED: frozenset({S.REFERRED, S.ACCEPTED, S.REJECTED, S.CLOSED}),
    S.AGENCY_RESPONDED: frozenset({S.AGENCY_RESPONDED, S.PERSON_INFORMED, S.IN_ACTION, S.CLOSED}),
    S.PERSON_INFORMED: frozenset({S.AGENCY_RESPONDED, S.IN_ACTION, S.CLOSED}),
    S.CLOSED: frozenset({S.REOPENED}),
    S.REOPENED: frozenset(
        {S.REFERRED, S.ACCEPTED, S.REJECTED, S.UNRESPONDED, S.IN_ACTION, S.AGENCY_RESPONDED, S.CLOSED}
    ),
}

OPEN = frozenset(S) - {S.CLOSED}
"""The states in which somebody still owes the person something."""


class NotAllowedError(Exception):
    """A verb does not fit the state of the case. `code` names why, for the console to put into words."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check_change(before: S, after: S) -> None:
    """Raises NotAllowedError unless a case may go from `before` to `after`."""
    if after not in ALLOWED[before]:
        raise NotAllowedError(f"{before}->{after}")
