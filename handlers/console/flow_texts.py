"""The form of a flow's texts: one field a language and key, with a mark of what it had shown."""

from werkzeug.datastructures import MultiDict

from feedback_gateway import editions
from feedback_gateway.editions import TextChange
from flows.overlay import Wording


def read_changes(form: MultiDict[str, str]) -> list[TextChange]:
    """The texts of the form that somebody has touched."""
    changes = []
    for field, typed in form.items():
        kind, _colon, rest = field.partition(":")
        language, _colon, key = rest.partition(":")
        if kind == "words":
            words = editions.tidy_words(typed)
            wording = Wording(words, draft=bool(words) and f"draft:{rest}" in form)
            change = TextChange(language, key, wording, form.get(f"seen:{rest}", ""))
            if editions.mark_of(wording) != change.seen:
                changes.append(change)
    return changes
