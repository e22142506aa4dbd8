"""Bytes in a file that is found out when it is cut, and with a key neither read nor changed (AES-256-GCM, a frame at a time).

`SMB1`, a byte that tells whether it is sealed, 16 bytes of salt, then frames: their length in four bytes, of the last one with the
highest bit set, and so many bytes. A frame's nonce is its number, its associated data whether it is the last.
"""

from __future__ import annotations

import secrets
import struct
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.domain.errors import BadInput

MAGIC = b"SMB1"
FRAME_BYTES = 1 << 20
LAST = 1 << 31
LEAST_KEY = 20
DAMAGED = "This backup is damaged: it was cut or changed. Nothing was restored."


def write(file: BinaryIO, parts: Iterable[bytes], key: str) -> None:
    """Writes all parts; with a `key`, of 20 characters or more, sealed. Raises BadInput for a shorter one."""
    salt = secrets.token_bytes(16)
    sealer = _sealer(key, salt) if key else None
    file.write(MAGIC + bytes([sealer is not None]) + salt)
    held, number = bytearray(), 0
    for part in parts:
        held += part
        while len(held) > FRAME_BYTES:
            _write_frame(file, bytes(held[:FRAME_BYTES]), sealer, number, is_last=False)
            del held[:FRAME_BYTES]
            number += 1
    _write_frame(file, bytes(held), sealer, number, is_last=True)


def read(file: BinaryIO, key: str) -> Iterator[bytes]:
    """The bytes, frame by frame. Raises BadInput for what is no backup, cut, changed, or sealed with another key."""
    head = file.read(len(MAGIC) + 17)
    if len(head) < len(MAGIC) + 17 or not head.startswith(MAGIC):
        raise BadInput("This file is no backup of Synthesize Me. Nothing was restored.")
    is_sealed, salt = head[len(MAGIC)] == 1, head[len(MAGIC) + 1 :]
    if is_sealed and not key:
        raise BadInput("This backup is encrypted. Set BACKUP_KEY to the key that it was made with.")
    sealer = _sealer(key, salt) if is_sealed else None
    number, is_last = 0, False
    while not is_last:
        length = file.read(4)
        if len(length) < 4:
            raise BadInput(DAMAGED)
        size = struct.unpack(">I", length)[0]
        is_last = bool(size & LAST)
        size &= ~LAST
        frame = file.read(size) if size <= FRAME_BYTES + 16 else b""
        if len(frame) < size:
            raise BadInput(DAMAGED)
        yield _opened(frame, sealer, number, is_last=is_last)
        number += 1
    if file.read(1):
        raise BadInput(DAMAGED)


def _opened(frame: bytes, sealer: AESGCM | None, number: int, *, is_last: bool) -> bytes:
    if sealer is None:
        return frame
    try:
        return sealer.decrypt(number.to_bytes(12, "big"), frame, bytes([is_last]))
    except InvalidTag as error:
        raise BadInput("This backup was made with another BACKUP_KEY, or was changed. Nothing was restored.") from error


def _write_frame(file: BinaryIO, frame: bytes, sealer: AESGCM | None, number: int, *, is_last: bool) -> None:
    if sealer is not None:
        frame = sealer.encrypt(number.to_bytes(12, "big"), frame, bytes([is_last]))
    file.write(struct.pack(">I", len(frame) | (LAST if is_last else 0)) + frame)


def _sealer(key: str, salt: bytes) -> AESGCM:
    if len(key) < LEAST_KEY:
        raise BadInput(f"BACKUP_KEY has {len(key)} characters; at least {LEAST_KEY} random ones are needed.")
    made = HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=b"synthesize-me backup")
    return AESGCM(made.derive(key.encode()))
