"""The trained part: from features to log-odds, with the spans that moved them.

A model is a folder: ``weights.safetensors`` (one row a feature, one column a
label, half precision) and ``model.json`` (names of rows and columns, how
features are scaled, how suggesters are combined, what it was trained on, and
the hash of the weights). No pickle anywhere: loading a model runs no code.
"""

from __future__ import annotations

import hashlib
from math import log, sqrt
from typing import TYPE_CHECKING

import msgspec

from annotator.context import hold_back
from annotator.errors import ModelError
from annotator.features import CONCEPT, FeatureExtractor
from annotator.fusion import FusionSettings
from annotator.model import Evidence, Suggestion
from annotator.resources import model_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from annotator.matcher import Match
    from annotator.spans import Span, SpanSet
    from annotator.taxonomy import Taxonomy

__all__ = ["Block", "Classifier", "ModelFile", "Scored", "scaled_values"]

_SHORT_TEXT = 100.0
"""Added to the squared length of a block, so that one word in a short text is not all of it."""

_EVIDENCE_FLOOR = 0.15
"""Log-odds from which a span is worth showing as evidence."""

_EVIDENCE_SPANS = 5
_EVIDENCE_SCORE = 0.0
"""Log-odds of a label from which evidence is gathered for it."""


class Block(msgspec.Struct, frozen=True):
    """One kind of features in a model."""

    kind: str
    weight: float
    """What the block's values are multiplied with."""
    names: list[str]
    """Features, in the order of the rows of the weights."""
    rarity: dict[str, list[float]]
    """Inverse document frequency of each feature, by language; empty: none."""


class ModelFile(msgspec.Struct, frozen=True):
    """What ``model.json`` holds."""

    format: int
    labels: list[str]
    blocks: list[Block]
    fusion: FusionSettings
    weights_sha256: str
    taxonomy: str
    """Fingerprint of the taxonomy that it was trained with."""
    trained_on: dict[str, int]
    """Data set -> rows."""


FORMAT = 1


def scaled_values(
    kind: str,
    weight: float,
    counts: Sequence[int],
    rarity: Sequence[float],
    rows: Sequence[int],
) -> list[float]:
    """Scale the counts of one block's features, as in training.

    Concepts count once and a little more for each repetition; other blocks
    are weighted by rarity and brought to unit length, so that long paragraphs
    do not shout.

    Args:
        kind: The kind of features in the block.
        weight: What the values are multiplied with.
        counts: How often each feature stands in the text.
        rarity: Inverse document frequency of each feature of the block; empty: none.
        rows: The place of each feature in the block.
    """
    if kind == CONCEPT:
        return [weight * (1 + 0.3 * log(count)) for count in counts]
    values = [
        (1 + log(count)) * (rarity[row] if rarity else 1.0)
        for count, row in zip(counts, rows, strict=True)
    ]
    length = sqrt(_SHORT_TEXT + sum(value * value for value in values))
    return [weight * value / length for value in values]


