"""Addresses and original words at rest: encrypted, and found by a keyed hash."""

import base64
import hmac
from hashlib import sha256

from cryptography.fernet import Fernet, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SHORTEST_KEY = 32


class Vault:
    """Seals texts, and makes of what must stay secret a name that can be looked up.

    Several keys are separated by commas: the first one seals, all of them open. The last one also makes the names: it is the
    key that the vault began with, and it stays in the list for ever.
    """

    def __init__(self, keys: str) -> None:
        secrets = [key.strip() for key in keys.split(",") if key.strip()]
        if not secrets or any(len(secret) < SHORTEST_KEY for secret in secrets):
            raise ValueError(f"vault_key: at least one key of {SHORTEST_KEY} signs or more, e.g. from `openssl rand -base64 32`")
        self._fernet = MultiFernet([Fernet(base64.urlsafe_b64encode(_derive(secret, b"seal"))) for secret in secrets])
        self._name_key = _derive(secrets[-1], b"name")

    def seal(self, text: str) -> bytes:
        """Encrypt."""
        return self._fernet.encrypt(text.encode())

    def open(self, sealed: bytes) -> str:
        """Decrypt. Raises cryptography.fernet.InvalidToken when none of the keys fits."""
        return self._fernet.decrypt(sealed).decode()

    def name(self, *parts: str) -> str:
        """The same name for the same parts, from which nobody without the key can tell them, not even by trying all of them."""
        message = b"".join(len(part.encode()).to_bytes(4, "big") + part.encode() for part in parts)
        return hmac.new(self._name_key, message, sha256).hexdigest()


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"anlaufstelle vault " + purpose).derive(secret.encode())
