"""A screenshot made small: at most 256 colours, which is all that a page in few colours needs.

https://www.w3.org/TR/png-3/: what Chromium writes is 8 bits for each of red, green and blue, not interlaced.
"""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Iterator

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_MOST = 256
_DEPTH = 3

Row = bytes
Colour = bytes


def in_few_colours(picture: bytes) -> bytes:
    """The same PNG with a palette: its most frequent colours, and in place of any other the one that is nearest."""
    chunks = list(_chunks(picture))
    header = next(body for kind, body in chunks if kind == b"IHDR")
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", header)
    if (depth, kind, interlaced) != (8, 2, 0):
        raise ValueError("not a picture as Chromium makes one")
    raw = zlib.decompress(b"".join(body for name, body in chunks if name == b"IDAT"))
    rows = [_pixels(row) for row in _rows(raw, width * _DEPTH)]
    palette = [colour for colour, _ in Counter(pixel for row in rows for pixel in row).most_common(_MOST)]
    places = {colour: place for place, colour in enumerate(palette)}
    for colour in {pixel for row in rows for pixel in row} - places.keys():
        places[colour] = min(range(len(palette)), key=lambda place: _distance(palette[place], colour))
    lines = b"".join(b"\0" + bytes(places[pixel] for pixel in row) for row in rows)
    return _SIGNATURE + b"".join(
        _chunk(name, body)
        for name, body in (
            (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            (b"PLTE", b"".join(palette)),
            (b"IDAT", zlib.compress(lines, 9)),
            (b"IEND", b""),
        )
    )


def _chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(_SIGNATURE)
    while at < len(picture):
        (length,) = struct.unpack_from(">I", picture, at)
        yield picture[at + 4 : at + 8], picture[at + 8 : at + 8 + length]
        at += length + 12


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _rows(raw: bytes, width: int) -> Iterator[Row]:
    """The rows without their filters, each of which tells a byte by its neighbours."""
    above = bytes(width)
    for at in range(0, len(raw), width + 1):
        row = bytearray(raw[at + 1 : at + 1 + width])
        for place in range(width):
            left, corner = (row[place - _DEPTH], above[place - _DEPTH]) if place >= _DEPTH else (0, 0)
            row[place] = (row[place] + _guess(raw[at], left, above[place], corner)) & 255
        above = bytes(row)
        yield above


def _guess(kind: int, left: int, up: int, corner: int) -> int:
    match kind:
        case 1:
            return left
        case 2:
            return up
        case 3:
            return (left + up) // 2
        case 4:
            return min((left, up, corner), key=lambda each: abs(left + up - corner - each))
    return 0


def _pixels(row: Row) -> list[Colour]:
    return [row[at : at + _DEPTH] for at in range(0, len(row), _DEPTH)]


def _distance(one: Colour, other: Colour) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))
