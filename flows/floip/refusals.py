"""Why a file is not imported at all, each told in one plain sentence."""

from collections.abc import Mapping

from flows.errors import BookError

SENTENCES: Mapping[str, str] = {
    "json": "the file is not JSON: line {line}, character {column}",
    "number": "the file is not JSON that can be read: a number has too many digits",
    "deep": "the file is nested too deep",
    "no_container": "the file is not a FLOIP container: a container has flows",
    "rapidpro": "this is a RapidPro export, not a FLOIP container",
    "no_flow": "the container holds no flow with blocks",
    "flows": "the container has {count} flows; at most {most} can be imported at a time",
    "blocks": "the container has more than {most} blocks; import its flows in parts",
    "choices": "the container has more than {most} choices; import its flows in parts",
    "block_choices": "the block {block} has {count} choices; at most {most} can be imported",
    "block_exits": "the block {block} has {count} exits; at most {most} can be imported",
}
"""What is said of each refusal, by code, in English; `details` fills the braces."""


class FloipError(BookError):
    """The file is not imported. `code` is a key of SENTENCES and `details` what its sentence needs; the message is the
    sentence."""

    def __init__(self, code: str, **details: str) -> None:
        super().__init__(SENTENCES[code].format_map(details))
        self.code = code
        self.details = details
