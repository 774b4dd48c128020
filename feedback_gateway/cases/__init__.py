"""Every verb on a case. Each verb checks the table of allowed changes and writes its own event.

The events are the audit, the timeline and the source of the metrics and clocks: nothing changes a case without one.
Verbs take the session of a unit of work and never commit.
"""

from feedback_gateway.cases.belonging import (
    join_issue,
    keep_apart,
    leave_issue,
    may_join,
    may_stand_open,
    was_in_issue,
)
from feedback_gateway.cases.calling import (
    ask_for_call,
    end_callback,
    find_callback,
    list_for_call,
    list_if_wanted,
)
from feedback_gateway.cases.handling import (
    NEEDS_TELLING,
    TOLD_BY,
    accept,
    add_note,
    close,
    mark_told,
    record_reading,
    respond,
    reveal_phone,
    start_action,
    wait_for_person,
)
from feedback_gateway.cases.intake import (
    add_message,
    draw_reference,
    open_case,
    set_place,
    set_safe_time,
    words_of,
)
from feedback_gateway.cases.last_word import (
    ask_reopening,
    decline_reopening,
    is_question_open,
    may_decide,
    note_shown,
    open_question,
    record_satisfaction,
    reopen,
)
from feedback_gateway.cases.record import move, prioritise, record
from feedback_gateway.cases.referring import (
    bring_back,
    find_referral,
    hand_over,
    mark_triaged,
    note_no_owner,
    pass_up,
    record_consent,
    refer,
    reject,
    set_concerns,
)
from feedback_gateway.cases.variables import variables_of
from feedback_gateway.cases.waiting import end_waiting
from feedback_gateway.cases.wishes import record_wishes

__all__ = [
    "NEEDS_TELLING",
    "TOLD_BY",
    "accept",
    "add_message",
    "add_note",
    "ask_for_call",
    "ask_reopening",
    "bring_back",
    "close",
    "decline_reopening",
    "draw_reference",
    "end_callback",
    "end_waiting",
    "find_callback",
    "find_referral",
    "hand_over",
    "is_question_open",
    "join_issue",
    "keep_apart",
    "leave_issue",
    "list_for_call",
    "list_if_wanted",
    "mark_told",
    "mark_triaged",
    "may_decide",
    "may_join",
    "may_stand_open",
    "move",
    "note_no_owner",
    "note_shown",
    "open_case",
    "open_question",
    "pass_up",
    "prioritise",
    "record",
    "record_consent",
    "record_reading",
    "record_satisfaction",
    "record_wishes",
    "refer",
    "reject",
    "reopen",
    "respond",
    "reveal_phone",
    "set_concerns",
    "set_place",
    "set_safe_time",
    "start_action",
    "variables_of",
    "wait_for_person",
    "was_in_issue",
    "words_of",
]
