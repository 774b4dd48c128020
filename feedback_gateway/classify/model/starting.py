"""The model that is shipped: what the makers know, and no message of anybody."""

from dataclasses import replace
from typing import Any

from feedback_gateway.classify.model.linear import pack, unpack
from feedback_gateway.classify.model.making import make
from feedback_gateway.classify.model.measuring import measure
from feedback_gateway.classify.model.seeds import calibration_documents, seed_documents


def make_starter(facts: dict[str, Any]) -> tuple[bytes, dict[str, Any]]:
    """(npz, JSON) of the starter, with its own report in `facts`. The same sources give the same model."""
    model = make(seed_documents(), aside=calibration_documents())
    # Measured as it will be read: with the weights at half precision.
    return pack(replace(model, facts={**facts, "report": measure(unpack(*pack(model)))}))
