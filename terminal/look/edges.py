"""The edge of an answer: solid, dashes or stripes, drawn over the screen so that nothing in it moves.

Flet's borders cannot be dashed, so dashes and stripes are small tiles, made here as PNG, repeated by Flutter.
"""

from __future__ import annotations

import struct
import zlib
from functools import cache

import flet as ft

from shared.look import ANSWERS, TERMINAL_SIZES
from terminal.look.tone import Tone

# Tiles have three pixels per dp, enough for the phones at hand.
SCALE = 3
STRIPE_DP = 26


def edges(tone: Tone, kind: str) -> list[ft.Container]:
    """Four containers for a Stack: top, bottom, left, right."""
    width = ANSWERS[kind].edge_width
    across, along = _side(tone, kind, across=True), _side(tone, kind, across=False)
    across[0].top = across[1].bottom = 0
    along[0].left = along[1].right = 0
    for side in across:
        side.left, side.right, side.height = 0, 0, width
    for side in along:
        side.top, side.bottom, side.width = 0, 0, width
    return [*across, *along]


def _side(tone: Tone, kind: str, *, across: bool) -> tuple[ft.Container, ft.Container]:
    """Two opposite sides, not yet placed."""
    pair = tone.answer(kind)
    edge = ANSWERS[kind].edge
    if edge == "solid":
        return _plain(pair.ground), _plain(pair.ground)
    tile = stripe_tile(pair.ground, pair.on)
    if edge == "dashes":
        tile = dash_tile(pair.on, pair.ground, across)
    return _tiled(tile), _tiled(tile)


def _plain(colour: str) -> ft.Container:
    return ft.Container(bgcolor=colour, ignore_interactions=True)


def _tiled(tile: bytes) -> ft.Container:
    image = ft.DecorationImage(
        src=tile,
        repeat=ft.ImageRepeat.REPEAT,
        alignment=ft.Alignment.TOP_LEFT,
        scale=SCALE,
        filter_quality=ft.FilterQuality.NONE,
    )
    return ft.Container(image=image, ignore_interactions=True)


@cache
def dash_tile(dash: str, ground: str, across: bool) -> bytes:  # noqa: FBT001 — a cache key
    """A dash and a gap of the same length; `across` lies along the top and bottom."""
    length = TERMINAL_SIZES["dash"] * SCALE
    one, other = _rgb(dash), _rgb(ground)
    if across:
        return png([[one] * length + [other] * length])
    return png([[one]] * length + [[other]] * length)


@cache
def stripe_tile(stripe: str, ground: str) -> bytes:
    """Diagonal stripes at 45°: a tile that repeats seamlessly to every side."""
    period = 2 * STRIPE_DP * SCALE
    one, other = _rgb(stripe), _rgb(ground)
    return png(
        [[one if (x + y) % period < period // 2 else other for x in range(period)] for y in range(period)]
    )


def png(rows: list[list[tuple[int, int, int]]]) -> bytes:
    """Pixels as an RGB PNG file (W3C PNG, section 5)."""
    raw = b"".join(b"\x00" + bytes(channel for pixel in row for channel in pixel) for row in rows)
    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(raw, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
