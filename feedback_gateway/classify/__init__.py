"""Understanding a message: its language, what it is about, how urgent and how sensitive it is. Asks no network."""

from feedback_gateway.classify.language import Language, detect_language
from feedback_gateway.classify.reading import Reading, join_readings, read, warm_up

__all__ = ["Language", "Reading", "detect_language", "join_readings", "read", "warm_up"]
