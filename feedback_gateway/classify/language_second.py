"""langdetect on the same counts, as a second opinion: its profiles, its factory and its own detector, seeded."""

import json

from langdetect.detector_factory import DetectorFactory
from langdetect.lang_detect_exception import LangDetectException

from feedback_gateway.classify.profile_tables import Tables

_LONGEST = 3  # langdetect reads n-grams of up to three characters, none with a space inside


class SecondOpinion:
    """langdetect with our languages only. Immutable after it is made; the same text always gives the same answer."""

    def __init__(self, tables: Tables) -> None:
        # A factory of our own: langdetect's global one is announced to other threads before its profiles are loaded.
        self._factory = DetectorFactory()
        self._factory.seed = 0
        self._factory.load_json_profile(make_profiles(tables))

    def ask(self, folded: str) -> str | None:
        """What langdetect says of a folded text; None when it says nothing. Never raises."""
        try:
            detector = self._factory.create()
            detector.append(folded)
            found: str = detector.detect()
        except LangDetectException:
            return None
        return found if found != detector.UNKNOWN_LANG else None


def make_profiles(tables: Tables) -> list[str]:
    """A profile in langdetect's JSON format for each of our languages, from the counts of the tables."""
    short = [
        (row, gram)
        for row, gram in enumerate(tables.grams)
        if len(gram) <= _LONGEST and gram.strip() and " " not in gram[1:-1]
    ]
    profiles = []
    for column, code in enumerate(tables.codes):
        freq = {gram: int(count) for row, gram in short if (count := tables.counts[row, column])}
        totals = [sum(count for gram, count in freq.items() if len(gram) == length) for length in (1, 2, 3)]
        profiles.append(json.dumps({"name": code, "freq": freq, "n_words": totals}))
    return profiles
