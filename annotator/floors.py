"""Floors under the quality figures, so that quality cannot fall unseen.

A floors file names the cases by their hash and says, for each language and
label, what the figures must not fall below. It is written by
``annotator evaluate CASES --floors FILE --raise-floors``, which lifts floors
and never lowers one while the cases are the same: who wants a floor lower
edits the file, where a reviewer sees it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from annotator.errors import UnreadableInputError

if TYPE_CHECKING:
    from pathlib import Path

    from annotator.evaluate import Evaluation
    from annotator.figures import Figure

__all__ = [
    "Floors",
    "Shortfall",
    "find_shortfalls",
    "hash_cases",
    "raise_floors",
    "read_floors",
    "write_floors",
]

_FIGURES = ("micro F1", "macro F1", "top 1", "recall at 3")
_ABSTENTION = "abstention"


class Floors(msgspec.Struct, frozen=True):
    """What the figures must not fall below."""

    cases_sha256: str
    languages: dict[str, dict[str, float]]
    """Language -> name of a figure, with its scheme -> floor."""
    labels: dict[str, dict[str, float]]
    """Label -> language -> floor of F1."""


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A figure below its floor, or a floor that a figure would lower."""

    name: str
    value: float
    floor: float

    def __str__(self) -> str:
        """Return one line that tells both numbers."""
        return f"{self.name} is {self.value:.3f}, its floor {self.floor:.3f}"


def hash_cases(path: Path) -> str:
    """Return the hash by which a floors file knows its cases."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read_floors(path: Path) -> Floors:
    """Read a floors file.

    Raises:
        UnreadableInputError: It is missing or wrong.
    """
    try:
        return msgspec.yaml.decode(path.read_bytes(), type=Floors)
    except (OSError, msgspec.DecodeError) as error:
        raise UnreadableInputError(
            f"no floors file ({error})",
            where=str(path),
            hint="annotator evaluate CASES --floors FILE --raise-floors",
        ) from error


def write_floors(floors: Floors) -> str:
    """Return the text of a floors file."""
    lines = [
        "# Written by `annotator evaluate CASES --floors FILE --raise-floors`, which only lifts floors.",
        "# A floor stands one case below what was measured.",
        f"cases_sha256: {floors.cases_sha256}",
        "languages:",
    ]
    for language, figures in floors.languages.items():
        lines.append(f"  {language}:")
        lines += [f"    {name}: {value:.3f}" for name, value in figures.items()]
    lines.append("labels: # F1")
    for label, by_language in floors.labels.items():
        cells = ", ".join(f"{language}: {value:.3f}" for language, value in by_language.items())
        lines.append(f"  {label}: {{{cells}}}")
    return "\n".join(lines) + "\n"


def find_shortfalls(evaluation: Evaluation, floors: Floors) -> list[Shortfall]:
    """Return the figures that are below their floors; a figure that is gone counts as 0."""
    values = _flat(_measured(evaluation, floors.cases_sha256, cases_below=0))
    return [
        Shortfall(name, values.get(name, 0.0), floor)
        for name, floor in _flat(floors).items()
        if values.get(name, 0.0) < floor
    ]


def raise_floors(
    evaluation: Evaluation, cases_sha256: str, old: Floors | None
) -> tuple[Floors, list[Shortfall]]:
    """Return floors one case below what is measured, no lower than the old ones.

    Returns:
        The floors, and where the old floor is higher than one case below what
        is measured. With the same cases it was kept; with other cases it says
        nothing any more and went down.
    """
    new = _measured(evaluation, cases_sha256, cases_below=1)
    before = _flat(old) if old else {}
    now = _flat(new)
    lower = [
        Shortfall(name, now.get(name, 0.0), floor)
        for name, floor in before.items()
        if now.get(name, 0.0) < floor
    ]
    if old is None or old.cases_sha256 != cases_sha256:
        return new, lower
    kept = Floors(
        cases_sha256,
        {
            language: {
                name: max(value, old.languages.get(language, {}).get(name, 0.0))
                for name, value in figures.items()
            }
            for language, figures in new.languages.items()
        },
        {
            label: {
                language: max(value, old.labels.get(label, {}).get(language, 0.0))
                for language, value in by_language.items()
            }
            for label, by_language in new.labels.items()
        },
    )
    return kept, lower


def _measured(evaluation: Evaluation, cases_sha256: str, cases_below: int) -> Floors:
    """Return what is measured, less some cases of those that each figure stands on."""
    languages: dict[str, dict[str, float]] = {}
    labels: dict[str, dict[str, float]] = {}
    for language, group in evaluation.languages.items():
        decisions = evaluation.decisions.in_language(language)
        named = decisions.gold & decisions.asked
        figures: dict[str, float] = {}
        for scheme, of_scheme in group.schemes.items():
            columns = [n for n, name in enumerate(decisions.schemes) if name == scheme]
            texts = int(named[:, columns].any(axis=1).sum())
            for name in _FIGURES:
                if name in of_scheme:
                    figures[f"{scheme} {name}"] = _less(of_scheme[name], cases_below, texts)
        if _ABSTENTION in group.figures:
            silent = int((~named.any(axis=1)).sum())
            figures[_ABSTENTION] = _less(group.figures[_ABSTENTION], cases_below, silent)
        languages[language] = figures
        for label in group.labels:
            if label.support:
                floor = _less(label.f1, cases_below, label.support)
                labels.setdefault(label.label, {})[language] = floor
    return Floors(cases_sha256, languages, labels)


def _less(figure: Figure, cases: int, total: int) -> float:
    """Return a figure less some of the cases on which it stands, rounded down."""
    value = max(0.0, figure.value - cases / max(1, total))
    return int(value * 1000) / 1000


def _flat(floors: Floors) -> dict[str, float]:
    """Return all floors by one name each."""
    flat = {
        f"{language}, {name}": value
        for language, figures in floors.languages.items()
        for name, value in figures.items()
    }
    return flat | {
        f"{language}, {label} F1": value
        for label, by_language in floors.labels.items()
        for language, value in by_language.items()
    }
