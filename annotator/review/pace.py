"""How fast a person decides, and how long what is left will take."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["decisions_per_minute", "time_left"]

_RECENT = 50
"""Decisions that the rate is taken over: people get faster, and tired."""

_BREAK = 120.0
"""Seconds without a decision that count as a break, not as work."""

_MINUTE = 60.0
_HOUR = 60


def decisions_per_minute(moments: Sequence[float]) -> float | None:
    """Return the rate of the latest decisions, breaks left out.

    Args:
        moments: When each decision was made, in seconds, in order.

    Returns:
        Decisions a minute; ``None`` until there are two without a break between them.

    >>> decisions_per_minute([0.0, 6.0, 12.0, 3612.0, 3618.0])
    10.0
    >>> decisions_per_minute([0.0]) is None
    True
    """
    recent = moments[-_RECENT:]
    gaps = [later - earlier for earlier, later in pairwise(recent) if later - earlier < _BREAK]
    worked = sum(gaps)
    return len(gaps) / worked * _MINUTE if worked > 0 else None


def time_left(left: int, rate: float | None) -> str:
    """Say how long a number of decisions takes at a rate, in words; empty if nothing tells.

    >>> time_left(300, 10.0), time_left(3000, 10.0), time_left(3, 10.0), time_left(3, None)
    ('30 min', '5.0 h', '1 min', '')
    """
    if not rate or not left:
        return ""
    minutes = left / rate
    if minutes >= 2 * _HOUR:
        return f"{minutes / _HOUR:.1f} h"
    return f"{max(1, round(minutes))} min"
