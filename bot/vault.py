"""Seals what must not lie open in the database, with keys from the settings (Fernet: AES-128-CBC and HMAC)."""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class WrongKey(Exception):
    """A key is malformed, or none of the keys opens what was sealed."""


class Vault:
    """Seals with the first of ``keys`` (comma-separated) and opens with any. Raises `WrongKey`."""

    def __init__(self, keys: str) -> None:
        try:
            self._fernet = MultiFernet([Fernet(key.strip()) for key in keys.split(",")])
        except ValueError as error:
            raise WrongKey(
                "SHUIWEN_PRIVACY_KEYS holds a key that is not 32 bytes in base64; "
                "make one with `shuiwen retention key`."
            ) from error

    def seal(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Raises `WrongKey`."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken as error:
            raise WrongKey("原文是用另一把密钥加密的，现有的密钥打不开。") from error


def new_key() -> str:
    return Fernet.generate_key().decode()
