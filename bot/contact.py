"""A way to reach a person, found in what they wrote. Pure."""

from __future__ import annotations

import re

_CONTACT = re.compile(
    r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)"
    r"|(?<!\d)0\d{2,3}[- ]?\d{7,8}(?!\d)"
    r"|[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
)
SHOWN_OF_NUMBER = 3


def contact_in(text: str) -> str | None:
    """The first telephone number or e-mail address in ``text``."""
    found = _CONTACT.search(text)
    return found[0] if found else None


def masked(contact: str) -> str:
    """``138****0000``, ``z***@example.cn``: enough for its owner to recognise."""
    name, at, domain = contact.partition("@")
    if at:
        return f"{name[0]}***@{domain}"
    return f"{contact[:SHOWN_OF_NUMBER]}****{contact[-4:]}"
