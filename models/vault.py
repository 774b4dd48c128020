"""The key ring: personal data is encrypted on its way into the database and decrypted on its way out.

The ring is set once at the start of a process (`use`), from settings. Reading or writing a personal column
before that raises `VaultLockedError`: nothing personal is ever written in clear because somebody forgot a key.
"""

import hashlib
import hmac
from dataclasses import dataclass

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class VaultLockedError(RuntimeError):
    """No key ring was set, or none of its keys opens what is stored."""


@dataclass(frozen=True)
class KeyRing:
    """Fernet keys, newest first (it encrypts; all decrypt), and the key of the lookup hash."""

    keys: tuple[str, ...]
    lookup_key: str

    def ring(self) -> MultiFernet:
        return MultiFernet([Fernet(key) for key in self.keys])


class _Vault:
    def __init__(self) -> None:
        self._ring: MultiFernet | None = None
        self._lookup_key = b""

    def use(self, keys: KeyRing) -> None:
        self._ring = keys.ring()
        self._lookup_key = keys.lookup_key.encode()

    def _open(self) -> MultiFernet:
        if self._ring is None:
            raise VaultLockedError(
                "no key ring is set: call models.vault.use(KeyRing(...)) at the start of the process"
            )
        return self._ring

    def seal(self, clear: str) -> bytes:
        return self._open().encrypt(clear.encode())

    def unseal(self, sealed: bytes) -> str:
        try:
            return self._open().decrypt(sealed).decode()
        except InvalidToken as error:
            raise VaultLockedError("no key of the ring opens this value") from error

    def rotate(self, sealed: bytes) -> bytes:
        return self._open().rotate(sealed)

    def lookup(self, *parts: str) -> str:
        """A keyed hash (HMAC-SHA-256, 64 hex digits): finds a phone without storing it in clear."""
        self._open()
        return hmac.new(self._lookup_key, "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()


_vault = _Vault()
use = _vault.use
seal = _vault.seal
unseal = _vault.unseal
rotate = _vault.rotate
lookup = _vault.lookup
