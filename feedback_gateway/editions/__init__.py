"""Editions: what administrators change in the flows and texts that are shipped, and which state of it is in force."""

from feedback_gateway.editions.books import (
    book,
    book_in_force,
    current,
    draft_book,
    forget_books,
    newest_number,
    overlay_of,
)
from feedback_gateway.editions.checked import Checked, check_overlay
from feedback_gateway.editions.content import (
    Difference,
    fingerprint,
    flow_names,
    shipped_sources,
    source_of,
    wording_of,
)
from feedback_gateway.editions.record import History, history
from feedback_gateway.editions.refusal import ChangedMeanwhileError, RefusedError
from feedback_gateway.editions.verbs import (
    Draft,
    TextChange,
    discard,
    draft,
    import_flows,
    mark_of,
    publish,
    restore,
    save_flow,
    save_texts,
    tidy_source,
    tidy_words,
)

__all__ = [
    "ChangedMeanwhileError",
    "Checked",
    "Difference",
    "Draft",
    "History",
    "RefusedError",
    "TextChange",
    "book",
    "book_in_force",
    "check_overlay",
    "current",
    "discard",
    "draft",
    "draft_book",
    "fingerprint",
    "flow_names",
    "forget_books",
    "history",
    "import_flows",
    "mark_of",
    "newest_number",
    "overlay_of",
    "publish",
    "restore",
    "save_flow",
    "save_texts",
    "shipped_sources",
    "source_of",
    "tidy_source",
    "tidy_words",
    "wording_of",
]
