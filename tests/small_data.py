"""Data sets and a taxonomy small enough to train on in seconds, in words that no language has."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from annotator import Taxonomy
from annotator.train import fold_of

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["DATASETS", "LANGUAGES", "text", "word", "write_data", "write_training_taxonomy"]

LANGUAGES = ("ar", "en", "ru", "zh")

_LETTERS = {"ar": "بتثجحخدذرز", "en": "bdfgklmnpr", "ru": "бдфгклмнпр"}

DATASETS = """
datasets:
  survey.jsonl:
    {use: fit, schemes: [sdg], complete: "no", weight: "1", rarity: "yes", licence: CC BY 4.0,
     citation: "A survey that names one goal (2020)"}
  gold.jsonl:
    {use: develop, schemes: [sdg], complete: "yes", weight: "0", rarity: "no", licence: MIT,
     citation: "A gold standard (2021)"}
"""


def word(number: int, language: str) -> str:
    """Return the word with a number, made of three of ten syllables (or of two characters)."""
    if language == "zh":
        return chr(0x7500 + number) + chr(0x7600 + number)
    vowel = {"ar": "ا", "en": "o", "ru": "о"}[language]
    return vowel.join(_LETTERS[language][int(digit)] for digit in f"{number + 100:03d}")


def text(language: str, *numbers: int) -> str:
    """Return a sentence of words, with some that every sentence has."""
    gap = "，" if language == "zh" else " "
    return gap.join(word(number, language) for number in (90, 91, *numbers, 92, 93))


def write_training_taxonomy(folder: Path) -> Taxonomy:
    """Add to a taxonomy folder what training reads: vocabulary, data sets, examples.

    The word with the number of a label speaks for it; words from 90 on for none.
    """
    lines = ["id\tar\ten\tes\tfr\tru\tzh"]
    lines += [
        "\t".join([f"w{number:04d}", *(word(number, code) if code else "" for code in _COLUMNS)])
        for number in range(100)
    ]
    (folder / "vocabulary.tsv").write_text("\n".join(lines), encoding="utf-8")
    (folder / "datasets.yaml").write_text(DATASETS, encoding="utf-8")
    (folder / "examples").mkdir()
    labels = Taxonomy.load(folder).leaves()
    for language in LANGUAGES:
        rows: list[dict[str, Any]] = []
        for number, label in enumerate(labels):
            rows += [
                {
                    "id": f"{language}-{group}",
                    "lang": language,
                    "labels": [label],
                    "text": text(language, number, 60 + position),
                }
                for position, group in enumerate(_groups(label))
            ]
        rows += [
            {
                "id": f"{language}-none-{number}",
                "lang": language,
                "labels": [],
                "text": text(language, 70 + number),
            }
            for number in range(8)
        ]
        _write(folder / "examples" / f"{language}.jsonl", rows)
    return Taxonomy.load(folder)


_COLUMNS = ("ar", "en", "", "", "ru", "zh")


def _groups(label: str) -> list[str]:
    """Return three names of texts that do not all fall in one fold."""
    names = [f"{label}-{number}" for number in range(20)]
    other = next(name for name in names if fold_of(name) != fold_of(names[0]))
    return [names[0], other, f"{label}-extra"]


def write_data(folder: Path, labels: tuple[str, ...]) -> Path:
    """Write a survey that names one goal a text, and a gold standard that is only measured on."""
    goals = [(n, label) for n, label in enumerate(labels) if label.startswith("SDG")]
    folder.mkdir(parents=True, exist_ok=True)
    _write(
        folder / "survey.jsonl",
        [
            {
                "id": f"{language}-survey-{label}-{position}",
                "lang": language,
                "labels": [label],
                "text": text(language, number, 80 + position),
            }
            for language in LANGUAGES
            for number, label in goals
            for position in range(2)
        ],
    )
    _write(
        folder / "gold.jsonl",
        [
            {
                "id": f"gold-{label}",
                "lang": "en",
                "labels": [label],
                # Words 95 and 96 stand in this set alone.
                "text": text("en", number, 95, 96),
            }
            for number, label in goals
        ],
    )
    return folder


def _write(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write rows as JSON lines."""
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
