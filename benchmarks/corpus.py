"""Make a corpus of any size: the same bytes everywhere, from what the checkout holds.

Sentences of ``taxonomy/examples`` are put together to paragraphs of about 600
characters, in six languages in turn. One paragraph in ten also names a label,
and one word in fifty is made up, for real texts are full of words that nobody
has seen before: a memory of words must not make the figures better than they
would be.

Run ``python benchmarks/corpus.py corpus.jsonl`` for 20,000 documents of one
paragraph each, ``--rows N`` for another number, ``--bytes N`` for as many as
reach a size, ``--plain`` for one text with a paragraph a line, and ``--gold``
to add to each document the labels of its first example.
"""

from __future__ import annotations

import argparse
import json
import random
import re
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["LANGUAGES", "Row", "read_examples", "rows"]

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("ar", "en", "es", "fr", "ru", "zh")
PARAGRAPH = 600
"""Characters from which a paragraph is long enough."""

_SENTENCE = re.compile(r".+?(?:[.!?؟。！？]+[\"»”)]*\s*|$)", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]{5,}")
_MADE_UP = 0.02
_DECLARED = 0.1
_LETTERS = {
    "ar": "ابتثجحخدذرزسشصضطظعغفقكلمنهوي",
    "ru": "абвгдежзиклмнопрстуфхцчшщыьэюя",
    "zh": "魑魅魍魉饕餮龘靐麤犇猋骉",
}
_LATIN = "abcdefghijklmnopqrstuvwxyz"


class Row(NamedTuple):
    """One document of one paragraph."""

    name: str
    language: str
    text: str
    labels: list[str]


def read_examples(language: str) -> list[dict[str, list[str] | str]]:
    """Return the examples of a language, as they stand in the file."""
    path = ROOT / "taxonomy" / "examples" / f"{language}.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def _official_names() -> list[dict[str, str]]:
    """Return the names of all labels, by language."""
    path = ROOT / "taxonomy" / "schemes.yaml"
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [label["prefLabel"] for label in data["labels"]]


def rows(seed: int = 0) -> Iterator[Row]:
    """Yield documents without end, the languages in turn."""
    chance = random.Random(seed)  # noqa: S311 - the same corpus each time is what is wanted
    names = _official_names()
    examples = {language: read_examples(language) for language in LANGUAGES}
    sentences = {
        language: [
            (sentence.strip(), list(example["labels"]))
            for example in examples[language]
            for sentence in _SENTENCE.findall(str(example["text"]))
            if sentence.strip()
        ]
        for language in LANGUAGES
    }
    number = 0
    while True:
        for language in LANGUAGES:
            number += 1
            parts: list[str] = []
            labels: list[str] = []
            if chance.random() < _DECLARED:
                goal = chance.randrange(1, 18)
                parts.append(f"SDG {goal}: {chance.choice(names)[language]}.")
            while sum(map(len, parts)) < PARAGRAPH:
                sentence, about = chance.choice(sentences[language])
                labels = labels or about
                parts.append(_with_made_up_words(sentence, language, chance))
            joint = "" if language == "zh" else " "
            yield Row(f"{language}-{number:07}", language, joint.join(parts), labels)


def _with_made_up_words(sentence: str, language: str, chance: random.Random) -> str:
    """Put words that nobody has seen in the place of some long ones."""

    def replace(word: re.Match[str]) -> str:
        if chance.random() >= _MADE_UP:
            return word.group()
        letters = _LETTERS.get(language, _LATIN)
        # In Chinese, what looks like a word is a clause: only its first characters are new.
        size = 2 if language == "zh" else chance.randrange(5, 11)
        made_up = "".join(chance.choice(letters) for _ in range(size))
        return made_up + word.group()[2:] if language == "zh" else made_up

    return _WORD.sub(replace, sentence)


def _chosen(count: int | None, size: int | None) -> Iterator[Row]:
    """Yield a number of rows, or as many as reach a number of bytes."""
    if size is None:
        yield from islice(rows(), count)
        return
    total = 0
    for row in rows():
        total += len(row.text.encode()) + 1
        yield row
        if total >= size:
            return


def main() -> None:
    """Write the corpus."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("output", type=Path)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--bytes", type=int, default=None)
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("--gold", action="store_true")
    options = parser.parse_args()
    with options.output.open("w", encoding="utf-8", newline="\n") as file:
        for row in _chosen(options.rows, options.bytes):
            if options.plain:
                file.write(row.text + "\n")
                continue
            record: dict[str, object] = {"id": row.name, "text": row.text}
            if options.gold:
                record["labels"] = row.labels
            file.write(json.dumps(record, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
