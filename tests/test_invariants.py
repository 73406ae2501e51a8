"""What must not change a label: the order of files, other documents, and how a text is encoded."""

from __future__ import annotations

import json
import unicodedata
from itertools import cycle
from typing import TYPE_CHECKING, Any

import pytest
from commands import run
from generated import LANGUAGES, SENTENCES, documents, sentences
from hypothesis import given, settings, strategies as st

from annotator import Annotator, Document
from annotator.export import to_dict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from annotator import AnnotatedDocument


def labelled(annotated: AnnotatedDocument) -> list[tuple[str, float, bool]]:
    """Return the labels of a document with their scores."""
    return [(label.label, label.score, label.assigned) for label in annotated.labels]


def by_paragraph(annotated: AnnotatedDocument) -> list[list[tuple[str, float, bool]]]:
    """Return the labels of each paragraph with their scores."""
    return [
        [(label.label, label.score, label.assigned) for label in row.labels]
        for row in annotated.paragraphs
    ]


def as_document(text: str, name: str = "text") -> Document:
    return Document(id=name, source=name, text=text)


# Other documents

corpora = st.lists(documents, min_size=1, max_size=5)


@given(texts=corpora, data=st.data())
def test_the_order_of_documents_changes_no_label(
    annotator: Annotator, texts: list[str], data: st.DataObject
) -> None:
    corpus = [as_document(text, str(number)) for number, text in enumerate(texts)]
    shuffled = data.draw(st.permutations(corpus))
    expected = {result.document.id: to_dict(result) for result in annotator.annotate_many(corpus)}
    found = {result.document.id: to_dict(result) for result in annotator.annotate_many(shuffled)}
    assert found == expected


@given(texts=corpora, other=documents)
def test_another_document_changes_no_label(
    annotator: Annotator, texts: list[str], other: str
) -> None:
    corpus = [as_document(text, str(number)) for number, text in enumerate(texts)]
    alone = [to_dict(result) for result in Annotator.annotate_many(annotator, corpus)]
    among = [to_dict(result) for result in annotator.annotate_many([as_document(other), *corpus])]
    assert among[1:] == alone


def test_the_order_of_files_on_the_command_line_changes_no_label(
    seeds: Path, tmp_path: Path
) -> None:
    (tmp_path / "other.jsonl").write_text('{"text": "SDG 4 and C5 for all"}\n', encoding="utf-8")
    files = [*sorted(seeds.glob("*.txt")), tmp_path / "other.jsonl"]

    def records(*paths: Path) -> dict[str, Any]:
        lines = run("export", *paths).stdout.splitlines()
        return {record["id"]: record for record in map(json.loads, lines)}

    expected = records(*files)
    assert len(expected) == 6
    assert records(*files[::-1]) == expected
    assert records(*files[:3]) == dict(list(expected.items())[:3])


# The same text, written in another way


def with_marks(text: str) -> str:
    """Put a vowel mark behind every Arabic letter, each in turn."""
    marks = cycle("\u064b\u064e\u064f\u0650\u0651\u0652")
    return "".join(letter + next(marks) if in_word(letter) else letter for letter in text)


def in_word(letter: str) -> bool:
    """Tell whether a letter is one that takes vowel marks."""
    return "\u0621" <= letter <= "\u064a" and letter != "\u0640"


def without_marks(text: str) -> str:
    """Take all Arabic vowel marks out."""
    return "".join(letter for letter in text if not "\u064b" <= letter <= "\u0652")


def full_width(text: str) -> str:
    """Write ASCII letters and digits as wide as Chinese characters."""
    return "".join(
        chr(ord(letter) + 0xFEE0) if letter.isascii() and letter.isalnum() else letter
        for letter in text
    )


REWRITTEN: Mapping[str, Callable[[str], str]] = {
    "ends of lines: CR LF": lambda text: text.replace("\n", "\r\n"),
    "ends of lines: CR": lambda text: text.replace("\n", "\r"),
    "an end of line at the end": lambda text: text + "\n",
    "NFC": lambda text: unicodedata.normalize("NFC", text),
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "vowel marks": with_marks,
    "no vowel marks": without_marks,
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "a byte order mark": lambda text: "\ufeff" + text,
}
plain_documents = st.lists(
    st.lists(sentences, min_size=1, max_size=4).map(" ".join), min_size=1, max_size=6
).map("\n".join)


@pytest.mark.parametrize("rewrite", REWRITTEN.values(), ids=REWRITTEN)
@given(text=plain_documents)
def test_a_text_written_in_another_way_gets_the_same_labels(
    annotator: Annotator, rewrite: Callable[[str], str], text: str
) -> None:
    expected = annotator.annotate(as_document(text))
    found = annotator.annotate(as_document(rewrite(text)))
    assert by_paragraph(found) == by_paragraph(expected)
    assert labelled(found) == labelled(expected)
    assert found.language == expected.language


@pytest.mark.parametrize("rewrite", REWRITTEN.values(), ids=REWRITTEN)
def test_so_does_each_of_the_seeds(
    annotator: Annotator, rewrite: Callable[[str], str], seeds: Path
) -> None:
    for path in sorted(seeds.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        expected = annotator.annotate(as_document(text))
        found = annotator.annotate(as_document(rewrite(text)))
        assert labelled(found) == labelled(expected), path.name


@pytest.mark.parametrize("form", ["NFKC", "NFKD"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_compatibility_forms_get_the_same_labels(
    annotator: Annotator, form: str, language: str
) -> None:
    text = "\n".join(SENTENCES[language])
    wide = unicodedata.normalize(form, full_width(text))  # type: ignore[arg-type]
    expected = by_paragraph(annotator.annotate(as_document(text)))
    assert by_paragraph(annotator.annotate(as_document(wide))) == expected


@settings(max_examples=30)
@given(text=plain_documents)
def test_a_text_in_any_encoding_of_its_language_gets_the_same_labels(
    annotator: Annotator, text: str
) -> None:
    expected = labelled(annotator.annotate(as_document(text)))
    for encoding in ("utf-8", "utf-16", "utf-32", "gb18030"):
        same = text.encode(encoding).decode(encoding)
        assert labelled(annotator.annotate(as_document(same))) == expected


@given(text=documents)
def test_labelling_twice_gives_the_same(annotator: Annotator, text: str) -> None:
    first = to_dict(annotator.annotate(as_document(text)))
    assert to_dict(annotator.annotate(as_document(text))) == first


def test_a_new_annotator_gives_what_one_that_has_seen_much_gives(
    annotator: Annotator, seeds: Path
) -> None:
    fresh = Annotator()
    for path in sorted(seeds.glob("*.txt"), reverse=True):
        document = as_document(path.read_text(encoding="utf-8"))
        assert to_dict(fresh.annotate(document)) == to_dict(annotator.annotate(document))


# More of the same


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_paragraph_that_stands_twice_counts_once(annotator: Annotator, language: str) -> None:
    text = " ".join(SENTENCES[language])
    once = annotator.annotate(as_document(text))
    twice = annotator.annotate(as_document(f"{text}\n\n{text}"))
    assert [row.paragraph.kind for row in twice.paragraphs][1] == "duplicate"
    assert {label.label for label in twice.assigned} == {label.label for label in once.assigned}
