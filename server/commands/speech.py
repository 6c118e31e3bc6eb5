"""How commands speak: lines, tables, progress bars, codes to be scanned, and what went wrong."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TextIO, cast

import zxingcpp
from tqdm import tqdm

# Two rows of a code in one line of text: (upper is light, lower is light).
_HALVES = {(True, True): "█", (True, False): "▀", (False, True): "▄", (False, False): " "}


class CommandFailed(Exception):
    """A command cannot do what it was asked; the message is for the person who typed it."""


def say(line: str = "") -> None:
    """Tell the person something, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def complain(line: str) -> None:
    """Say what went wrong, where it does not get into a program's input."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


@contextmanager
def progress_bar(what: str, total: int | None, unit: str) -> "Iterator[tqdm[Any]]":
    """A bar on a terminal; a line every ten seconds elsewhere."""
    is_terminal = sys.stderr.isatty()
    with tqdm(
        total=total,
        desc=what,
        unit=f" {unit}",
        unit_scale=False,
        dynamic_ncols=is_terminal,
        mininterval=0.2 if is_terminal else 10,
        leave=True,
    ) as bar:
        yield bar


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], widest: int = 60) -> list[str]:
    """Lines of a table, its columns as wide as their longest cell."""
    cut = [[cell if len(cell) <= widest else cell[: widest - 1] + "…" for cell in row] for row in rows]
    widths = [max(len(row[place]) for row in [list(heads), *cut]) for place in range(len(heads))]
    lines = [list(heads), ["-" * width for width in widths], *cut]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]


def qr_lines(text: str) -> list[str]:
    """The text as a QR code of half blocks, light on dark, with its quiet zone."""
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    image = cast(Any, code.to_image(scale=1, add_quiet_zones=True))
    rows = cast("list[list[int]]", memoryview(image).tolist())
    # The outermost rows of the quiet zone are not needed on a screen with a margin of its own.
    light = [[bool(dot) for dot in row[2:-2]] for row in rows[2:-2]]
    if len(light) % 2:
        light.append([True] * len(light[0]))
    pairs = zip(light[::2], light[1::2], strict=True)
    return ["".join(_HALVES[above, below] for above, below in zip(*pair, strict=True)) for pair in pairs]


def draw_qr(text: str, out: TextIO | None = None) -> None:
    """Print a QR code; on a terminal white on black whatever its colours, so that phones read it."""
    out = out or sys.stdout
    on, off = ("\x1b[97;40m", "\x1b[0m") if out.isatty() else ("", "")
    for line in qr_lines(text):
        out.write(f"  {on}{line}{off}\n")
