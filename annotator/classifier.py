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

from annotator.errors import ModelError
from annotator.features import CONCEPT, FeatureExtractor
from annotator.fusion import FusionSettings
from annotator.model import Evidence, Suggestion
from annotator.resources import model_folder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from annotator.features import Occurrences
    from annotator.matcher import Match
    from annotator.spans import SpanSet
    from annotator.taxonomy import Taxonomy

__all__ = ["Block", "Classifier", "ModelFile", "scaled_values"]

_SHORT_TEXT = 100.0
"""Added to the squared length of a block, so that one word in a short text is not all of it."""

_EVIDENCE_FLOOR = 0.15
"""Log-odds from which a span is worth showing as evidence."""

_EVIDENCE_SPANS = 5
_EVIDENCE_SCORE = -1.5
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
    kind: str, weight: float, occurrences: Occurrences, rarity: Sequence[float], rows: Sequence[int]
) -> list[float]:
    """Scale the counts of one block's features, as in training.

    Concepts count once and a little more for each repetition; other blocks
    are weighted by rarity and brought to unit length, so that long paragraphs
    do not shout.
    """
    if kind == CONCEPT:
        return [weight * (1 + 0.3 * log(len(spans))) for spans in occurrences.values()]
    values = [
        (1 + log(len(spans))) * (rarity[row] if rarity else 1.0)
        for spans, row in zip(occurrences.values(), rows, strict=True)
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
        self._blocks = file.blocks
        self._extractor = FeatureExtractor(taxonomy, [block.kind for block in file.blocks])
        self._weights = weights
        self._bias = bias
        self._rows: list[dict[str, int]] = []
        first = 0
        for block in file.blocks:
            self._rows.append({name: row for row, name in enumerate(block.names, first)})
            first += len(block.names)

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
        rows, values, _ = self._read(text, language, matches, muted)
        return dict(zip(self.labels, self._log_odds(rows, values), strict=True))

    def suggest(
        self,
        text: str,
        language: str,
        matches: Sequence[Match],
        muted: SpanSet,
        offset: int,
    ) -> list[Suggestion]:
        """Return one suggestion for each label, with the spans that speak most for it.

        Args:
            text: The paragraph.
            language: Its language, a supported one.
            matches: The terms found in it.
            muted: Spans whose words do not count.
            offset: Where the paragraph begins in its document.
        """
        rows, values, spans = self._read(text, language, matches, muted)
        suggestions = []
        for column, (label, score) in enumerate(
            zip(self.labels, self._log_odds(rows, values), strict=True)
        ):
            evidence = (
                self._evidence(column, rows, values, spans, text, offset)
                if score > _EVIDENCE_SCORE
                else ()
            )
            suggestions.append(Suggestion(label, "classifier", score, evidence))
        return suggestions

    def _read(
        self, text: str, language: str, matches: Sequence[Match], muted: SpanSet
    ) -> tuple[list[int], list[float], list[list[tuple[int, int]]]]:
        """Return the rows of the features that the model knows, their values and spans."""
        rows: list[int] = []
        values: list[float] = []
        spans: list[list[tuple[int, int]]] = []
        found = self._extractor.extract(text, language, matches, muted)
        first = 0
        for block, row_of in zip(self._blocks, self._rows, strict=True):
            known = {name: places for name, places in found[block.kind].items() if name in row_of}
            places_of = [row_of[name] for name in known]
            rarity = block.rarity.get(language, ())
            inner = [row - first for row in places_of]
            values += scaled_values(block.kind, block.weight, known, rarity, inner)
            rows += places_of
            spans += known.values()
            first += len(block.names)
        return rows, values, spans

    def _log_odds(self, rows: Sequence[int], values: Sequence[float]) -> list[float]:
        """Sum up the weights of the features."""
        import numpy as np  # noqa: PLC0415 - loaded with the weights

        if not rows:
            return [float(value) for value in self._bias]
        total = np.asarray(values, dtype=np.float32) @ self._weights[rows].astype(np.float32)
        return [float(value) for value in total + self._bias]

    def _evidence(
        self,
        column: int,
        rows: Sequence[int],
        values: Sequence[float],
        spans: Sequence[Sequence[tuple[int, int]]],
        text: str,
        offset: int,
    ) -> tuple[Evidence, ...]:
        """Return the spans that add most to one label, features at one place summed."""
        weights: dict[tuple[int, int], float] = {}
        for row, value, places in zip(rows, values, spans, strict=True):
            share = value * float(self._weights[row, column]) / len(places)
            for place in places:
                weights[place] = weights.get(place, 0.0) + share
        best = sorted(weights.items(), key=lambda item: (-item[1], item[0]))[:_EVIDENCE_SPANS]
        return tuple(
            Evidence(offset + start, offset + end, text[start:end], "classifier", None, weight)
            for (start, end), weight in sorted(best)
            if weight >= _EVIDENCE_FLOOR
        )
