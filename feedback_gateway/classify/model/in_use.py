"""The model that this process reads with: the starter that is shipped, until another one is put in its place."""

import json
import threading
from importlib import resources

from feedback_gateway.classify.model.linear import Model, unpack

STARTER = "starter"
FILES = "feedback_gateway.classify.starter"

_lock = threading.Lock()
_in_use: tuple[str, Model] | None = None


def load_starter() -> Model:
    """The shipped model, made of the lexicon and the written examples by `feedback model starter`."""
    folder = resources.files(FILES)
    return unpack((folder / "model.npz").read_bytes(), json.loads((folder / "model.json").read_text("utf-8")))


def model_in_use() -> tuple[str, Model]:
    """(its name, the model). The starter is loaded at the first call, once, whichever thread comes first."""
    global _in_use
    if _in_use is None:
        with _lock:
            if _in_use is None:
                _in_use = (STARTER, load_starter())
    return _in_use


def use_model(name: str, model: Model | None) -> None:
    """From now on this process reads with this model; None: with the starter. Readings under way are not disturbed."""
    global _in_use
    _in_use = (name, model) if model is not None else None
