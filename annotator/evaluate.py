"""Quality figures against gold labels, each with a bootstrap interval.

Two kinds of gold: rows with all their ``labels``, and rows that ask about one
``label`` and give the ``answer``, yes or no. A figure always says on how many
rows it stands.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from annotator.errors import RowError, UnreadableInputError
from annotator.model import Document

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from annotator.pipeline import Annotator

__all__ = ["Evaluation", "Figure", "GoldRow", "LabelFigures", "evaluate", "read_gold"]

RESAMPLES = 300
_SEED = 20
_BINS = 10
_NEAR_TOP = 3
_CONFIDENCE = (2.5, 97.5)


class GoldRow(msgspec.Struct, frozen=True):
    """One row of a gold file; ``answer`` goes with ``label``, ``labels`` stands alone."""

    text: str
    id: str = ""
    lang: str | None = None
    labels: tuple[str, ...] | None = None
    label: str | None = None
    answer: bool | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with the interval in which it lies 95 times in 100."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class LabelFigures:
    """What was right for one label."""

    label: str
    support: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All figures on one gold file."""

    rows: int
    figures: dict[str, Figure]
    labels: list[LabelFigures]
    by_language: dict[str, dict[str, Figure]]
    confusion: Counter[tuple[str, str]]
    """(gold label that was missed, label that was given instead) -> rows."""

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        plain = msgspec.to_builtins(
            {
                "rows": self.rows,
                "figures": self.figures,
                "labels": self.labels,
                "by_language": self.by_language,
            }
        )
        plain["confusion"] = [
            {"gold": gold, "given": given, "rows": rows}
            for (gold, given), rows in sorted(self.confusion.items())
        ]
        return dict(plain)


@dataclass(frozen=True, slots=True)
class _Decisions:
    """What is compared: one row a text, one column a label."""

    gold: NDArray[np.bool_]
    asked: NDArray[np.bool_]
    """Pairs whose answer is known."""
    score: NDArray[np.float64]
    given: NDArray[np.bool_]

    def take(self, rows: NDArray[np.intp]) -> _Decisions:
        """Return some of the rows, in a given order, repetitions included."""
        return _Decisions(self.gold[rows], self.asked[rows], self.score[rows], self.given[rows])