class Classifier:
    """Score paragraphs with a trained model.

    >>> from annotator.taxonomy import Taxonomy
    >>> from annotator.spans import SpanSet
    >>> classifier = Classifier.load(Taxonomy.load())
    >>> scores = classifier.scores("Фермеры получают цены на урожай по СМС", "ru", [], SpanSet())
    >>> scores["C7.e-agriculture"] > scores["C9"]
    True
    """

    def __init__(
        self,
        taxonomy: Taxonomy,
        file: ModelFile,
        weights: NDArray[np.float16],
        bias: NDArray[np.float32],
    ) -> None:
        """Wrap a model; use :meth:`load`."""
        self.labels = file.labels
        self.fusion = file.fusion
        self.digest = file.weights_sha256
        self._parts = taxonomy, file, weights, bias
        self._blocks = file.blocks
        self._extractor = FeatureExtractor(taxonomy, [block.kind for block in file.blocks])
        self._weights = weights.astype("float32")  # once, for half precision is slow to add up
        self._bias = bias
        self._rows = [{name: row for row, name in enumerate(block.names)} for block in file.blocks]
        """Feature -> its row within its block."""

    def __reduce__(self) -> tuple[object, ...]:
        """Travel to another process as what it was made of: the rest is made anew there."""
        return Classifier, self._parts

    @classmethod
    def load(cls, taxonomy: Taxonomy, folder: Path | None = None) -> Classifier:
        """Load a model folder, checking that its weights are the ones it was saved with.

        Args:
            taxonomy: The taxonomy whose labels and concepts the model knows.
            folder: Where the model stands; by default the one that ships.

        Raises:
            ModelError: A file is missing or damaged, or a label is unknown.
        """
        from safetensors.numpy import load  # noqa: PLC0415 - brings numpy

        folder = folder or model_folder()
        try:
            data = (folder / "weights.safetensors").read_bytes()
            file = msgspec.json.decode((folder / "model.json").read_bytes(), type=ModelFile)
        except OSError as error:
            raise ModelError(
                "the model cannot be read", where=str(folder), hint="annotator train makes one"
            ) from error
        except msgspec.DecodeError as error:
            raise ModelError(
                f"model.json is damaged ({error})",
                where=str(folder),
                hint="train or install it again",
            ) from error
        if hashlib.sha256(data).hexdigest() != file.weights_sha256:
            raise ModelError(
                "the weights are not those that model.json names",
                where=str(folder / "weights.safetensors"),
                hint="train or install the model again",
            )
        tensors = load(data)
        weights, bias = tensors["weights"], tensors["bias"]
        unknown = sorted(set(file.labels) - set(taxonomy.labels))
        if len(unknown) == len(file.labels):
            # A taxonomy of other schemes: the model has nothing to say, the keywords speak alone.
            file = msgspec.structs.replace(file, labels=[])
            weights, bias, unknown = weights[:, :0], bias[:0], []
        if unknown or file.format != FORMAT:
            raise ModelError(
                f"it was made for other labels ({', '.join(unknown) or 'another format'})",
                where=str(folder),
                hint="train a model with this taxonomy",
            )
        return cls(taxonomy, file, weights, bias)

    def scores(
        self, text: str, language: str, matches: Sequence[Match], muted: SpanSet
    ) -> dict[str, float]:
        """Return the log-odds of every label for one paragraph."""
        return self.score(text, language, matches, muted).log_odds

    def suggest(
        self,
        text: str,
        language: str,
        matches: Sequence[Match],
        muted: SpanSet,
        offset: int,
        unmet: frozenset[str] = frozenset(),
    ) -> list[Suggestion]:
        """Return one suggestion for each label, with the spans that speak most for it.

        Args:
            text: The paragraph.
            language: Its language, a supported one.
            matches: The terms found in it.
            muted: Spans whose words do not count.
            offset: Where the paragraph begins in its document.
            unmet: Labels that it does not speak for, for their context is missing.
        """
        scored = self.score(text, language, matches, muted, unmet)
        return [
            Suggestion(
                label,
                "classifier",
                score,
                scored.evidence(label, text, offset) if score > _EVIDENCE_SCORE else (),
            )
            for label, score in scored.log_odds.items()
        ]

    def score(
        self,
        text: str,
        language: str,
        matches: Sequence[Match],
        muted: SpanSet,
        unmet: frozenset[str] = frozenset(),
    ) -> Scored:
        """Score one paragraph; arguments as for :meth:`suggest`."""
        import numpy as np  # noqa: PLC0415 - loaded with the weights

        rows: list[int] = []
        values: list[float] = []
        spans: list[list[Span]] = []
        found = self._extractor.extract(text, language, matches, muted)
        first = 0
        for block, row_of in zip(self._blocks, self._rows, strict=True):
            known = [
                (row, places)
                for name, places in found[block.kind].items()
                if (row := row_of.get(name)) is not None
            ]
            inner = [row for row, _ in known]
            counts = [len(places) for _, places in known]
            rarity = block.rarity.get(language, ())
            values += scaled_values(block.kind, block.weight, counts, rarity, inner)
            rows += [first + row for row in inner]
            spans += [places for _, places in known]
            first += len(block.names)
        weights = self._weights.take(np.fromiter(rows, dtype=np.intp, count=len(rows)), axis=0)
        total = self._bias
        if rows:
            total = np.fromiter(values, dtype=np.float32, count=len(values)) @ weights + total
        log_odds = dict(zip(self.labels, total.tolist(), strict=True))
        return Scored(hold_back(log_odds, unmet), weights, values, spans)


class Scored:
    """The scores of one paragraph, and what is needed to tell where they come from.

    Evidence is worked out for the labels that are shown alone: they are few.
    """

    __slots__ = ("_places", "_spans", "_values", "_weights", "log_odds")

    def __init__(
        self,
        log_odds: dict[str, float],
        weights: NDArray[np.float32],
        values: Sequence[float],
        spans: Sequence[Sequence[Span]],
    ) -> None:
        """Keep the weights and values of the features, and the spans where they stand."""
        self.log_odds = log_odds
        """Label -> log-odds, in the order of the columns of ``weights``."""
        self._weights = weights
        self._values = values
        self._spans = spans
        self._places: _Places | None = None

    def evidence(self, label: str, text: str, offset: int) -> tuple[Evidence, ...]:
        """Return the spans that add most to one label, features at one place summed.

        Args:
            label: A label that the model scores.
            text: The paragraph.
            offset: Where the paragraph begins in its document.
        """
        if self._places is None:
            self._places = _Places(self._values, self._spans)
        column = self._weights[:, list(self.log_odds).index(label)]
        best = sorted(self._places.telling(column), key=_most_telling)[:_EVIDENCE_SPANS]
        return tuple(
            Evidence(offset + start, offset + end, text[start:end], "classifier", None, weight)
            for (start, end), weight in sorted(best)
        )


class _Places:
    """The places where some features stand, numbered, so that numpy adds up what they weigh."""

    __slots__ = ("_counts", "_numbers", "_spans", "_values")

    def __init__(self, values: Sequence[float], spans: Sequence[Sequence[Span]]) -> None:
        import numpy as np  # noqa: PLC0415 - loaded with the weights

        numbers: dict[Span, int] = {}
        number = numbers.setdefault
        self._numbers = np.fromiter(
            [number(span, len(numbers)) for places in spans for span in places], dtype=np.intp
        )
        """The number of each feature's places, one feature after the other."""
        self._counts = np.fromiter(map(len, spans), dtype=np.intp, count=len(spans))
        self._values = np.fromiter(values, dtype=np.float64, count=len(values))
        self._spans = list(numbers)

    def telling(self, weights: NDArray[np.float32]) -> Iterator[tuple[Span, float]]:
        """Yield the places that are worth showing, with what they add to the log-odds.

        Args:
            weights: What each feature weighs for the label.
        """
        import numpy as np  # noqa: PLC0415 - loaded with the weights

        shares = self._values * weights.astype(np.float64) / self._counts
        # In the order of the features: sums in another order have other last digits.
        sums = np.bincount(self._numbers, np.repeat(shares, self._counts))
        for place in np.flatnonzero(sums >= _EVIDENCE_FLOOR).tolist():
            yield self._spans[place], float(sums[place])


def _most_telling(place: tuple[Span, float]) -> tuple[float, Span]:
    """Return what places are sorted by: the heaviest first, then in their order."""
    span, weight = place
    return -weight, span
