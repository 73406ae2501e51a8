"""Throw broken bytes at the whole: bytes → readers → pipeline → export.

``python tests/fuzzing.py --minutes 30`` mutates the seeds, the tests' own sentences and the
inputs kept so far, in every encoding and every kind of file, and holds each result against what
is promised of all: no exception, offsets that slice to their evidence, a record that fits the
schema, the same bytes twice. Inputs that show something new are kept in ``tests/corpus/``, and
``test_fuzzing.py`` replays them; what breaks a promise is kept there too, and ends the run with 1.
"""

from __future__ import annotations

import argparse
import codecs
import csv
import hashlib
import io
import json
import re
import sys
import tempfile
import time
import traceback
import unicodedata
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, AnyStr, Literal, NamedTuple

import jsonschema
import msgspec
from generated import LANGUAGES, ODDITIES, SENTENCES, mixed_text
from hypothesis import HealthCheck, Phase, given, seed, settings, strategies as st

from annotator.export import from_dict, read_schema, to_dict
from annotator.pipeline import Annotator
from annotator.readers import SUFFIXES, read_documents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from random import Random

    from annotator.errors import InputError
    from annotator.model import AnnotatedDocument, Document

    Change = Callable[[AnyStr, int, int, Random], AnyStr]

__all__ = ["CORPUS", "Sample", "check_sample", "read_corpus", "samples"]

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "tests" / "corpus"

LONGEST_KEPT = 4096
"""Bytes of an input beyond which it is not kept: the corpus stays small."""

_LANGUAGES = (*LANGUAGES, "und")

SECONDS = 10.0
"""Processor time after which one small input has taken too long."""


class Sample(NamedTuple):
    """A file to read."""

    suffix: str
    data: bytes


def check_sample(sample: Sample, annotator: Annotator, folder: Path) -> set[str]:
    """Run a file through the whole and hold the result against what is promised of all.

    Returns:
        What was seen: errors, languages, kinds of paragraphs, origins of labels.

    Raises:
        AssertionError: A promise is broken.
    """
    path = folder / f"input{sample.suffix}"
    path.write_bytes(sample.data)
    errors: list[InputError] = []
    started = time.process_time()
    documents = list(read_documents([path], errors.append))
    seen = {f"{sample.suffix}: {type(error).__name__}" for error in errors}
    seen |= {f"{sample.suffix}: {error.what.split('(')[0][:40]}" for error in errors}
    assert documents or errors, "neither a document nor a word about why not"
    assert all(str(path) in error.where for error in errors), "an error that names no file"
    assert len({document.id for document in documents}) == len(documents), "an id stands twice"
    for document in documents:
        annotated = annotator.annotate(document)
        seen |= set(_check(document, annotated))
        again = msgspec.json.encode(to_dict(annotator.annotate(document)))
        assert again == msgspec.json.encode(to_dict(annotated)), "two runs differ"
    assert time.process_time() - started < SECONDS, "it takes too long"
    return seen


def _check(document: Document, annotated: AnnotatedDocument) -> Iterator[str]:
    """Check one annotated document; yield what was seen."""
    text = document.text
    assert re.fullmatch("[a-z]{2,3}", annotated.language), "the language is no code"
    yield f"language {annotated.language if annotated.language in _LANGUAGES else 'other'}"
    reached = 0
    for number, row in enumerate(annotated.paragraphs):
        paragraph = row.paragraph
        assert paragraph.index == number, "paragraphs are not numbered in order"
        assert reached <= paragraph.start < paragraph.end <= len(text), "paragraphs overlap"
        assert text[paragraph.start : paragraph.end] == paragraph.text, "a paragraph lies elsewhere"
        reached = paragraph.end
        assert (row.abstained is None) == bool(row.assigned), "no label, and no reason"
        yield f"{paragraph.kind} {row.abstained}"
        for label in row.labels:
            assert 0 <= label.score <= 1, "a score is no probability"
            yield f"{label.scheme} {'+'.join(label.origins)} {label.assigned}"
            for evidence in label.evidence:
                assert text[evidence.start : evidence.end] == evidence.text, "evidence elsewhere"
                inside = paragraph.start <= evidence.start < evidence.end <= paragraph.end
                assert inside, "evidence outside its paragraph"
    record = msgspec.json.decode(msgspec.json.encode(to_dict(annotated)))
    _validator().validate(record)
    assert to_dict(from_dict(record, text)) == record, "a record does not come back"


@cache
def _validator() -> jsonschema.Draft202012Validator:
    """Return the validator of exported records."""
    return jsonschema.Draft202012Validator(read_schema())


def read_corpus() -> list[tuple[str, Sample]]:
    """Read the inputs that were kept, with their names."""
    paths = sorted(path for path in CORPUS.glob("*") if path.suffix in SUFFIXES)
    return [(path.name, Sample(path.suffix, path.read_bytes())) for path in paths]


# Mutations

