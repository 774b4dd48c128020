"""Cases that may belong together: the same person again, or the same problem at the same place.

A machine only suggests; a person decides, and may take it back.
"""

from feedback_gateway.alike.finding import MOST_SUGGESTIONS, may_meet, remember, same_phone, suggest, suggestions
from feedback_gateway.alike.linking import close_as_duplicate, decide, duplicates_of, find_by_reference
from feedback_gateway.alike.passing_on import pass_answer_on, pass_message, untold_duplicates

__all__ = [
    "MOST_SUGGESTIONS",
    "close_as_duplicate",
    "decide",
    "duplicates_of",
    "find_by_reference",
    "may_meet",
    "pass_answer_on",
    "pass_message",
    "remember",
    "same_phone",
    "suggest",
    "suggestions",
    "untold_duplicates",
]
