"""What is compared with gold: the labels that a model gives, or that a file says were given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from annotator.errors import RowError, UnreadableInputError
from annotator.model import Document

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from annotator.gold import GoldRow
    from annotator.model import AnnotatedDocument
    from annotator.pipeline import Annotator
    from annotator.taxonomy import Taxonomy

__all__ = ["Decision", "Decisions", "decide", "line_up", "read_decisions"]


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided on one text."""

    language: str
    score: dict[str, float]
    """Label -> score; labels that are not here score nothing."""
    assigned: frozenset[str]


@dataclass(frozen=True, slots=True)
class Decisions:
    """Gold and decisions lined up: one row a text, one column a label."""

    labels: tuple[str, ...]
    schemes: tuple[str, ...]
    """The scheme of each label."""
    ids: tuple[str, ...]
    languages: NDArray[np.str_]
    gold: NDArray[np.bool_]
    asked: NDArray[np.bool_]
    """Pairs of text and label whose answer is known."""
    score: NDArray[np.float64]
    given: NDArray[np.bool_]

    def in_language(self, language: str) -> Decisions:
        """Return the rows in one language."""
        rows = np.flatnonzero(self.languages == language)
        return Decisions(
            self.labels,
            self.schemes,
            tuple(self.ids[row] for row in rows),
            self.languages[rows],
            self.gold[rows],
            self.asked[rows],
            self.score[rows],
            self.given[rows],
        )

    def of_scheme(self, scheme: str) -> Decisions:
        """Return the rows that ask about one scheme, with its labels alone."""
        columns = np.flatnonzero(np.array(self.schemes) == scheme)
        rows = np.flatnonzero(self.asked[:, columns].any(axis=1))
        place = np.ix_(rows, columns)
        return Decisions(
            tuple(self.labels[column] for column in columns),
            (scheme,) * len(columns),
            tuple(self.ids[row] for row in rows),
            self.languages[rows],
            self.gold[place],
            self.asked[place],
            self.score[place],
            self.given[place],
        )


def decide(
    rows: Sequence[GoldRow],
    annotator: Annotator,
    review: Callable[[AnnotatedDocument], AnnotatedDocument | None] | None = None,
) -> dict[str, Decision]:
    """Annotate gold texts.

    Args:
        rows: The gold, ids unique.
        annotator: What gives the labels.
        review: What people make of these labels; ``None`` for a text that is left out.

    >>> from annotator import Annotator
    >>> from annotator.gold import GoldRow
    >>> decided = decide([GoldRow("تطعيم الأطفال ضد الحصبة", id="1", labels=("SDG3",))], Annotator())
    >>> decided["1"].language, sorted(decided["1"].assigned)
    ('ar', ['SDG3'])
    """
    decided = {}
    for row in rows:
        machine = annotator.annotate(
            Document(id=row.id, source="gold", text=row.text, language=row.lang)
        )
        annotated = machine if review is None else review(machine)
        if annotated is not None:
            decided[row.id] = Decision(
                annotated.language,
                {label.label: label.score for label in annotated.labels},
                frozenset(label.label for label in annotated.assigned),
            )
    return decided


class _ScoredLabel(msgspec.Struct, frozen=True):
    label: str
    score: float
    assigned: bool


class _Record(msgspec.Struct, frozen=True):
    id: str
    labels: list[_ScoredLabel | str]
    language: str | None = None


class _Export(msgspec.Struct, frozen=True):
    documents: list[_Record]


def read_decisions(path: Path, on_error: Callable[[RowError], None]) -> dict[str, Decision]:
    """Read decisions from a file: what ``annotator export`` wrote, or a person's labels.

    Args:
        path: A ``.json`` or ``.jsonl`` export, or JSON lines with an ``id``
            and a list of ``labels``, which then score 1.
        on_error: Called with each line that holds no decision; it is left out.

    Raises:
        UnreadableInputError: The file cannot be read, or holds no decision.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableInputError(
            f"the decisions cannot be read ({error})", where=str(path), hint="annotator export"
        ) from error
    decided: dict[str, Decision] = {}
    for record in _records(text, path, on_error):
        scored = [
            _ScoredLabel(label, 1.0, assigned=True) if isinstance(label, str) else label
            for label in record.labels
        ]
        decided[record.id] = Decision(
            record.language or "und",
            {label.label: label.score for label in scored},
            frozenset(label.label for label in scored if label.assigned),
        )
    if not decided:
        raise UnreadableInputError(
            "there is no decision", where=str(path), hint="annotator export GOLD -o FILE"
        )
    return decided


def _records(text: str, path: Path, on_error: Callable[[RowError], None]) -> list[_Record]:
    """Decode an export as a whole, or line by line."""
    if path.suffix.lower() == ".json":
        try:
            return msgspec.json.decode(text, type=_Export).documents
        except msgspec.DecodeError as error:
            raise UnreadableInputError(
                f"no export ({error})", where=str(path), hint="annotator export --format json"
            ) from error
    records = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            records.append(msgspec.json.decode(line, type=_Record))
        except msgspec.DecodeError as error:
            on_error(
                RowError(
                    f"no decision ({error})", where=f"{path}:{number}", hint="an id and its labels"
                )
            )
    return records


def line_up(
    rows: Sequence[GoldRow],
    decided: Mapping[str, Decision],
    taxonomy: Taxonomy,
    schemes: Sequence[str] | None = None,
) -> Decisions:
    """Line up gold with decisions on it.

    Rows with ``labels`` are judged on every leaf label of the schemes; rows
    with a question on that label alone. Gold that names a broader label (C7)
    leaves open which of the narrower ones hold, so nothing is asked of them.

    Args:
        rows: The gold; rows without a decision are left out.
        decided: Id -> decision.
        taxonomy: The labels.
        schemes: What to judge; by default the schemes that the gold names.
    """
    rows = [row for row in rows if row.id in decided]
    used = {taxonomy.scheme_of(name) for row in rows for name in row.names}
    judged = [scheme for scheme in taxonomy.schemes if scheme in (schemes or used)]
    labels = [label for scheme in judged for label in taxonomy.leaves(scheme)]
    column_of = {label: column for column, label in enumerate(labels)}
    shape = (len(rows), len(labels))
    gold, asked, given = (np.zeros(shape, dtype=bool) for _ in range(3))
    score = np.zeros(shape)
    languages = []
    for position, row in enumerate(rows):
        decision = decided[row.id]
        languages.append(row.lang or decision.language)
        for label, value in decision.score.items():
            if label in column_of:
                score[position, column_of[label]] = value
        given[position, [column_of[name] for name in decision.assigned if name in column_of]] = True
        asked[position] = row.labels is not None
        for name in row.names:
            narrower = [
                n for n, label in enumerate(labels) if taxonomy.labels[label].broader == name
            ]
            asked[position, narrower] = False
        for name in row.names:
            if name in column_of:
                asked[position, column_of[name]] = True
                gold[position, column_of[name]] = row.labels is not None or bool(row.answer)
    return Decisions(
        labels=tuple(labels),
        schemes=tuple(taxonomy.scheme_of(label) for label in labels),
        ids=tuple(row.id for row in rows),
        languages=np.array(languages, dtype=np.str_),
        gold=gold,
        asked=asked,
        score=score,
        given=given & asked,
    )
