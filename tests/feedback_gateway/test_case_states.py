"""The table of allowed changes, exhaustively: every pair of states is either in it or refused."""

from itertools import product

import pytest

from feedback_gateway.case_states import ALLOWED, NotAllowedError, check_change
from models.words import CaseState


@pytest.mark.parametrize(("before", "after"), list(product(CaseState, CaseState)))
def test_a_change_is_allowed_only_if_the_table_says_so(before: CaseState, after: CaseState) -> None:
    if after in ALLOWED[before]:
        check_change(before, after)
    else:
        with pytest.raises(NotAllowedError):
            check_change(before, after)


def test_every_state_has_a_line() -> None:
    assert set(ALLOWED) == set(CaseState)


def test_every_state_can_be_reached_from_the_first() -> None:
    reached, waiting = set(), [CaseState.RECEIVED]
    while waiting:
        state = waiting.pop()
        if state not in reached:
            reached.add(state)
            waiting.extend(ALLOWED[state])
    assert reached == set(CaseState)


def test_from_every_state_a_case_can_still_be_closed() -> None:
    def closable(state: CaseState, seen: frozenset[CaseState]) -> bool:
        return CaseState.CLOSED in ALLOWED[state] or any(
            closable(after, seen | {state}) for after in ALLOWED[state] - seen
        )

    assert all(closable(state, frozenset()) for state in CaseState)


def test_only_a_reopening_leads_out_of_closed() -> None:
    assert ALLOWED[CaseState.CLOSED] == {CaseState.REOPENED}
