"""FEEDBACK_HOME: the directory of one installation, and the secrets that are generated once for it."""

import os
import secrets
import tempfile
from pathlib import Path

from cryptography.fernet import Fernet

from feedback_gateway.settings import SECRETS_FILE

_HEAD = """\
# Generated once. Keep a copy in a safe place: without FEEDBACK_KEYS nobody can read the numbers and texts in the
# database again, without FEEDBACK_LOOKUP_KEY no phone is recognised. The environment stands above this file.
"""


def init(home: Path) -> bool:
    """Makes the home (mode 700) and its secrets (secrets.env, mode 600). False when the secrets were there already.

    Never overwrites: of two that come at the same moment one creates the file, whole, and the other leaves it.
    A home that exists keeps its mode. Raises OSError when the place cannot be written.
    """
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = home / SECRETS_FILE
    if path.exists():
        return False
    lines = "".join(f"{name}={value}\n" for name, value in _generate().items())
    with tempfile.NamedTemporaryFile("w", dir=home, prefix=".secrets-") as draft:  # made with mode 600
        draft.write(_HEAD + lines)
        draft.flush()
        os.fsync(draft.fileno())
        try:
            os.link(draft.name, path)  # unlike rename, it fails when the name is taken
        except FileExistsError:
            return False
    return True


def _generate() -> dict[str, str]:
    return {
        "FEEDBACK_KEYS": Fernet.generate_key().decode(),
        "FEEDBACK_LOOKUP_KEY": secrets.token_urlsafe(32),
        "SECRET_KEY": secrets.token_urlsafe(32),
        "AT_WEBHOOK_TOKEN": secrets.token_urlsafe(32),
    }
