"""Count the instructions that labelling a paragraph takes, with callgrind.

Times on a machine that does other work differ by a third from one run to the
next; the number of instructions does not, so it shows what a change of one per
cent does. It says nothing of the memory that is waited for: compare the times too.

Run ``python benchmarks/instructions.py``; it needs valgrind (``apt-get install
valgrind``). ``--rows`` for more paragraphs.
"""

from __future__ import annotations

import argparse
import gc
import os
import re
import subprocess
import sys
import tempfile
from itertools import islice
from pathlib import Path

import msgspec
from corpus import rows

from annotator import Annotator, Document
from annotator.export import to_dict


def switch(state: str) -> None:
    """Let callgrind begin or cease to count this process."""
    command = ["callgrind_control", "-i", state, str(os.getpid())]  # valgrind brings it
    environment = {"PATH": os.environ["PATH"]}
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)


def label(number: int) -> None:
    """Label some paragraphs twice, the second time to be counted."""
    documents = [
        Document(id=row.name, source="corpus", text=row.text) for row in islice(rows(), number)
    ]
    annotator = Annotator()
    for state in ("", "on"):
        gc.collect()
        if state:
            switch("on")
        for document in documents:
            msgspec.json.encode(to_dict(annotator.annotate(document)))
    switch("off")


def count(number: int) -> int:
    """Return the instructions that some paragraphs take, all words known."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "callgrind.out"
        callgrind = [
            "valgrind",
            "--tool=callgrind",
            "--instr-atstart=no",
            f"--callgrind-out-file={output}",
        ]
        again = [sys.executable, __file__, "--counted", "--rows", str(number)]
        environment = {**os.environ, "PYTHONHASHSEED": "0", "OPENBLAS_NUM_THREADS": "1"}
        subprocess.run([*callgrind, *again], check=True, env=environment, stderr=subprocess.DEVNULL)
        total = re.search(r"^totals: (\d+)", output.read_text(encoding="utf-8"), re.MULTILINE)
    if total is None:
        sys.exit("callgrind counted nothing: is this its newest version?")
    return int(total[1])


def main() -> None:
    """Print the instructions a paragraph."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=480)
    parser.add_argument("--counted", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.counted:
        label(options.rows)
        return
    print(f"{count(options.rows) / options.rows / 1e6:.2f} million instructions a paragraph")


if __name__ == "__main__":
    main()
