"""Issues ("problèmes communs"): many complaints on one thing become one problem, with one owner and one answer to all.

Only complaints that all of an agency's readers may see ever become part of one. Each case stays a case, with its own
reference, clocks and history; what is done to all of them is done by the same verbs as to one.
"""

from feedback_gateway.issues.answering import (
    MOST_LETTERS,
    check_texts,
    give_answer,
    list_answers,
    list_failures,
    order_answer,
)
from feedback_gateway.issues.gathering import (
    MOST,
    Crowd,
    add_cases,
    candidates,
    crowds,
    issues_for,
    joinable,
    open_issue,
    pick,
    remove_case,
    welcome,
)
from feedback_gateway.issues.keeping import change_issue, list_changes, mark_solved, take_up
from feedback_gateway.issues.owning import give_to_owner, owners_of, set_owner
from feedback_gateway.issues.planning import Plan, Share, languages_of, plan_answer
from feedback_gateway.issues.sight import Numbers, find_issue, list_issues, may_work, members, numbers_of

__all__ = [
    "MOST",
    "MOST_LETTERS",
    "Crowd",
    "Numbers",
    "Plan",
    "Share",
    "add_cases",
    "candidates",
    "change_issue",
    "check_texts",
    "crowds",
    "find_issue",
    "give_answer",
    "give_to_owner",
    "issues_for",
    "joinable",
    "languages_of",
    "list_answers",
    "list_changes",
    "list_failures",
    "list_issues",
    "mark_solved",
    "may_work",
    "members",
    "numbers_of",
    "open_issue",
    "order_answer",
    "owners_of",
    "pick",
    "plan_answer",
    "remove_case",
    "set_owner",
    "take_up",
    "welcome",
]
