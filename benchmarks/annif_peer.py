"""Compare with Annif, the peer that libraries use: rows a second on the same corpus and labels.

Annif is installed in an environment of its own (``--home``, kept for the next
run), given the same 35 labels with their names as vocabulary, and trained on
the project's own examples: a ``tfidf``, an ``mllm`` and an ``svc`` project.
Then ``annif index`` labels a folder with one text a file, and ``annotator
export`` the same texts with as many processes as there are cores. Both are
timed from start to end by the clock, the time for a handful of texts taken
off. Annif gives no evidence; the annotator's is in what it writes.

Run ``python benchmarks/annif_peer.py``; ``--rows N`` for a smaller corpus.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from itertools import islice
from pathlib import Path

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


def seconds(command: list[str | Path], folder: Path) -> float:
    """Return how long a command takes, by the clock."""
    start = time.perf_counter()
    subprocess.run(
        command, cwd=folder, check=True, env=environment(folder), stderr=subprocess.DEVNULL
    )
    return time.perf_counter() - start


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
    speeds: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        few = write_texts(corpus[:FEW], folder / "few")
        many = write_texts(corpus[FEW:], folder / "many")
        for backend in BACKENDS:
            index: list[str | Path] = [annif, "index", "--force", backend]
            taken = seconds([*index, many], options.home) - seconds([*index, few], options.home)
            speeds[f"annif {backend}"] = options.rows / taken
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
        taken = seconds([*export, many], folder) - seconds([*export, few], folder)
        speeds["annotator export"] = options.rows / taken
    fastest = max(speed for name, speed in speeds.items() if name.startswith("annif"))
    for name, speed in speeds.items():
        print(f"{name:<18} {speed:8.0f} rows/s {speed / fastest:6.2f} x Annif's fastest")


if __name__ == "__main__":
    main()
