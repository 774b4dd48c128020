"""The one error of flow files."""


class BookError(ValueError):
    """A flow, text or keyword file is wrong. The message names the file, the node and the language it is about."""
