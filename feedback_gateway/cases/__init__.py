"""Every verb on a case. Each verb checks the table of allowed changes and writes its own event.

The events are the audit, the timeline and the source of the metrics and clocks: nothing changes a case without one.
Verbs take the session of a unit of work and never commit.
"""

from feedback_gateway.cases.handling import (
    NEEDS_TELLING,
    TOLD_BY,
    accept,
    add_note,
    close,
    end_waiting,
    mark_told,
    record_reading,
    respond,
    reveal_phone,
    start_action,
    wait_for_person,
)
from feedback_gateway.cases.intake import add_message, open_case, set_place, set_safe_time, words_of
from feedback_gateway.cases.last_word import ask_reopening, decline_reopening, record_satisfaction, reopen
from feedback_gateway.cases.record import move, prioritise, record
from feedback_gateway.cases.referring import (
    bring_back,
    find_referral,
    hand_over,
    mark_triaged,
    note_no_owner,
    record_consent,
    refer,
    reject,
    set_concerns,
)

__all__ = [
    "NEEDS_TELLING",
    "TOLD_BY",
    "accept",
    "add_message",
    "add_note",
    "ask_reopening",
    "bring_back",
    "close",
    "decline_reopening",
    "end_waiting",
    "find_referral",
    "hand_over",
    "mark_told",
    "mark_triaged",
    "move",
    "note_no_owner",
    "open_case",
    "prioritise",
    "record",
    "record_consent",
    "record_reading",
    "record_satisfaction",
    "refer",
    "reject",
    "reopen",
    "respond",
    "reveal_phone",
    "set_concerns",
    "set_place",
    "set_safe_time",
    "start_action",
    "wait_for_person",
    "words_of",
]
