"""How an exception may be written to a log: its class and where, never its text, which may hold a person's words."""

import traceback
from pathlib import Path


def describe(error: BaseException) -> str:
    """For example `KeyError at receive.py:120 < app.py:40`."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    where = " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(error).__name__} at {where or 'unknown'}"
