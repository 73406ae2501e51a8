"""Evidence laid over a paragraph: where spans overlap, each stretch knows all that cover it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from annotator.model import Assignment, Origin

__all__ = ["Passage", "Piece", "Run", "collect_passages", "cut_runs"]

_STRIPES = 3
"""Labels whose colours stand under a stretch of evidence; the list beside it has them all."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One span of a paragraph with everything that rests on it."""

    start: int
    """Offset in the paragraph, in code points."""
    end: int
    reasons: Mapping[tuple[Origin, str | None], Sequence[Assignment]]
    """Origin and concept -> the labels that they speak for, best first."""

    @property
    def labels(self) -> tuple[str, ...]:
        """Return the labels that rest on the span, best first, each once."""
        found = {label.label: label for labels in self.reasons.values() for label in labels}
        return tuple(sorted(found, key=lambda name: -found[name].score))


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text all of which is covered by the same passages."""

    text: str
    passages: tuple[int, ...]
    """Positions in the paragraph's list of passages, the shortest first; empty for plain text."""
    labels: tuple[str, ...]
    """All labels of these passages, those of the shortest first."""
    faint: bool = False
    """Whether nothing but the classifier points at it, often a single word."""

    @property
    def striped(self) -> tuple[str, ...]:
        """Return the labels whose colours are shown."""
        return self.labels[:_STRIPES]


@dataclass(frozen=True, slots=True)
class Run:
    """Plain text, or passages that overlap one another and are read as one."""

    pieces: tuple[Piece, ...]
    passages: tuple[int, ...]
    """Positions of the passages in it; empty for plain text."""


def collect_passages(labels: Sequence[Assignment], offset: int) -> tuple[Passage, ...]:
    """Gather the evidence of a paragraph by span.

    Args:
        labels: The paragraph's labels, best first.
        offset: Where the paragraph begins in its document.

    Returns:
        The passages in the order of the text, the longer of two that begin
        together first.
    """
    spans: dict[tuple[int, int], dict[tuple[Origin, str | None], list[Assignment]]] = {}
    for label in labels:
        for evidence in label.evidence:
            reasons = spans.setdefault((evidence.start - offset, evidence.end - offset), {})
            resting = reasons.setdefault((evidence.origin, evidence.concept), [])
            if not resting or resting[-1] is not label:
                resting.append(label)
    ordered = sorted(spans, key=lambda span: (span[0], -span[1]))
    return tuple(Passage(start, end, spans[start, end]) for start, end in ordered)


def cut_runs(text: str, passages: Sequence[Passage]) -> Iterator[Run]:
    """Cut a paragraph so that nothing is lost, and passages that overlap stay together.

    >>> word = Passage(0, 2, {})
    >>> phrase = Passage(0, 4, {})
    >>> runs = list(cut_runs("数字经济发展", [phrase, word]))
    >>> [[piece.text for piece in run.pieces] for run in runs]
    [['数字', '经济'], ['发展']]
    >>> runs[0].pieces[0].passages, runs[1].passages
    ((1, 0), ())
    """
    numbered = deque(
        (number, passage) for number, passage in enumerate(passages) if passage.start < passage.end
    )
    done = 0
    while numbered:
        start, end = numbered[0][1].start, numbered[0][1].end
        together = [numbered.popleft()]
        while numbered and numbered[0][1].start < end:
            end = max(end, numbered[0][1].end)
            together.append(numbered.popleft())
        if done < start:
            yield _plain(text[done:start])
        yield Run(tuple(_cut_pieces(text, together)), tuple(number for number, _ in together))
        done = end
    if done < len(text):
        yield _plain(text[done:])


def _plain(text: str) -> Run:
    """Return a run without evidence."""
    return Run((Piece(text, (), ()),), ())


def _cut_pieces(text: str, together: Sequence[tuple[int, Passage]]) -> Iterator[Piece]:
    """Cut passages that overlap at each place where one begins or ends."""
    borders = sorted({border for _, p in together for border in (p.start, p.end)})
    for start, end in pairwise(borders):
        covering = [(n, p) for n, p in together if p.start <= start and end <= p.end]
        # The shortest passage is the most telling of the stretch: its labels come first.
        covering.sort(key=lambda pair: pair[1].end - pair[1].start)
        labels = dict.fromkeys(label for _, passage in covering for label in passage.labels)
        faint = all(
            origin == "classifier" for _, passage in covering for origin, _ in passage.reasons
        )
        yield Piece(text[start:end], tuple(n for n, _ in covering), tuple(labels), faint)
