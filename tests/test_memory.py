"""Memory stays within bounds: that of a run, and that of a long paragraph."""

from __future__ import annotations

import json
import sys
import tracemalloc
from itertools import chain, zip_longest
from typing import TYPE_CHECKING

import pytest
from generated import LANGUAGES
from memory import measure

from annotator.phrases import PhraseFinder
from annotator.resources import taxonomy_folder
from annotator.segment import length_in_words

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from annotator import Taxonomy

MEGABYTE = 10**6
RUN = 180 * MEGABYTE
"""What a run over six languages may take with all that it loads; it takes 157 here, and took 237 once."""

DOUBTFUL = "O acesso à internet nas escolas rurais de Moçambique, Angola e Cabo Verde"
"""What only the language model can tell from its neighbours."""


def examples(language: str) -> list[str]:
    """Return the texts of a language's examples."""
    path = taxonomy_folder() / "examples" / f"{language}.jsonl"
    return [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells what a process holds")
def test_a_run_over_six_languages_takes_less_than_180_megabytes(tmp_path: Path) -> None:
    path = tmp_path / "corpus.jsonl"
    mixed = chain.from_iterable(zip_longest(*map(examples, LANGUAGES)))
    texts = [DOUBTFUL, *[text for text in mixed if text][:900]]
    rows = [json.dumps({"text": text}, ensure_ascii=False) for text in texts]
    path.write_text("\n".join(rows), encoding="utf-8")
    measured = measure("export", path, "--jobs", "1", folder=tmp_path)
    assert measured.status == 0
    languages = {json.loads(line)["language"] for line in measured.stdout.splitlines()}
    assert languages >= {*LANGUAGES, "pt"}
    assert measured.peak < RUN


def peak_of(function: Callable[[], object]) -> int:
    """Return the most bytes that a function held, after a first run that fills what is kept."""
    function()
    tracemalloc.start()
    try:
        function()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return peak


def test_counting_chinese_characters_takes_no_object_for_each() -> None:
    text = "数字经济，" * 60_000
    assert length_in_words(text) == 120_000
    assert peak_of(lambda: length_in_words(text)) < 25 * len(text)


def test_matches_of_a_long_chinese_text_are_not_held_all_at_once(taxonomy: Taxonomy) -> None:
    finder = PhraseFinder("zh", taxonomy.vocabulary("zh"))
    text = "网络，" * 100_000
    found = finder.find_substrings(text)
    assert [span for span, _ in found] == [(at, at + 2) for at in range(0, len(text), 3)]
    # Two pairs and two numbers for each that is found, and nothing for those on the way.
    assert peak_of(lambda: finder.find_substrings(text)) < 240 * len(found)


def test_a_match_across_two_windows_is_found_once(
    taxonomy: Taxonomy, monkeypatch: pytest.MonkeyPatch
) -> None:
    finder = PhraseFinder("zh", taxonomy.index("zh"))
    text = "".join(examples("zh")[:40])
    whole = finder.find_substrings(text)
    for window in (1, 7, 100):
        monkeypatch.setattr("annotator.phrases._WINDOW", window)
        assert sorted(finder.find_substrings(text)) == sorted(whole)