ENCODINGS = (
    *("utf-8", "utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"),
    *("cp1256", "gb18030", "gbk", "big5", "cp1251", "cp1252", "koi8-r", "latin-1", "iso8859-6"),
)
FORMS: Sequence[Literal["NFC", "NFD", "NFKC", "NFKD"]] = ("NFC", "NFD", "NFKC", "NFKD")
TOKENS = (
    *ODDITIES,
    *(
        "SDG ",
        "SDGs 1-17",
        "C7.",
        "ALC2C4C6",
        "الهدف ",
        "目标",
        "ЦУР ",
        "ODS 4 y ",
        "9.c",
        "(",
        ")",
    ),
    *(
        "<script>alert(1)</script>",
        "<p>",
        "</p>",
        "<!--",
        "&#x202e;",
        "&nbsp;",
        "\\ud800",
        "\\u0000",
    ),
    *('"', "'", "\r", "\\", ",", ";", "\t", "null", "[", "{", '{"text":', "\u0301" * 50, "و" * 60),
    *("\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "9" * 40, "a" * 300),
)


@cache
def _texts() -> tuple[str, ...]:
    """Return texts to begin from: the seeds in pieces, and sentences of every language."""
    texts = [" ".join(sentences) for sentences in SENTENCES.values()]
    for path in sorted((ROOT / "seeds").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        texts += [text[first : first + 700] for first in range(0, len(text), 700)]
    return tuple(texts)


@cache
def _files() -> tuple[Sample, ...]:
    """Return whole files to begin from: the corpus, and the readers' test files."""
    files = [sample for _, sample in read_corpus()]
    files += [
        Sample(path.suffix.lower(), path.read_bytes())
        for path in sorted((ROOT / "tests" / "files").rglob("*"))
        if path.suffix.lower() in SUFFIXES and path.stat().st_size <= 16 * LONGEST_KEPT
    ]
    return tuple(files)


TEXT_CHANGES: Sequence[Change[str]] = (
    lambda text, first, last, _: text[:first] + text[last:],
    lambda text, first, last, _: text[:last] + text[first:],
    lambda text, first, _, random: (
        text[:first] + random.choice(TOKENS) * random.choice((1, 1, 2, 9)) + text[first:]
    ),
    lambda text, _, __, random: unicodedata.normalize(random.choice(FORMS), text),
    lambda text, first, last, _: text[:first] + text[first:last].swapcase() + text[last:],
    lambda text, first, last, _: text[:first] + text[first:last][::-1] + text[last:],
    lambda text, first, _, random: text[:first] + chr(random.randrange(0xD800)) + text[first:],
    lambda text, first, _, random: random.choice(_texts())[: random.randint(1, 700)] + text[first:],
)
"""Ways to change a text between two places."""

BYTE_CHANGES: Sequence[Change[bytes]] = (
    lambda data, first, _, __: data[:first],
    lambda data, first, last, _: data[:first] + data[last:],
    lambda data, first, _, random: (
        data[:first] + random.randbytes(random.choice((1, 2, 4, 64))) + data[first:]
    ),
    lambda data, _, __, random: (
        random.choice((codecs.BOM_UTF8, codecs.BOM_UTF16_LE, b"\0", b"\xff")) + data
    ),
    lambda data, first, last, random: (
        data[:first]
        + bytes(b ^ 1 << random.randrange(8) for b in data[first : min(last, first + 9)])
        + data[min(last, first + 9) :]
    ),
)
"""Ways to change bytes between two places."""


def _mutate(content: AnyStr, changes: Sequence[Change[AnyStr]], random: Random) -> AnyStr:
    """Change a content in one way."""
    first, last = sorted(random.randint(0, len(content)) for _ in range(2))
    return random.choice(changes)(content, first, last, random)


def _enclose(texts: list[str], suffix: str, random: Random) -> str:
    """Write texts as a file of a kind."""
    if suffix in (".jsonl", ".ndjson"):
        rows: list[dict[str, object]] = [{"text": text} for text in texts]
        for row in rows:
            extra = {"id": random.choice(("", "a", 7, None, "a#2")), "lang": random.choice(TOKENS)}
            row.update(random.sample(sorted(extra.items()), random.randint(0, 2)))
            if not random.randrange(3):
                row["labels"] = random.choice((["SDG4"], "SDG4;C7", 4, None, [None, "C5"]))
        return "".join(json.dumps(row, ensure_ascii=not random.randrange(4)) + "\n" for row in rows)
    if suffix in (".csv", ".tsv"):
        stream = io.StringIO()
        writer = csv.writer(stream, delimiter=random.choice(",;\t"))
        writer.writerow(random.choice((["id", "text"], ["text"], ["text", "lang", "labels"])))
        writer.writerows([text] * random.randint(1, 4) for text in texts)
        return stream.getvalue()
    if suffix in (".htm", ".html", ".xhtml"):
        body = "".join(f"<{tag}>{text}</{tag}>" for text in texts for tag in random.choices("pbi"))
        return f"<html><body><article>{body}</article></body></html>"
    return "\n".join(texts)


@st.composite
def samples(draw: st.DrawFn) -> Sample:
    """Draw a file: made from texts or one of those that are there, then broken a little."""
    random = draw(st.randoms(use_true_random=False, note_method_calls=False))
    suffixes = sorted(SUFFIXES)
    if _files() and draw(st.integers(0, 3)) == 0:
        suffix, data = draw(st.sampled_from(_files()))
    else:
        suffix = draw(st.sampled_from(suffixes))
        texts = draw(st.lists(st.sampled_from(_texts()) | mixed_text, min_size=1, max_size=4))
        for _ in range(draw(st.integers(0, 6))):
            place = random.randrange(len(texts))
            texts[place] = _mutate(texts[place], TEXT_CHANGES, random)
        encoding = draw(st.sampled_from(ENCODINGS))
        whole = _enclose(texts, suffix, random)
        if draw(st.booleans()):
            whole = _mutate(whole, TEXT_CHANGES, random)
        data = whole.encode(encoding, draw(st.sampled_from(["replace", "ignore"])))
    for _ in range(draw(st.sampled_from([0, 0, 1, 2, 8]))):
        data = _mutate(data, BYTE_CHANGES, random)
    return Sample(suffix, data)


# The run


class Campaign:
    """A run of the fuzzer: what has been seen, kept and broken so far."""

    def __init__(self, folder: Path) -> None:
        self.annotator = Annotator()
        self.folder = folder
        self.inputs = 0
        self.kept = 0
        self.broken: dict[str, Path] = {}
        self.seen: set[str] = set()
        for _, sample in read_corpus():
            self.seen |= check_sample(sample, self.annotator, folder)

    def try_sample(self, sample: Sample) -> None:
        """Check one input; keep it if it shows something new."""
        self.inputs += 1
        new = check_sample(sample, self.annotator, self.folder) - self.seen
        if new and len(sample.data) <= LONGEST_KEPT:
            self.seen |= new
            self.kept += 1
            _keep(sample, "new")

    def run_round(self, number: int, examples: int) -> None:
        """Try some inputs; what breaks a promise is made small, kept and told."""
        last: list[Sample] = []

        @seed(number)
        @settings(
            max_examples=examples,
            database=None,
            deadline=None,
            derandomize=False,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        )
        @given(samples())
        def attempt(sample: Sample) -> None:
            last[:] = [sample]
            self.try_sample(sample)

        try:
            attempt()
        except Exception as error:  # noqa: BLE001 - whatever it is, it is what is looked for
            where = traceback.extract_tb(error.__traceback__)[-1]
            name = f"{type(error).__name__} {where.name}: {str(error)[:80]}"
            if name not in self.broken:
                self.broken[name] = _keep(last[0], "broken")
                print(f"BROKEN {self.broken[name].name}: {name}", flush=True)
                traceback.print_exception(error, limit=-4)


def reduce_corpus(annotator: Annotator, folder: Path) -> int:
    """Leave in the corpus the smallest inputs that together show all that it shows."""
    seen: set[str] = set()
    removed = 0
    for name, sample in sorted(read_corpus(), key=lambda entry: (len(entry[1].data), entry[0])):
        new = check_sample(sample, annotator, folder) - seen
        if not new and name.startswith("new-"):
            (CORPUS / name).unlink()
            removed += 1
        seen |= new
    return removed


def _keep(sample: Sample, prefix: str) -> Path:
    """Keep an input under a name that its bytes give it."""
    CORPUS.mkdir(exist_ok=True)
    digest = hashlib.sha256(sample.data).hexdigest()[:12]
    path = CORPUS / f"{prefix}-{digest}{sample.suffix}"
    path.write_bytes(sample.data)
    return path


def main() -> int:
    """Fuzz for a time; return 1 if a promise was broken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=0, help="where to begin; rounds count up")
    parser.add_argument("--examples", type=int, default=400, help="inputs a round")
    parser.add_argument("--reduce", action="store_true", help="only make the corpus smaller")
    options = parser.parse_args()
    started = told = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        if options.reduce:
            print(f"{reduce_corpus(Annotator(), Path(folder))} inputs removed")
            return 0
        campaign = Campaign(Path(folder))
        number = options.seed
        while time.monotonic() - started < options.minutes * 60:
            campaign.run_round(number, options.examples)
            number += 1
            if time.monotonic() - told > 60:
                told = time.monotonic()
                print(
                    f"{(told - started) / 60:.0f} min, round {number}: {campaign.inputs} inputs, "
                    f"{len(campaign.seen)} things seen, {campaign.kept} kept, "
                    f"{len(campaign.broken)} broken",
                    flush=True,
                )
    print(f"{campaign.inputs} inputs, {campaign.kept} kept, {len(campaign.broken)} broken")
    return int(bool(campaign.broken))


if __name__ == "__main__":
    sys.exit(main())