def read_gold(path: Path, on_error: Callable[[RowError], None]) -> list[GoldRow]:
    """Read a gold file of JSON lines.

    Rows that are no gold are handed to ``on_error`` and left out.

    Raises:
        UnreadableInputError: The file cannot be read, or holds no gold at all.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableInputError(
            f"the gold file cannot be read ({error})", where=str(path), hint="JSON lines in UTF-8"
        ) from error
    rows = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = msgspec.json.decode(line, type=GoldRow)
        except msgspec.DecodeError as error:
            on_error(
                RowError(
                    f"no gold row ({error})",
                    where=f"{path}:{number}",
                    hint="text and labels, or text, label and answer",
                )
            )
            continue
        if row.labels is None and (row.label is None or row.answer is None):
            on_error(
                RowError(
                    "neither labels nor a label with its answer",
                    where=f"{path}:{number}",
                    hint="give one of them",
                )
            )
            continue
        rows.append(row)
    if not rows:
        raise UnreadableInputError(
            "there is no gold row", where=str(path), hint="text and labels in each row"
        )
    return rows


def evaluate(rows: Sequence[GoldRow], annotator: Annotator) -> Evaluation:
    """Annotate gold texts and compare.

    Rows with ``labels`` are judged on every label of the schemes that the
    file's gold uses; rows with a question only on the label in question.

    >>> from annotator import Annotator
    >>> rows = [GoldRow("Вакцинация детей от кори", labels=("SDG3",)), GoldRow("足球比赛", labels=())]
    >>> evaluation = evaluate(rows, Annotator())
    >>> evaluation.rows, evaluation.figures["top 1"].value
    (2, 1.0)
    """
    labels = _labels_judged(rows, annotator)
    decisions, languages = _decide(rows, labels, annotator)
    by_language = {
        language: _figures(decisions.take(np.flatnonzero(languages == language)))
        for language in sorted(set(languages))
    }
    return Evaluation(
        rows=len(rows),
        figures=_figures(decisions),
        labels=[
            _label_figures(label, decisions, column)
            for column, label in enumerate(labels)
            if decisions.asked[:, column].any()
        ],
        by_language=by_language if len(by_language) > 1 else {},
        confusion=_confusion(decisions, labels),
    )


def _labels_judged(rows: Sequence[GoldRow], annotator: Annotator) -> list[str]:
    """Return the leaf labels of the schemes that the gold uses."""
    taxonomy = annotator.taxonomy
    used = {label for row in rows for label in (row.labels or (row.label or "",))}
    schemes = {taxonomy.scheme_of(label) for label in used if label in taxonomy.labels}
    return [label for label in taxonomy.leaves() if taxonomy.scheme_of(label) in schemes]


def _decide(
    rows: Sequence[GoldRow], labels: Sequence[str], annotator: Annotator
) -> tuple[_Decisions, NDArray[np.str_]]:
    """Annotate the texts and line up gold and answers."""
    shape = (len(rows), len(labels))
    decisions = _Decisions(
        np.zeros(shape, bool), np.zeros(shape, bool), np.zeros(shape), np.zeros(shape, bool)
    )
    column_of = {label: column for column, label in enumerate(labels)}
    languages = []
    for position, row in enumerate(rows):
        document = Document(id=row.id, source="gold", text=row.text, language=row.lang)
        annotated = annotator.annotate(document)
        languages.append(row.lang or annotated.language)
        for label in annotated.labels:
            if label.label in column_of:
                decisions.score[position, column_of[label.label]] = label.score
                decisions.given[position, column_of[label.label]] = label.assigned
        if row.labels is not None:
            decisions.asked[position] = True
            for name in row.labels:
                if name in column_of:
                    decisions.gold[position, column_of[name]] = True
        elif row.label in column_of:
            decisions.asked[position, column_of[row.label]] = True
            decisions.gold[position, column_of[row.label]] = bool(row.answer)
    return decisions, np.array(languages)


def _figures(decisions: _Decisions) -> dict[str, Figure]:
    """Compute every figure, with its interval over resampled rows."""
    values = _values(decisions)
    generator = np.random.default_rng(_SEED)
    count = len(decisions.gold)
    samples: dict[str, list[float]] = {name: [] for name in values}
    for _ in range(RESAMPLES if count > 1 else 0):
        for name, value in _values(decisions.take(generator.integers(0, count, count))).items():
            if name in samples and not np.isnan(value):
                samples[name].append(value)
    figures = {}
    for name, value in values.items():
        low, high = np.percentile(samples[name], _CONFIDENCE) if samples[name] else (value, value)
        figures[name] = Figure(round(value, 4), round(float(low), 4), round(float(high), 4))
    return figures


def _values(decisions: _Decisions) -> dict[str, float]:
    """Compute every figure once."""
    asked = decisions.asked
    gold = decisions.gold & asked
    given = decisions.given & asked
    right = (gold & given).sum(axis=0)
    f1 = _ratio(2 * right, gold.sum(axis=0) + given.sum(axis=0))
    supported = gold.any(axis=0)
    values = {
        "accuracy of pairs": float((gold == given)[asked].mean()) if asked.any() else np.nan,
        "micro precision": _ratio(right.sum(), given.sum()),
        "micro recall": _ratio(right.sum(), gold.sum()),
        "micro F1": _ratio(2 * right.sum(), gold.sum() + given.sum()),
        "macro F1": float(np.mean(f1[supported])) if supported.any() else np.nan,
        "calibration error": _calibration_error(decisions.score[asked], gold[asked]),
        "coverage": float(given.any(axis=1).mean()),
    }
    ranked = gold.any(axis=1) & asked.all(axis=1)
    if ranked.any():
        order = np.argsort(-decisions.score[ranked], axis=1, kind="stable")[:, :_NEAR_TOP]
        hits = np.take_along_axis(gold[ranked], order, axis=1)
        values["top 1"] = float(hits[:, 0].mean())
        values["recall at 3"] = float(
            (hits.sum(axis=1) / np.minimum(gold[ranked].sum(axis=1), _NEAR_TOP)).mean()
        )
    return {name: float(value) for name, value in values.items()}


def _ratio(part: Any, whole: Any) -> Any:  # noqa: ANN401 - numbers or arrays of them
    """Divide; nothing out of nothing is nothing."""
    return np.where(np.asarray(whole) > 0, part / np.maximum(whole, 1), 0.0)


def _calibration_error(score: NDArray[np.float64], gold: NDArray[np.bool_]) -> float:
    """Return the expected calibration error over ten bins (Naeini et al., 2015)."""
    bins = np.minimum((score * _BINS).astype(int), _BINS - 1)
    error = 0.0
    for number in range(_BINS):
        inside = bins == number
        if inside.any():
            error += abs(score[inside].mean() - gold[inside].mean()) * inside.mean()
    return float(error)


def _label_figures(label: str, decisions: _Decisions, column: int) -> LabelFigures:
    """Compute the figures of one label."""
    asked = decisions.asked[:, column]
    gold = decisions.gold[asked, column]
    given = decisions.given[asked, column]
    right = int((gold & given).sum())
    precision = right / max(1, int(given.sum()))
    recall = right / max(1, int(gold.sum()))
    f1 = 2 * right / max(1, int(gold.sum() + given.sum()))
    return LabelFigures(label, int(gold.sum()), round(precision, 4), round(recall, 4), round(f1, 4))


def _confusion(decisions: _Decisions, labels: Sequence[str]) -> Counter[tuple[str, str]]:
    """Count which label stands first where a gold label was missed."""
    counts: Counter[tuple[str, str]] = Counter()
    for position in np.flatnonzero(decisions.asked.all(axis=1)):
        first = int(np.argmax(decisions.score[position]))
        if decisions.gold[position, first]:
            continue
        for column in np.flatnonzero(decisions.gold[position] & ~decisions.given[position]):
            counts[labels[int(column)], labels[first]] += 1
    return counts
