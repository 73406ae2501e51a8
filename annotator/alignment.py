"""Which paragraphs of two versions of a text are the same."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import TYPE_CHECKING

from annotator.text import HAN, WORD, fold_string

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Fate", "Pair", "align_paragraphs"]

_ALIKE = 0.5
"""Share of their words that two paragraphs have in common if one became the other."""

_COMMON = 60
"""Words in more paragraphs than this tell no paragraph from another."""


class Fate(StrEnum):
    """What became of a paragraph, or of a document."""

    UNCHANGED = "unchanged"
    MOVED = "moved"
    CHANGED = "changed"
    NEW = "new"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Pair:
    """A paragraph of each version that is one paragraph, or one of them alone."""

    fate: Fate
    before: int | None
    after: int | None


def align_paragraphs(before: Sequence[str], after: Sequence[str]) -> list[Pair]:
    """Match the paragraphs of two versions by what they say.

    Every paragraph of either version is in exactly one pair. Differences of
    case, punctuation and spaces are none. The pairs come in the order of the
    later version; what is gone comes where it stood.

    >>> before = ["数字经济论坛", "道路很长。", "The clinic offers telemedicine to villages."]
    >>> after = ["The clinic now offers telemedicine to all villages.", "数字经济论坛", "Новое"]
    >>> [(pair.fate.value, pair.before, pair.after) for pair in align_paragraphs(before, after)]
    [('changed', 2, 0), ('unchanged', 0, 1), ('gone', 1, None), ('new', None, 2)]
    """
    keys = [[_key(text) for text in version] for version in (before, after)]
    matched: dict[int, tuple[Fate, int]] = {}
    """Index in the later version -> fate and index in the earlier one."""
    for block in SequenceMatcher(None, keys[0], keys[1], autojunk=False).get_matching_blocks():
        for step in range(block.size):
            matched[block.b + step] = (Fate.UNCHANGED, block.a + step)
    _match_moved(keys[0], keys[1], matched)
    _match_changed(before, after, matched)
    return _in_order(len(before), len(after), matched)


def _key(text: str) -> str:
    """Return the letters and digits of a paragraph, folded; all of it where it has none."""
    folded = fold_string(text)
    return "".join(c for c in folded if c.isalnum()) or folded


def _match_moved(
    before: Sequence[str], after: Sequence[str], matched: dict[int, tuple[Fate, int]]
) -> None:
    """Match paragraphs that stand elsewhere, letter by letter."""
    taken = {index for _, index in matched.values()}
    places: dict[str, list[int]] = {}
    for index in reversed(range(len(before))):
        if index not in taken:
            places.setdefault(before[index], []).append(index)
    for index, key in enumerate(after):
        if index not in matched and places.get(key):
            matched[index] = (Fate.MOVED, places[key].pop())


def _match_changed(
    before: Sequence[str], after: Sequence[str], matched: dict[int, tuple[Fate, int]]
) -> None:
    """Match paragraphs that share enough words, the most alike first."""
    taken = {index for _, index in matched.values()}
    old = {index: _words(before[index]) for index in range(len(before)) if index not in taken}
    new = {index: _words(after[index]) for index in range(len(after)) if index not in matched}
    holders: dict[str, list[int]] = {}
    for index, words in old.items():
        for word in words:
            holders.setdefault(word, []).append(index)
    likenesses: list[tuple[float, int, int]] = []
    for index, words in new.items():
        candidates = {
            holder
            for word in words
            if len(holders.get(word, ())) <= _COMMON
            for holder in holders.get(word, ())
        }
        for candidate in candidates:
            shared = (words & old[candidate]).total()
            likeness = 2 * shared / (words.total() + old[candidate].total())
            if likeness >= _ALIKE:
                likenesses.append((-likeness, index, candidate))
    for _, index, candidate in sorted(likenesses):
        if index not in matched and candidate not in taken:
            matched[index] = (Fate.CHANGED, candidate)
            taken.add(candidate)


def _words(text: str) -> Counter[str]:
    """Count the words of a paragraph; for Chinese the characters."""
    folded = fold_string(text)
    return Counter([*WORD.findall(folded), *HAN.findall(folded)])


def _in_order(
    count_before: int, count_after: int, matched: dict[int, tuple[Fate, int]]
) -> list[Pair]:
    """List all pairs in the order of the later version, what is gone behind what stood before it."""
    kept = {old: index for index, (_, old) in matched.items()}
    behind: dict[int, list[int]] = {}
    last = -1
    for old in range(count_before):
        if old in kept:
            last = kept[old]
        else:
            behind.setdefault(last, []).append(old)
    pairs = [Pair(Fate.GONE, old, None) for old in behind.get(-1, [])]
    for index in range(count_after):
        fate, origin = matched.get(index) or (Fate.NEW, None)
        pairs.append(Pair(fate, origin, index))
        pairs += [Pair(Fate.GONE, gone, None) for gone in behind.get(index, [])]
    return pairs
