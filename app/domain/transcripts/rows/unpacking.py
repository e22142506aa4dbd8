"""From the bytes of a file to its text: gzip, a zip with one file, UTF-8, UTF-16 and UTF-32, never more than a limit.

What is unpacked is counted while it is unpacked, so that a small file cannot become a large one. What is neither text nor
packed text is refused by what it is (a spreadsheet, a PDF, a database), as far as its first bytes tell.
"""

from __future__ import annotations

import io
import zipfile
import zlib

from app.domain.errors import BadInput, TooLarge

WHAT_TO_BRING = "Bring JSON Lines (one object a line), a JSON array of objects, or CSV, saved as UTF-8."
PARQUET = b"PAR1"
PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"PK\x05\x06", PARQUET)
"""How files begin that hold more than their size tells."""

_CHUNK = 1 << 20
_MOST_LAYERS = 3
_MOST_OF_A_LIST = 1_000_000
_OTHERS = (
    (b"%PDF", "a PDF"),
    (b"SQLite format 3", "a database of SQLite"),
    (b"\xd0\xcf\x11\xe0", "a spreadsheet or document of an old Office"),
    (b"BZh", "packed with bzip2; pack it with gzip instead, or unpack it"),
    (b"\xfd7zXZ", "packed with xz; pack it with gzip instead, or unpack it"),
    (b"\x28\xb5\x2f\xfd", "packed with zstd; pack it with gzip instead, or unpack it"),
    (b"7z\xbc\xaf", "packed with 7-Zip; unpack it first"),
    (b"Rar!", "packed with RAR; unpack it first"),
    (b"ARROW1", "an Arrow file; write it as Parquet or JSON Lines"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"version https:", "a pointer of Git LFS and not the file itself; fetch that with git lfs pull"),
    (b"<!DOCTYPE", "a web page"),
    (b"<!doctype", "a web page"),
    (b"<html", "a web page"),
)
_MARKS = (
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


def unpacked(data: bytes, most: int) -> bytes:
    """The file itself, out of gzip or zip. Raises TooLarge over `most` bytes, and BadInput where it cannot be unpacked."""
    for _ in range(_MOST_LAYERS):
        if data.startswith(b"\x1f\x8b"):
            data = _from_gzip(data, most)
        elif data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            data = _from_zip(data, most)
        else:
            break
    else:
        raise BadInput(
            f"The file is packed more than {_MOST_LAYERS - 1} times over. Unpack it and bring what is inside."
        )
    if len(data) > most:
        raise _too_large(len(data), most)
    return data


def as_text(data: bytes) -> str:
    """The file as text. Raises BadInput with the line, and what it seems to be, where it is none."""
    if not data.strip(b" \t\r\n\x0b\x0c"):
        raise BadInput(f"The file is empty. {WHAT_TO_BRING}")
    what = next((name for start, name in _OTHERS if data.startswith(start)), "")
    if what:
        raise BadInput(f"The file is {what}. {WHAT_TO_BRING}")
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "") or _unmarked(data[:1000])
    if encoding:
        try:
            return data.decode(encoding).removeprefix("\ufeff")
        except UnicodeDecodeError as problem:
            raise BadInput(
                f"The file begins as {encoding.upper()} and is none from byte {problem.start:,} on. Save it again as UTF-8."
            ) from problem
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        return _almost_text(data, problem)


def _almost_text(data: bytes, problem: UnicodeDecodeError) -> str:
    try:
        # Some programs write halves of surrogate pairs as bytes; each becomes U+FFFD where it is read.
        return data.decode("utf-8", "surrogatepass").removeprefix("\ufeff")
    except UnicodeDecodeError:
        pass
    if b"\0" in data[:4000]:
        raise BadInput(f"The file holds NUL bytes and is no text. {WHAT_TO_BRING}")
    line = data.count(b"\n", 0, problem.start) + 1
    raise BadInput(
        f"Line {line} of the file is not UTF-8 text: byte 0x{data[problem.start]:02X} stands there, as in a file saved as "
        "Latin-1 or Windows-1252. Save the file again as UTF-8."
    )


def _unmarked(beginning: bytes) -> str:
    """The encoding of UTF-16 text without a mark, told by its zeros; "" for everything else."""
    even, odd = beginning[::2], beginning[1::2]
    if len(beginning) < 8:
        return ""
    if odd.count(0) > 0.6 * len(odd) and not even.count(0):
        return "utf-16-le"
    return "utf-16-be" if even.count(0) > 0.6 * len(even) and not odd.count(0) else ""


def _from_gzip(data: bytes, most: int) -> bytes:
    found = bytearray()
    rest = data
    while rest.startswith(b"\x1f\x8b"):
        unpacking = zlib.decompressobj(31)
        done = False
        while not done:
            try:
                piece = unpacking.decompress(rest, _CHUNK)
            except zlib.error as problem:
                raise BadInput(
                    "The file is packed with gzip and damaged. Pack it again, or bring it unpacked."
                ) from problem
            done = unpacking.eof
            rest = unpacking.unused_data if done else unpacking.unconsumed_tail
            if not (piece or rest or done):
                raise BadInput("The file is packed with gzip and was cut off. Fetch or pack it again.")
            found += piece
            if len(found) > most:
                raise _too_large(len(found), most)
        rest = rest.lstrip(b"\0")
    return bytes(found)


def _from_zip(data: bytes, most: int) -> bytes:
    # How large the list of its files is, as the end of a zip tells: each costs memory before any is looked at.
    end = data.rfind(b"PK\x05\x06")
    if int.from_bytes(data[end + 12 : end + 16], "little") > _MOST_OF_A_LIST:
        raise BadInput("The zip holds too many files; exactly one is read. Bring one file of preferences.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [entry.filename for entry in archive.infolist()]
            if "[Content_Types].xml" in names:
                raise BadInput(
                    "The file is a spreadsheet or document of Office. Save it as CSV (UTF-8) and bring that."
                )
            entries = [entry for entry in archive.infolist() if not (entry.is_dir() or is_litter(entry.filename))]
            if len(entries) != 1:
                raise BadInput(
                    f"The zip holds {len(entries):,} files; exactly one is read. Bring one file of preferences."
                )
            if entries[0].flag_bits & 1:
                raise BadInput("The zip is locked with a password. Bring the file itself.")
            if entries[0].compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise BadInput(
                    "The zip is packed in a way not known here. Pack it in the usual way, or bring it unpacked."
                )
            with archive.open(entries[0]) as inside:
                found = inside.read(most + 1)
    except BadInput:
        raise
    except Exception as problem:
        # The reader of zips fails in a dozen ways on damaged ones (struct, zlib, lzma, EOF, missing methods).
        raise BadInput(
            "The file is a zip and damaged, or packed in a way not known here. Bring it unpacked."
        ) from problem
    if len(found) > most:
        raise _too_large(len(found), most)
    return found


def is_litter(path: str) -> bool:
    """Whether a program left this beside the files that people mean."""
    parts = path.split("/")
    return "__MACOSX" in parts or any(part.startswith(("._", ".DS_Store")) for part in parts)


def _too_large(size: int, most: int) -> TooLarge:
    return TooLarge(f"The file has {size / 1e6:.1f} MB or more; at most {most // 1_000_000} MB are taken, unpacked.")
