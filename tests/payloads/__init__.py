"""Bodies as they stand on the wire: `<provider>/<name>.txt` is one posted form, `.json` one answer of the provider."""

from pathlib import Path
from urllib.parse import parse_qsl


def read_body(provider: str, name: str) -> str:
    """The body, as posted."""
    return (Path(__file__).parent / provider / f"{name}.txt").read_text(encoding="utf-8").rstrip("\n")


def read_form(provider: str, name: str) -> dict[str, str]:
    """The form that a web framework makes of the body."""
    return dict(parse_qsl(read_body(provider, name), keep_blank_values=True))


def read_answer(provider: str, name: str) -> str:
    """An answer of the provider to a send."""
    return (Path(__file__).parent / provider / f"{name}.json").read_text(encoding="utf-8")
