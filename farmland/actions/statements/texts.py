"""Texts from files, which may hold what the database cannot: NUL, and halves of surrogate pairs (RFC 8259 §8.2)."""

import re

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str, most: int | None = None) -> str:
    """As much of a text as is kept; a character that cannot be stored is shown as missing (U+FFFD)."""
    return UNSTORABLE.sub("\ufffd", text[:most])
