"""How much memory this program holds, and which documents need much of it."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from annotator.model import Document

__all__ = ["is_long", "memory_held"]

_LONG = 2**20
"""Characters from which a document is long: some 400 pages, which may take 200 MiB to label."""


def is_long(document: Document) -> bool:
    """Tell whether a document is so long that nothing may go on beside labelling it."""
    return len(document.text) > _LONG


def memory_held() -> int:
    """Return the bytes that this process and all it started hold; what they share counts once.

    Where the system does not tell (Linux does), it is 0.

    >>> memory_held() < 1 << 40
    True
    """
    return sum(map(_held, _tree(os.getpid())))


def _tree(process: int) -> list[int]:
    """Return a process and all that descend from it."""
    found = [process]
    try:
        for task in Path(f"/proc/{process}/task").iterdir():
            for child in (task / "children").read_text("ascii").split():
                found += _tree(int(child))
    except OSError:  # it has ended, or the system has no such folder
        pass
    return found


def _held(process: int) -> int:
    """Return the bytes that a process holds, its share of what others hold too."""
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text("ascii")
    except OSError:
        return 0
    held = re.search(r"^Pss:\s+(\d+) kB", text, re.MULTILINE)
    return int(held[1]) << 10 if held else 0
