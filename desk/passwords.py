"""Passwords: what a good one is, and Argon2id hashes of them (RFC 9106, the library's low-memory profile)."""

from __future__ import annotations

from functools import cached_property
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 128
FEWEST_DIFFERENT = 6
AT_ONCE = 2


class PasswordRefused(Exception):
    """The password is too weak or does not fit; the text says what to do."""


class Passwords:
    """Hashes and checks, few at a time: each takes 64 MiB, and a flood of attempts must not take them all."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._room = BoundedSemaphore(AT_ONCE)

    @cached_property
    def _nobody(self) -> str:
        return self._hasher.hash("nobody has this password")

    def hash(self, password: str) -> str:
        with self._room:
            return self._hasher.hash(password)

    def right(self, hashed: str | None, password: str) -> bool:
        """Whether it is; an account without a password takes as long to refuse as any other."""
        with self._room:
            try:
                return self._hasher.verify(hashed or self._nobody, password) and hashed is not None
            except (VerificationError, InvalidHashError):
                return False


def check_password(password: str, again: str, name: str) -> None:
    """Raises `PasswordRefused`."""
    if password != again:
        raise PasswordRefused("两次输入的密码不一样，请重新输入。")
    if not SHORTEST <= len(password) <= LONGEST:
        raise PasswordRefused(f"密码要有{SHORTEST}到{LONGEST}个字符，可以是一句好记的话。")
    if len(set(password)) < FEWEST_DIFFERENT or (name and name in password):
        raise PasswordRefused("密码太容易猜到：不要包含自己的姓名，不要只用几个字符重复。")
