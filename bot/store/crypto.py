"""Encryption at rest: chat ids as AES-SIV ciphertext, followed names as keyed hashes.

AES-SIV (RFC 5297) is deterministic, so that a chat can be found and kept unique without being readable. Every
ciphertext begins with the id of its key, for rotation. The key file lies outside the database and its backups.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bot.errors import ConfigurationError, NabatError

KEY_BYTES = 64
"""AES-256-SIV takes two 256-bit keys."""
CHAT = b"nabat/chat"


class UnreadableCiphertext(NabatError):
    """A stored id cannot be decrypted: its key is missing from the key file, or the row was changed."""


@dataclass(frozen=True, repr=False)
class Keyring:
    """Keys by id, the newest last; new ciphertexts are made with the newest."""

    keys: tuple[tuple[int, bytes], ...]

    def __repr__(self) -> str:
        return f"Keyring({len(self.keys)} keys)"

    def seal_chat(self, chat_id: int) -> bytes:
        """One byte of key id, then the AES-SIV ciphertext of the chat id as eight bytes: 25 bytes in all."""
        return self._seal(*self.keys[-1], chat_id)

    def candidates(self, chat_id: int) -> tuple[bytes, ...]:
        """What the chat id looks like under every key, newest first: for searching while a rotation runs."""
        return tuple(self._seal(key_id, key, chat_id) for key_id, key in reversed(self.keys))

    def open_chat(self, sealed: bytes) -> int:
        for key_id, key in self.keys:
            if sealed[:1] == bytes([key_id]):
                try:
                    plain = AESSIV(key).decrypt(sealed[1:], [CHAT])
                except InvalidTag as error:
                    raise UnreadableCiphertext from error
                return int.from_bytes(plain, "big", signed=True)
        raise UnreadableCiphertext

    def hash_name(self, skeleton: str) -> bytes:
        """A keyed hash of a followed name's skeleton key, 16 bytes; the oldest key, so that it never changes."""
        derived = HKDF(SHA256(), 32, None, b"nabat/names").derive(self.keys[0][1])
        return hmac.digest(derived, skeleton.encode(), hashlib.sha256)[:16]

    def pseudonym(self, user_id: int) -> str:
        """A short stable name for a moderator in the audit log, from which the account cannot be read."""
        derived = HKDF(SHA256(), 32, None, b"nabat/actors").derive(self.keys[0][1])
        return "m-" + hmac.digest(derived, str(user_id).encode(), hashlib.sha256)[:4].hex()

    @staticmethod
    def _seal(key_id: int, key: bytes, chat_id: int) -> bytes:
        return bytes([key_id]) + AESSIV(key).encrypt(chat_id.to_bytes(8, "big", signed=True), [CHAT])


def load_keyring(path: Path) -> Keyring:
    """Read the key file; make one, mode 0600, where there is none.

    A line a key: its id (0 to 255), a colon, 64 bytes in base64. Raises ConfigurationError on a damaged file:
    a key is never replaced, because that would lose every subscriber.
    """
    try:
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        return _create(path)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"The key file {path} cannot be read: {error}.") from error
    keys = tuple(_parse(line, path) for line in text.splitlines() if line.strip())
    if not keys or len({key_id for key_id, _ in keys}) != len(keys):
        raise ConfigurationError(f"The key file {path} is empty or repeats a key id; restore it from your safe copy.")
    return Keyring(keys)


def _parse(line: str, path: Path) -> tuple[int, bytes]:
    key_id, _, encoded = line.strip().partition(":")
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != KEY_BYTES or not key_id.isdecimal() or int(key_id) > 255:
        raise ConfigurationError(f"The key file {path} is damaged; restore it from your safe copy.")
    return int(key_id), key


def _create(path: Path) -> Keyring:
    path.parent.mkdir(parents=True, exist_ok=True)
    key = secrets.token_bytes(KEY_BYTES)
    # O_EXCL: two processes that start at once must not each make a key.
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return load_keyring(path)
    with os.fdopen(handle, "wb") as file:
        file.write(b"1:" + base64.b64encode(key) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    return Keyring(((1, key),))
