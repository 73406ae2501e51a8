"""Compare with Annif, the peer that libraries use: rows a second on the same corpus and labels.

Annif is installed in an environment of its own (``--home``, kept for the next
run), given the same 35 labels with their names as vocabulary, and trained on
the project's own examples: a ``tfidf``, an ``mllm`` and an ``svc`` project.
Then ``annif index`` labels a folder with one text a file, and ``annotator
export`` the same texts with as many processes as there are cores. Both are
timed from start to end by the clock, the time for a handful of texts taken
off. Annif gives no evidence; the annotator's is in what it writes. Where other
programs keep the machine busy, compare the rows by a second of processor time:
the clock then tells who got the cores.

Run ``python benchmarks/annif_peer.py``; ``--rows N`` for a smaller corpus.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import venv
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from corpus import LANGUAGES, Row, read_examples, rows

from annotator import Taxonomy

VERSION = "annif==1.4.*"
BACKENDS = ("tfidf", "mllm", "svc")
FEW = 20
"""Texts whose time is taken as the time to start."""

PROJECT = """\
[{backend}]
name={backend}
language=en
backend={backend}
analyzer=simple
vocab=labels
limit=10
"""
TOKENIZER = """\
import sys
from pathlib import Path
from nltk.tokenize.punkt import PunktTrainer, save_punkt_params
folder = Path(sys.argv[1]) / "tokenizers" / "punkt_tab" / "english"
folder.mkdir(parents=True, exist_ok=True)
save_punkt_params(PunktTrainer(Path("train.tsv").read_text(encoding="utf-8")).get_params(), folder)
"""
"""Annif cuts sentences with data that NLTK downloads; so that no other site than PyPI is needed,
NLTK makes its own from the examples. For speed the two are the same."""

URI = "https://example.org/label/"


def install(home: Path) -> Path:
    """Install Annif once, and return its command."""
    command = home / "venv" / "bin" / "annif"
    if not command.exists():
        venv.create(home / "venv", with_pip=True)
        python = home / "venv" / "bin" / "python"
        subprocess.run([python, "-m", "pip", "install", "--quiet", VERSION], check=True)
    return command


def prepare(annif: Path, home: Path) -> None:
    """Load the labels and train the projects."""
    (home / "projects.cfg").write_text(
        "\n".join(PROJECT.format(backend=backend) for backend in BACKENDS), encoding="utf-8"
    )
    taxonomy = Taxonomy.load()
    labels = [f"<{URI}{label}>\t{taxonomy.labels[label].name('en')}" for label in taxonomy.leaves()]
    (home / "labels.tsv").write_text("\n".join(labels) + "\n", encoding="utf-8")
    lines = [
        f"{' '.join(str(example['text']).split())}\t{' '.join(f'<{URI}{x}>' for x in example['labels'])}"
        for language in LANGUAGES
        for example in read_examples(language)
        if set(example["labels"]) & set(taxonomy.leaves())
    ]
    (home / "train.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    python = annif.with_name("python")
    subprocess.run([python, "-c", TOKENIZER, home / "nltk_data"], cwd=home, check=True)
    run(annif, home, "load-vocab", "labels", "labels.tsv", "--language", "en", "--force")
    for backend in BACKENDS:
        run(annif, home, "train", backend, "train.tsv")


def run(annif: Path, home: Path, *arguments: str) -> None:
    """Run a command of Annif in its folder."""
    subprocess.run(
        [annif, *arguments], cwd=home, check=True, env=environment(home), stderr=subprocess.DEVNULL
    )


def environment(home: Path) -> dict[str, str]:
    """Return the environment in which Annif finds its data."""
    return {**os.environ, "NLTK_DATA": str(home / "nltk_data")}


def write_texts(corpus: list[Row], folder: Path) -> Path:
    """Write one text a file, as ``annif index`` wants it."""
    folder.mkdir()
    for row in corpus:
        (folder / f"{row.name}.txt").write_text(row.text, encoding="utf-8")
    return folder


def write_table(corpus: list[Row], path: Path) -> Path:
    """Write one table of documents, as ``annotator export`` likes it."""
    lines = [json.dumps({"id": row.name, "text": row.text}, ensure_ascii=False) for row in corpus]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


class Time(NamedTuple):
    """What a command takes."""

    clock: float
    processor: float
    """Of all its processes together."""

    def without(self, start: Time) -> Time:
        """Return this without the time to start."""
        return Time(self.clock - start.clock, self.processor - start.processor)


def measure(command: list[str | Path], folder: Path) -> Time:
    """Return how long a command takes, in seconds."""
    start = time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        command, cwd=folder, check=True, env=environment(folder), stderr=subprocess.DEVNULL
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return Time(time.perf_counter() - start, processor)


def main() -> None:
    """Print rows a second for each project and for the annotator."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument(
        "--home", type=Path, default=Path(tempfile.gettempdir()) / "annotator-annif-peer"
    )
    options = parser.parse_args()
    options.home.mkdir(parents=True, exist_ok=True)
    annif = install(options.home)
    prepare(annif, options.home)
    corpus = list(islice(rows(), options.rows + FEW))
    times: dict[str, Time] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        few = write_texts(corpus[:FEW], folder / "few")
        many = write_texts(corpus[FEW:], folder / "many")
        for backend in BACKENDS:
            index: list[str | Path] = [annif, "index", "--force", backend]
            start = measure([*index, few], options.home)
            times[f"annif {backend}"] = measure([*index, many], options.home).without(start)
        few = write_table(corpus[:FEW], folder / "few.jsonl")
        many = write_table(corpus[FEW:], folder / "many.jsonl")
        export: list[str | Path] = [
            sys.executable,
            "-m",
            "annotator",
            "export",
            "-o",
            folder / "out.jsonl",
        ]
        start = measure([*export, few], folder)
        times["annotator export"] = measure([*export, many], folder).without(start)
    peers = [taken for name, taken in times.items() if name.startswith("annif")]
    clock, processor = min(p.clock for p in peers), min(p.processor for p in peers)
    for name, taken in times.items():
        print(
            f"{name:<18} by the clock {options.rows / taken.clock:7.0f} rows/s,"
            f" {clock / taken.clock:6.2f} x Annif's fastest;"
            f" of processor time {options.rows / taken.processor:7.0f} rows/s,"
            f" {processor / taken.processor:6.2f} x"
        )


if __name__ == "__main__":
    main()
