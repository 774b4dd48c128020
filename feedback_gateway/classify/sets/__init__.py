"""Texts kept apart from the making of the lexicon, to measure what is found and what is missed; see README.md."""
