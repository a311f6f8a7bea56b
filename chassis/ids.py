"""Identifiers: time-ordered UUIDs for machines, short codes for people."""

import hashlib

import uuid_utils

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # no 0/O, 1/I/L: read out over the phone


def new_id() -> str:
    """A time-ordered UUID (version 7, RFC 9562)."""
    return str(uuid_utils.uuid7())


def short_code(identifier: str) -> str:
    """The readable code of an id, e.g. `7KQ2-9M`: six signs out of 31, the same for the same id; not unique for ever."""
    number = int.from_bytes(hashlib.blake2s(identifier.encode(), digest_size=8).digest())
    signs = ""
    for _ in range(6):
        number, index = divmod(number, len(_ALPHABET))
        signs += _ALPHABET[index]
    return f"{signs[:4]}-{signs[4:]}"
