"""A file carried on in a form's hidden field, so that a question about it can be asked before anything is stored."""

from __future__ import annotations

import base64
import binascii
import gzip

from app.domain.errors import BadInput


def packed(data: bytes, most: int) -> str:
    """The file for a hidden field; "" where it would have more than `most` characters."""
    text = base64.b64encode(gzip.compress(data, compresslevel=5, mtime=0)).decode("ascii")
    return text if len(text) <= most else ""


def opened(text: str) -> bytes:
    """The file as it was, still packed: the reader of files unpacks it within its limit. Raises BadInput."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as problem:
        raise BadInput("The file did not come through whole. Choose it again. Nothing was stored.") from problem
